namespace SchedBench.Core.Objects;

/// <summary>Which unhealthy pods a budget lets go (Kubernetes <c>policy/v1.UnhealthyPodEvictionPolicyType</c>).</summary>
public enum UnhealthyEviction : byte
{
    /// <summary>Only while enough others are healthy.</summary>
    IfHealthyBudget,

    /// <summary>Always.</summary>
    AlwaysAllow,
}

/// <summary>A PodDisruptionBudget (policy/v1): how many pods of a selector evictions may take at a time.</summary>
public sealed record PodDisruptionBudget : KubeObject
{
    /// <summary>Pods that it counts; null none.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Pods that must stay, or null.</summary>
    public IntOrPercent? MinAvailable { get; init; }

    /// <summary>Pods that may be missing, or null. At most one of both is set.</summary>
    public IntOrPercent? MaxUnavailable { get; init; }

    /// <summary>Unhealthy pods.</summary>
    public UnhealthyEviction UnhealthyEviction { get; init; }

    /// <summary>What is known of its pods.</summary>
    public DisruptionStatus Status { get; init; } = DisruptionStatus.New;

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.PodDisruptionBudget;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is PodDisruptionBudget budget && budget with { Metadata = Metadata, Status = Status, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is PodDisruptionBudget known ? this with { Status = known.Status } : this;
}

/// <summary>Status of a budget. Immutable.</summary>
public sealed record DisruptionStatus
{
    /// <summary>Status before the first sync.</summary>
    public static DisruptionStatus New { get; } = new();

    /// <summary>Evictions that would be admitted now.</summary>
    public int DisruptionsAllowed { get; init; }

    /// <summary>Healthy pods.</summary>
    public int CurrentHealthy { get; init; }

    /// <summary>Healthy pods that must stay.</summary>
    public int DesiredHealthy { get; init; }

    /// <summary>Pods counted.</summary>
    public int ExpectedPods { get; init; }

    /// <summary>Generation that the counters belong to.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Admitted evictions whose pod is not seen terminating yet: identity and instant, by identity.</summary>
    public ValueList<AdmittedEviction> Admitted { get; init; }
}

/// <summary>An admitted eviction.</summary>
/// <param name="PodUid">The pod.</param>
/// <param name="At">When it was admitted.</param>
public readonly record struct AdmittedEviction(long PodUid, TimeSpan At);

/// <summary>A PriorityClass (scheduling.k8s.io/v1).</summary>
public sealed record PriorityClass : KubeObject
{
    /// <summary>Priority of its pods.</summary>
    public int Value { get; init; }

    /// <summary>Whether pods without a class take this one.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether its pods push others out.</summary>
    public PreemptionPolicy PreemptionPolicy { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.PriorityClass;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is PriorityClass priority && priority with { Metadata = Metadata, Document = Document } == this;
}

/// <summary>A ResourceQuota (v1): what the objects of a namespace may ask for together.</summary>
public sealed record ResourceQuota : KubeObject
{
    /// <summary>Limits, sorted by name (<c>requests.cpu</c> and <c>limits.cpu</c> in milli, memory in bytes, <c>pods</c>, <c>count/…</c> in objects).</summary>
    public ValueList<ResourceAmount> Hard { get; init; }

    /// <summary>What is used, by the same names.</summary>
    public ValueList<ResourceAmount> Used { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.ResourceQuota;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is ResourceQuota quota && quota.Hard == Hard;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is ResourceQuota quota ? this with { Used = quota.Used } : this;
}

/// <summary>A LimitRange (v1): defaults and bounds of what containers and pods ask for.</summary>
public sealed record LimitRange : KubeObject
{
    /// <summary>Its items.</summary>
    public ValueList<LimitRangeItem> Limits { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.LimitRange;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is LimitRange range && range.Limits == Limits;
}

/// <summary>One item of a LimitRange. Amounts are milli CPU or bytes; null where nothing is said.</summary>
/// <param name="IsPod">Whether it is about whole pods; otherwise about containers.</param>
/// <param name="Resource"><c>cpu</c>, <c>memory</c> or <c>ephemeral-storage</c>.</param>
/// <param name="Min">Least request.</param>
/// <param name="Max">Largest limit.</param>
/// <param name="DefaultRequest">Request of containers that state none.</param>
/// <param name="DefaultLimit">Limit of containers that state none.</param>
public sealed record LimitRangeItem(bool IsPod, string Resource, long? Min, long? Max, long? DefaultRequest, long? DefaultLimit);
