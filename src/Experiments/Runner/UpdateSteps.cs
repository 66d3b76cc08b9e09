using SchedBench.Core.Controllers;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Runner;

/// <summary>Turns the key <c>update</c> into steps: every Deployment gets the new tag, by the method.</summary>
internal static class UpdateSteps
{
    private const int CanaryAnalysisSeconds = 10;

    /// <summary>The steps, in the order of the Deployments.</summary>
    /// <exception cref="RunStepException">A Deployment has no Service or Ingress in front of it that the method needs; reading the file refuses that.</exception>
    public static IEnumerable<RunStep> Of(UpdateSpec update, IReadOnlyList<KubeObject> objects)
    {
        foreach (Deployment deployment in UpdateTargets.Of(update, objects))
        {
            PodTemplate template = RolloutStep.WithTag(deployment.Template, update.Tag);
            yield return update.Method switch
            {
                UpdateMethod.Recreate or UpdateMethod.RollingUpdate => new RolloutStep(update.At, deployment.Name, update.Tag, deployment.Metadata.Namespace)
                {
                    IsRecreate = update.Method == UpdateMethod.Recreate,
                    MaxSurge = update.MaxSurge,
                    MaxUnavailable = update.MaxUnavailable,
                    ProgressDeadline = update.ProgressDeadline,
                },
                UpdateMethod.BlueGreen => new ReleaseStep(update.At, BlueGreen(update, deployment, template, objects)),
                _ => new ReleaseStep(update.At, Canary(update, deployment, template, objects)),
            };
        }
    }

    /// <summary>The tag of an image, or empty.</summary>
    public static string TagOf(string image) => image == ImageCatalog.NameOf(image) ? "" : PodVersion.TagOf(image);

    /// <summary>The tags with which manifests, steps and the update name an image.</summary>
    public static IEnumerable<string> TagsOf(ClusterReplay replay, string name) =>
        replay.ImagesNamed
            .Where(image => ImageCatalog.NameOf(image) == name)
            .Select(PodVersion.TagOf)
            .Concat(replay.Update is { } update ? [update.Tag] : [])
            .Distinct(StringComparer.Ordinal);

    private static BlueGreenPlan BlueGreen(UpdateSpec update, Deployment deployment, PodTemplate template, IReadOnlyList<KubeObject> objects) => new()
    {
        Deployment = deployment.Name,
        Namespace = deployment.Metadata.Namespace,
        Service = ServiceOf(deployment, objects).Name,
        Template = template,
        Deadline = update.ProgressDeadline ?? deployment.ProgressDeadline,
        Hold = update.Hold,
        Analysis = new ThresholdAnalysis { MostErrors = update.ErrorRatioMax },
    };

    private static CanaryPlan Canary(UpdateSpec update, Deployment deployment, PodTemplate template, IReadOnlyList<KubeObject> objects)
    {
        Service service = ServiceOf(deployment, objects);
        bool isRouted = update.Method != UpdateMethod.Canary;
        return new CanaryPlan
        {
            Deployment = deployment.Name,
            Namespace = deployment.Metadata.Namespace,
            Service = service.Name,
            Template = template,
            Deadline = update.ProgressDeadline ?? deployment.ProgressDeadline,
            Steps = [.. update.Steps.Select(weight => new CanaryStep(weight, update.Hold))],
            Routing = update.Method switch
            {
                UpdateMethod.CanaryByWeight => CanaryRouting.IngressWeight,
                UpdateMethod.CanaryByPath => CanaryRouting.IngressPath,
                _ => CanaryRouting.Endpoints,
            },
            Ingress = isRouted ? IngressOf(service, objects).Name : "",
            Path = update.Path,
            Analysis = new ThresholdAnalysis { MostErrors = update.ErrorRatioMax },
            AnalysisInterval = TimeSpan.FromSeconds(CanaryAnalysisSeconds),
        };
    }

    private static Service ServiceOf(Deployment deployment, IReadOnlyList<KubeObject> objects) =>
        UpdateTargets.ServiceOf(deployment, objects) ?? throw new RunStepException($"update: {deployment.Key} has no Service in front of it, which this method switches");

    private static Ingress IngressOf(Service service, IReadOnlyList<KubeObject> objects) =>
        UpdateTargets.IngressOf(service, objects) ?? throw new RunStepException($"update: no Ingress leads to {service.Key}, which this method needs");
}
