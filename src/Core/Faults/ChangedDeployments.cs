using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Faults;

/// <summary>What faults do to Deployments: more pods, versions that do not work. What others write meanwhile stays: only what a fault wrote is undone.</summary>
internal sealed class ChangedDeployments(OrchestratedRun run) : IWorldPart
{
    private readonly Dictionary<(string Namespace, string Name), Surged> _surged = [];
    private readonly Dictionary<(string Namespace, string Name), Broken> _broken = [];

    private sealed class Surged(int replicas)
    {
        /// <summary>Size without faults.</summary>
        public readonly int Before = replicas;

        /// <summary>Size that a fault wrote last.</summary>
        public int Written = replicas;

        public readonly List<(int Fault, double Factor)> Faults = [];
    }

    private sealed class Broken(PodTemplate template)
    {
        /// <summary>Template without faults.</summary>
        public readonly PodTemplate Before = template;

        /// <summary>Template that a fault wrote last.</summary>
        public PodTemplate Written = template;

        public readonly List<(int Fault, string Tag)> Faults = [];
    }

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is SurgeEffect or BadRolloutEffect;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => effect is BadRolloutEffect && run.Processes is null ? "this run has no processes, so no version that does not work" : null;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims) => run.WhenApiAnswers(() =>
    {
        if (effect is SurgeEffect surge) Surge(fault, surge);
        else Break(fault, (BadRolloutEffect)effect);
    });

    /// <inheritdoc/>
    public void End(int fault) => run.WhenApiAnswers(() =>
    {
        foreach (((string Namespace, string Name) key, Surged surged) in _surged)
        {
            if (surged.Faults.RemoveAll(active => active.Fault == fault) > 0) Resize(key, surged);
        }

        foreach (((string Namespace, string Name) key, Broken broken) in _broken)
        {
            if (broken.Faults.RemoveAll(active => active.Fault == fault) > 0) Exchange(key, broken);
        }
    });

    private void Surge(int fault, SurgeEffect effect)
    {
        (string, string) key = (effect.Namespace, effect.Deployment);
        Deployment deployment = Find(fault, key);
        if (!_surged.TryGetValue(key, out Surged? surged) || surged.Faults.Count == 0) _surged[key] = surged = new Surged(deployment.Replicas);
        surged.Faults.Add((fault, effect.Factor));
        Resize(key, surged);
    }

    private void Resize((string Namespace, string Name) key, Surged surged)
    {
        double size = surged.Before;
        foreach ((_, double factor) in surged.Faults) size *= factor;
        int next = (int)Math.Min(Math.Ceiling(size), int.MaxValue);
        if (Current(key) is not { } deployment || deployment.Replicas != surged.Written) return;
        StepTarget.Update(run, deployment with { Replicas = next });
        surged.Written = Current(key)!.Replicas;
    }

    private void Break(int fault, BadRolloutEffect effect)
    {
        (string, string) key = (effect.Namespace, effect.Deployment);
        Deployment deployment = Find(fault, key);
        if (!effect.Crashes && deployment.Template.Spec.Containers.All(container => container.Readiness is null))
            throw new RunStepException($"fault {fault}: {deployment.Key} has no readiness probe, so nobody would notice a version that is never ready");
        bool isBroken = _broken.TryGetValue(key, out Broken? broken) && broken.Faults.Count > 0;
        if (!isBroken && RolloutStep.WithTag(deployment.Template, effect.Tag) == deployment.Template) throw new RunStepException($"fault {fault}: {deployment.Key} has the tag {effect.Tag} already: a version that does not work needs one of its own");
        foreach (Container container in deployment.Template.Spec.Containers)
        {
            ImageBehavior good = run.Images.Find(container.Image);
            run.Images.Add($"{ImageCatalog.NameOf(container.Image)}:{effect.Tag}", effect.Crashes ? good with { CrashAfterSeconds = new ConstantDistribution(0.5) } : good with { IsNeverReady = true });
        }

        if (!isBroken) _broken[key] = broken = new Broken(deployment.Template);
        broken!.Faults.Add((fault, effect.Tag));
        Exchange(key, broken);
    }

    private void Exchange((string Namespace, string Name) key, Broken broken)
    {
        PodTemplate wanted = broken.Faults.Count == 0 ? broken.Before : RolloutStep.WithTag(broken.Before, broken.Faults[^1].Tag);
        if (Current(key) is not { } deployment) return;
        PodSpec spec = deployment.Template.Spec;
        PodTemplate next = deployment.Template with { Spec = spec with { Containers = [.. spec.Containers.Select(container => Exchanged(container, broken.Written, wanted))] } };
        broken.Written = wanted;
        if (next != deployment.Template) StepTarget.Update(run, deployment with { Template = next });
    }

    /// <summary>A container with another image, if its image is the one that a fault, or nobody, wrote: what others changed beside it, as a restart does, stays.</summary>
    private static Container Exchanged(Container container, PodTemplate written, PodTemplate wanted) =>
        ImageOf(written, container.Name) == container.Image && ImageOf(wanted, container.Name) is { } image ? container with { Image = image } : container;

    private static string? ImageOf(PodTemplate template, string container) => template.Spec.Containers.FirstOrDefault(known => known.Name == container)?.Image;

    private Deployment? Current((string Namespace, string Name) key) => run.Store.View.Find<Deployment>(ResourceKind.Deployment, key.Namespace, key.Name);

    private Deployment Find(int fault, (string Namespace, string Name) key) => Current(key) ?? throw new RunStepException($"fault {fault}: there is no Deployment/{key.Namespace}/{key.Name} then");
}
