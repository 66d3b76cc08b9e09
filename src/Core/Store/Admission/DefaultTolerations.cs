using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Pods stay on a node that is not ready or cannot be reached for a while, unless they say otherwise (Kubernetes
/// <c>plugin/pkg/admission/defaulttolerationseconds</c>).</summary>
/// <param name="notReady">For <c>node.kubernetes.io/not-ready</c>; null adds none.</param>
/// <param name="unreachable">For <c>node.kubernetes.io/unreachable</c>; null adds none.</param>
public sealed class DefaultTolerations(TimeSpan? notReady, TimeSpan? unreachable) : IAdmission
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string Unreachable = "node.kubernetes.io/unreachable";
    private readonly SpecMemo _memo = new();

    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested)
    {
        if (requested is Pod pod) requested = WithDefaults(pod);
        return null;
    }

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next)
    {
        if (current is Pod before && next is Pod pod && !ReferenceEquals(before.Spec, pod.Spec)) next = WithDefaults(pod);
        return null;
    }

    private Pod WithDefaults(Pod pod)
    {
        if (!_memo.TryGet(pod.Spec, out PodSpec spec))
        {
            spec = pod.Spec;
            if (notReady is { } first && !IsTolerated(spec, NotReady)) spec = With(spec, NotReady, first);
            if (unreachable is { } second && !IsTolerated(spec, Unreachable)) spec = With(spec, Unreachable, second);
            _memo.Keep(pod.Spec, spec);
        }

        return ReferenceEquals(spec, pod.Spec) ? pod : pod with { Spec = spec };
    }

    /// <summary>Whether any toleration of the key is there for NoExecute or for all effects, whatever its value and time.</summary>
    private static bool IsTolerated(PodSpec spec, string key)
    {
        foreach (ref readonly Toleration toleration in spec.Tolerations.AsSpan())
        {
            if ((toleration.Key == key || toleration.Key.Length == 0) && toleration.Effect is null or TaintEffect.NoExecute) return true;
        }

        return false;
    }

    private static PodSpec With(PodSpec spec, string key, TimeSpan duration) =>
        spec with { Tolerations = [.. spec.Tolerations, new Toleration(key, Exists: true, "", TaintEffect.NoExecute, duration)] };
}
