using System.Globalization;
using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>PodChaos and StressChaos.</summary>
/// <remarks>Source: <c>api/v1alpha1/podchaos_types.go</c> and <c>stresschaos_types.go</c> of Chaos Mesh 2.6.</remarks>
internal static class PodKinds
{
    private const long LongestGrace = 86_400;
    private const int MostWorkers = 1_000;
    private const string OneCluster = "a run has one cluster";

    private static readonly (string Name, int Value)[] Actions = [("pod-kill", 0), ("pod-failure", 1), ("container-kill", 2)];
    private static readonly string[] EffectOfAction = ["podKill", "podFailure", "containerKill"];

    /// <summary>The keys of every spec that selects pods: whom, and how long.</summary>
    internal static (PodTarget Target, TimeSpan? Duration) Common(YamlMap spec, MeshResource resource)
    {
        PodTarget target = MeshSelector.Pods(spec, resource);
        FaultReading.Refuse(spec, "remoteCluster", OneCluster);
        return (target, FaultReading.Length(spec.Optional("duration")));
    }

    /// <summary>PodChaos: pods are killed or fail, containers are killed.</summary>
    internal static MeshChaos PodChaos(YamlMap spec, MeshResource resource)
    {
        (PodTarget target, TimeSpan? duration) = Common(spec, resource);
        string? action = spec.Required("action")?.OneOf(Actions) is { } known ? EffectOfAction[known] : null;
        YamlValue? grace = spec.Optional("gracePeriod"), containers = spec.Optional("containerNames");
        long seconds = grace?.Integer(0, LongestGrace) ?? 0;
        IReadOnlyList<string> killed = FaultReading.Texts(containers);
        if (action is null) return MeshChaos.None;
        FaultEffect effect = EffectCatalog.Of(action);
        if (action != "podKill" && seconds > 0) grace!.Report("expected this key only beside the action pod-kill");
        if (action != "containerKill" && killed.Count > 0) containers!.Report("expected this key only beside the action container-kill");
        if (action == "podKill") return new MeshChaos([new MeshEffect("", effect.With("gracePeriod", $"{seconds.ToString(CultureInfo.InvariantCulture)}s"), target)], duration);
        if (action == "podFailure") return new MeshChaos([new MeshEffect("", effect, target)], duration);
        if (killed.Count == 0) spec.Report("expected containerNames beside the action container-kill");
        return new MeshChaos([.. killed.Where(name => name.Length > 0).Select(name => new MeshEffect(killed.Count > 1 ? name : "", effect.With("container", name), target))], duration);
    }

    /// <summary>StressChaos: something else in the pods uses CPU and memory.</summary>
    internal static MeshChaos StressChaos(YamlMap spec, MeshResource resource)
    {
        (PodTarget target, TimeSpan? duration) = Common(spec, resource);
        FaultReading.Refuse(spec, "containerNames", "the stress is on a pod as a whole");
        FaultReading.Refuse(spec, "stressngStressors", "only the stressors cpu and memory are known");
        FaultEffect effect = EffectCatalog.Of("podStress");
        if (spec.Required("stressors")?.Map() is not { } stressors) return MeshChaos.None;
        stressors.AtLeastOneOf("cpu", "memory");
        if (stressors.Optional("cpu")?.Map() is { } cpu)
        {
            FaultReading.Refuse(cpu, "options", "options of stress-ng are not known");
            effect = FaultReading.With(effect, "cpuWorkers", Text(cpu.Required("workers")?.Integer(1, MostWorkers) ?? 1), cpu.Peek("workers")!);
            if (cpu.Optional("load") is { } load) effect = effect.With("cpuLoad", Text(load.Integer(1, 100) ?? 100));
        }

        if (stressors.Optional("memory")?.Map() is { } memory)
        {
            FaultReading.Refuse(memory, "options", "options of stress-ng are not known");
            if (memory.Optional("oomScoreAdj") is { } score && score.Integer(-1000, 1000) is not (null or 0)) score.Report("expected 0: a container beyond its limit is killed as a whole");
            FaultReading.Refuse(memory, "time", "the memory is taken at once");
            _ = memory.Required("workers")?.Integer(1, MostWorkers);
            YamlValue? size = memory.Required("size");
            if (size is not null && size.PlainText.EndsWith('%')) size.Report("expected a size such as 256MB: of how much a share is meant differs from container to container");
            else if (size is not null && ByteText.Size(size) is { } bytes) effect = FaultReading.With(effect, "memory", Text(bytes), size);
        }

        return new MeshChaos([new MeshEffect("", effect, target)], duration);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
