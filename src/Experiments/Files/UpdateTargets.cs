using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary>Finds what an update is about among the objects of the manifests: one rule for the check of the file and for the run.</summary>
internal static class UpdateTargets
{
    /// <summary>The Deployments that a name stands for: <c>name</c>, or <c>namespace/name</c> where several namespaces have one.</summary>
    public static Deployment[] Named(string name, IReadOnlyList<KubeObject> objects) =>
        [.. objects.OfType<Deployment>().Where(deployment => deployment.Name == name || PathOf(deployment) == name)];

    /// <summary>The Deployments of an update, in its order.</summary>
    public static IEnumerable<Deployment> Of(UpdateSpec update, IReadOnlyList<KubeObject> objects) =>
        update.Deployments.Count == 0 ? objects.OfType<Deployment>() : update.Deployments.SelectMany(name => Named(name, objects));

    /// <summary>The first Service in front of a Deployment, or null.</summary>
    public static Service? ServiceOf(Deployment deployment, IReadOnlyList<KubeObject> objects) => objects.OfType<Service>()
        .FirstOrDefault(service => service.Metadata.Namespace == deployment.Metadata.Namespace && service.Selector?.Matches(deployment.Template.Labels) == true);

    /// <summary>The first ordinary Ingress that leads to a Service, or null.</summary>
    public static Ingress? IngressOf(Service service, IReadOnlyList<KubeObject> objects) => objects.OfType<Ingress>()
        .FirstOrDefault(ingress => ingress.CanaryWeight is null && ingress.Metadata.Namespace == service.Metadata.Namespace && ingress.Routes.Any(route => route.Service == service.Name));

    /// <summary>The strategy of a Deployment whose pods are replaced a few at a time.</summary>
    public static DeploymentStrategy Rolling(Deployment deployment, UpdateSpec update) =>
        new(IsRecreate: false, update.MaxUnavailable ?? deployment.Strategy.MaxUnavailable, update.MaxSurge ?? deployment.Strategy.MaxSurge);

    /// <summary>A Deployment as <c>namespace/name</c>.</summary>
    public static string PathOf(KubeObject item) => $"{item.Metadata.Namespace}/{item.Name}";

    /// <summary>Containers of all pods that the objects make, init containers among them.</summary>
    public static IEnumerable<string> ImagesOf(IReadOnlyList<KubeObject> objects) =>
        objects.Select(SpecOf).OfType<PodSpec>().SelectMany(spec => spec.Containers.Concat(spec.InitContainers)).Select(container => container.Image);

    private static PodSpec? SpecOf(KubeObject item) => item switch
    {
        Pod pod => pod.Spec,
        Deployment workload => workload.Template.Spec,
        ReplicaSet workload => workload.Template.Spec,
        ReplicationController workload => workload.Template.Spec,
        StatefulSet workload => workload.Template.Spec,
        DaemonSet workload => workload.Template.Spec,
        Job workload => workload.Template.Spec,
        CronJob workload => workload.JobTemplate.Template.Spec,
        _ => null,
    };
}
