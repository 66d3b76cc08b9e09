using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Gives pods the priority of their class (Kubernetes <c>plugin/pkg/admission/priority</c>).</summary>
/// <remarks>Difference: a pod without a class may state its priority as a number, as pods of traces do; Kubernetes refuses one that differs from the class'.</remarks>
public sealed class PodPriority : IAdmission, IStoreListener
{
    /// <summary>Largest value that a class of users may have.</summary>
    public const int HighestUserPriority = 1_000_000_000;

    private const string SystemPrefix = "system-";
    private readonly ObjectStore _store;
    private readonly SpecMemo _memo = new();

    /// <summary>Reads the classes of a store.</summary>
    public PodPriority(ObjectStore store)
    {
        _store = store;
        store.Subscribe(this);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Kind == ResourceKind.PriorityClass) _memo.Clear();
    }

    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested) => requested switch
    {
        Pod pod => Resolve(pod, ref requested),
        PriorityClass priority => Check(priority),
        _ => null,
    };

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next) => (current, next) switch
    {
        (Pod before, Pod pod) when !ReferenceEquals(before.Spec, pod.Spec) => Resolve(pod, ref next),
        (PriorityClass before, PriorityClass after) when before.Value != after.Value || before.PreemptionPolicy != after.PreemptionPolicy =>
            new ApiError(ApiErrorCode.Invalid, $"PriorityClass \"{after.Name}\" is invalid: value and preemptionPolicy may not be changed in an update"),
        (PriorityClass, PriorityClass after) => Check(after),
        _ => null,
    };

    private ApiError? Resolve(Pod pod, ref KubeObject requested)
    {
        if (!_memo.TryGet(pod.Spec, out PodSpec spec))
        {
            spec = pod.Spec;
            if (Find(spec) is { } resolved) spec = spec with { PriorityClassName = resolved.Name, Priority = resolved.Value, PreemptionPolicy = resolved.Policy ?? spec.PreemptionPolicy };
            else if (spec.PriorityClassName.Length > 0)
                return new ApiError(ApiErrorCode.Forbidden, $"pods \"{pod.Name}\" is forbidden: no PriorityClass with name {spec.PriorityClassName} was found");
            if (pod.Spec.Priority != 0 && pod.Spec.Priority != spec.Priority)
            {
                return new ApiError(ApiErrorCode.Forbidden,
                    $"pods \"{pod.Name}\" is forbidden: the integer value of priority ({pod.Spec.Priority}) must not be provided in pod spec; {spec.Priority} is that of the given PriorityClass");
            }

            spec = _memo.Keep(pod.Spec, spec == pod.Spec ? pod.Spec : spec);
        }

        if (!ReferenceEquals(spec, pod.Spec)) requested = pod with { Spec = spec };
        return null;
    }

    private (string Name, int Value, PreemptionPolicy? Policy)? Find(PodSpec spec)
    {
        switch (spec.PriorityClassName)
        {
            case "system-cluster-critical":
                return (spec.PriorityClassName, 2 * HighestUserPriority, null);
            case "system-node-critical":
                return (spec.PriorityClassName, (2 * HighestUserPriority) + 1000, null);
            case "" when spec.Priority != 0:
                return null;
            case "":
                return Default() is { } standard ? (standard.Name, standard.Value, standard.PreemptionPolicy) : null;
            default:
                return _store.View.Find<PriorityClass>(ResourceKind.PriorityClass, "", spec.PriorityClassName) is { } named
                    ? (named.Name, named.Value, named.PreemptionPolicy)
                    : null;
        }
    }

    /// <summary>The default class; of several the one of the lowest value, as Kubernetes takes it.</summary>
    private PriorityClass? Default()
    {
        PriorityClass? lowest = null;
        foreach (KubeObject item in _store.View.All(ResourceKind.PriorityClass))
        {
            if (item is PriorityClass { IsDefault: true } candidate && (lowest is null || candidate.Value < lowest.Value)) lowest = candidate;
        }

        return lowest;
    }

    private ApiError? Check(PriorityClass priority)
    {
        if (priority.Name.StartsWith(SystemPrefix, StringComparison.Ordinal))
            return new ApiError(ApiErrorCode.Invalid, $"PriorityClass \"{priority.Name}\" is invalid: names that begin with '{SystemPrefix}' are reserved for the system's own");
        if (priority.Value > HighestUserPriority)
            return new ApiError(ApiErrorCode.Invalid, $"PriorityClass \"{priority.Name}\" is invalid: value {priority.Value} is above {HighestUserPriority}");
        return priority.IsDefault && Default() is { } other && other.Name != priority.Name
            ? new ApiError(ApiErrorCode.Forbidden, $"PriorityClass {other.Name} is already marked as default")
            : null;
    }
}
