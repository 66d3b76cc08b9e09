using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes;

/// <summary>What a valid configuration may ask for that a run cannot do: it is refused rather than done otherwise.</summary>
/// <remarks>The queue and the binding are the scheduler host's and the same for every strategy, so they cannot be switched off or exchanged.</remarks>
public static class HostLimits
{
    private const ExtensionPoint OfHost = ExtensionPoint.PreEnqueue | ExtensionPoint.Bind;

    /// <summary>Something that is refused.</summary>
    /// <param name="Field">Path of the field in the file.</param>
    /// <param name="Expected">What was expected, as a sentence fragment.</param>
    public sealed record Refusal(string Field, string Expected);

    /// <summary>Everything that is refused.</summary>
    public static IEnumerable<Refusal> Refusals(KubeSchedulerConfiguration configuration, PluginRegistry registry, bool hasExtenders = true)
    {
        if (!hasExtenders && configuration.Extenders.Count > 0) yield return new("extenders", "expected none: nobody connects them here");
        for (int i = 0; i < configuration.Extenders.Count; i++)
        {
            SchedulerExtender extender = configuration.Extenders[i];
            if (extender.HasTls) yield return new($"extenders[{i}].tlsConfig", "expected none, and no enableHTTPS: an https address is trusted by the certificates of the machine");
            if (!Uri.TryCreate(extender.UrlPrefix, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
                yield return new($"extenders[{i}].urlPrefix", "expected an http or https address");
        }

        for (int i = 0; i < configuration.Profiles.Count; i++)
        {
            foreach (Refusal refusal in Refusals(configuration.Profiles[i], $"profiles[{i}]", registry)) yield return refusal;
        }
    }

    private static IEnumerable<Refusal> Refusals(SchedulerProfile profile, string path, PluginRegistry registry)
    {
        foreach ((string name, ExtensionPoint points, _) in DefaultPlugins.All)
        {
            // These never have anything to do there: pods have no resource claims, and a preemption is over before its pod is tried again.
            if (name is "DynamicResources" or "DefaultPreemption") continue;
            foreach ((string key, ExtensionPoint point) in ExtensionPoints.ByName)
            {
                if (!points.HasFlag(point) || !OfHost.HasFlag(point) || ProfilePlan.PluginsAt(profile, point, registry).Contains(name)) continue;
                yield return new($"{path}.plugins.{key}", $"expected {name} enabled at {key}: the scheduler host does this for every strategy");
            }
        }
    }
}
