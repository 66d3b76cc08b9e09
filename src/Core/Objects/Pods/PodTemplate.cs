namespace SchedBench.Core.Objects;

/// <summary>What a controller makes pods from (Kubernetes <c>core/v1.PodTemplateSpec</c>). Immutable and shared by all its pods.</summary>
public sealed record PodTemplate
{
    /// <summary>Labels of the pods, sorted by key.</summary>
    public ValueList<Label> Labels { get; init; }

    /// <summary>Annotations of the pods, sorted by key.</summary>
    public ValueList<Label> Annotations { get; init; }

    /// <summary>Their spec.</summary>
    public required PodSpec Spec { get; init; }
}

/// <summary>What happens to a container that ended.</summary>
public enum RestartPolicy : byte
{
    /// <summary>It is started again.</summary>
    Always,

    /// <summary>It is started again when it failed.</summary>
    OnFailure,

    /// <summary>It stays ended.</summary>
    Never,
}

/// <summary>Whether a pod may push others out.</summary>
public enum PreemptionPolicy : byte
{
    /// <summary>Pods of lower priority may be preempted for it.</summary>
    PreemptLowerPriority,

    /// <summary>It waits.</summary>
    Never,
}
