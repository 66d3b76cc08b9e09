namespace SchedBench.Core.Objects;

/// <summary>What a taint does to pods that do not tolerate it.</summary>
public enum TaintEffect : byte
{
    /// <summary>They are not placed there.</summary>
    NoSchedule,

    /// <summary>They are placed there last.</summary>
    PreferNoSchedule,

    /// <summary>They are not placed there, and those that run there are evicted.</summary>
    NoExecute,
}

/// <summary>A taint of a node.</summary>
/// <param name="Key">Key.</param>
/// <param name="Value">Value, or empty.</param>
/// <param name="Effect">Effect.</param>
public readonly record struct Taint(string Key, string Value, TaintEffect Effect);

/// <summary>A toleration of a pod.</summary>
/// <param name="Key">Key; empty with <c>Exists</c> tolerates every key.</param>
/// <param name="Exists">Whether the value does not matter.</param>
/// <param name="Value">Value, for <c>Equal</c>.</param>
/// <param name="Effect">Effect, or null for all.</param>
/// <param name="Duration">How long a NoExecute taint is tolerated, or null for ever.</param>
public readonly record struct Toleration(string Key, bool Exists, string Value, TaintEffect? Effect, TimeSpan? Duration)
{
    /// <summary>Whether it tolerates the taint (Kubernetes <c>v1helper.ToleratesTaint</c>).</summary>
    public bool Tolerates(in Taint taint) =>
        (Effect is null || Effect == taint.Effect) && (Key.Length == 0 || Key == taint.Key) && (Exists || Value == taint.Value) && (Key.Length > 0 || Exists);
}

/// <summary>Requirements on a node that all hold.</summary>
/// <param name="Labels">On its labels.</param>
/// <param name="Fields">On its fields (<c>metadata.name</c>).</param>
public sealed record NodeSelectorTerm(ValueList<LabelRequirement> Labels, ValueList<LabelRequirement> Fields);

/// <summary>A term that adds to a node's score.</summary>
/// <param name="Weight">1 to 100.</param>
/// <param name="Term">Term.</param>
public sealed record PreferredNodeTerm(int Weight, NodeSelectorTerm Term);

/// <summary>Pods that a pod wants near or far.</summary>
/// <param name="Selector">Which pods; null none.</param>
/// <param name="Namespaces">In which namespaces; empty means the pod's own, unless <paramref name="NamespaceSelector"/> is set.</param>
/// <param name="NamespaceSelector">Further namespaces by their labels, or null.</param>
/// <param name="TopologyKey">Label of nodes that makes a domain.</param>
public sealed record PodAffinityTerm(LabelSelector? Selector, ValueList<string> Namespaces, LabelSelector? NamespaceSelector, string TopologyKey)
{
    /// <summary>Labels of the pod whose values are added to the selector.</summary>
    public ValueList<string> MatchLabelKeys { get; init; }

    /// <summary>Labels of the pod whose values the selector excludes.</summary>
    public ValueList<string> MismatchLabelKeys { get; init; }
}

/// <summary>A term that adds to a node's score.</summary>
/// <param name="Weight">1 to 100.</param>
/// <param name="Term">Term.</param>
public sealed record WeightedPodAffinityTerm(int Weight, PodAffinityTerm Term);

/// <summary>Where a pod wants to be and where not (Kubernetes <c>core/v1.Affinity</c>).</summary>
public sealed record Affinity
{
    /// <summary>Node terms, one of which must hold; null when there is no requirement, an empty list matches no node.</summary>
    public ValueList<NodeSelectorTerm>? RequiredNodes { get; init; }

    /// <summary>Node terms that add to the score.</summary>
    public ValueList<PreferredNodeTerm> PreferredNodes { get; init; }

    /// <summary>Pods that must be in the same domain.</summary>
    public ValueList<PodAffinityTerm> RequiredPods { get; init; }

    /// <summary>Pods that should be in the same domain.</summary>
    public ValueList<WeightedPodAffinityTerm> PreferredPods { get; init; }

    /// <summary>Pods that must not be in the same domain.</summary>
    public ValueList<PodAffinityTerm> RequiredAnti { get; init; }

    /// <summary>Pods that should not be in the same domain.</summary>
    public ValueList<WeightedPodAffinityTerm> PreferredAnti { get; init; }
}

/// <summary>How evenly matching pods stand over domains (Kubernetes <c>core/v1.TopologySpreadConstraint</c>).</summary>
public sealed record TopologySpreadConstraint
{
    /// <summary>Largest difference between a domain and the emptiest one, ≥ 1.</summary>
    public int MaxSkew { get; init; } = 1;

    /// <summary>Label of nodes that makes a domain.</summary>
    public required string TopologyKey { get; init; }

    /// <summary>Whether a node that breaks it is out (<c>DoNotSchedule</c>) or only scores lower (<c>ScheduleAnyway</c>).</summary>
    public bool IsHard { get; init; } = true;

    /// <summary>Which pods count; null none.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>With fewer domains than this the emptiest counts as empty; null is 1.</summary>
    public int? MinDomains { get; init; }

    /// <summary>Whether only nodes that the pod's node affinity and selector allow make domains (<c>nodeAffinityPolicy: Honor</c>, the default).</summary>
    public bool HonorsNodeAffinity { get; init; } = true;

    /// <summary>Whether only nodes whose taints the pod tolerates make domains (<c>nodeTaintsPolicy: Honor</c>; the default is Ignore).</summary>
    public bool HonorsNodeTaints { get; init; }

    /// <summary>Labels of the pod whose values are added to the selector.</summary>
    public ValueList<string> MatchLabelKeys { get; init; }
}

/// <summary>What kind of volume a pod mounts.</summary>
public enum VolumeKind : byte
{
    /// <summary>Empty at the pod's start, gone with it.</summary>
    EmptyDir,

    /// <summary>A folder of the node: lost with it.</summary>
    HostPath,

    /// <summary>Keys of a ConfigMap.</summary>
    ConfigMap,

    /// <summary>Keys of a Secret.</summary>
    Secret,

    /// <summary>A PersistentVolumeClaim.</summary>
    PersistentVolumeClaim,

    /// <summary>Several sources in one, the pod's own fields, or a source that is there on every node and holds nothing up (NFS, CSI inline, …).</summary>
    Projected,

    /// <summary>A claim that is made with the pod and goes with it: <see cref="Volume.Claim"/>.</summary>
    Ephemeral,
}

/// <summary>A volume of a pod.</summary>
/// <param name="Name">Name in the pod.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Source">Name of the ConfigMap, Secret or claim, or the path of the node; empty for an emptyDir.</param>
/// <param name="IsOptional">Whether a missing source is fine.</param>
/// <param name="SizeLimitBytes">Limit of an emptyDir, or null.</param>
public readonly record struct Volume(string Name, VolumeKind Kind, string Source, bool IsOptional, long? SizeLimitBytes)
{
    /// <summary>Of an ephemeral volume: the claim to make, named <c>pod-volume</c>; otherwise null.</summary>
    public ClaimTemplate? Claim { get; init; }

    /// <summary>Of an emptyDir: it is memory (<c>medium: Memory</c>) and takes no room on the disk. What is written there is not counted as memory.</summary>
    public bool IsInMemory { get; init; }
}

/// <summary>A port of the node that a pod takes.</summary>
/// <param name="Port">Port.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="HostIp">Address, or empty for all.</param>
public readonly record struct HostPort(int Port, string Protocol, string HostIp)
{
    /// <summary>Whether both cannot be taken on one node: same port and protocol, and one address covers the other.</summary>
    public bool ConflictsWith(in HostPort other) =>
        Port == other.Port && Protocol == other.Protocol && (IsEveryAddress(HostIp) || IsEveryAddress(other.HostIp) || HostIp == other.HostIp);

    private static bool IsEveryAddress(string ip) => ip.Length == 0 || ip is "0.0.0.0" or "::";
}
