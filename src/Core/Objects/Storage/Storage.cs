namespace SchedBench.Core.Objects;

/// <summary>A ConfigMap (v1).</summary>
public sealed record ConfigMap : KubeObject
{
    /// <summary>Entries, sorted by key.</summary>
    public ValueList<Label> Data { get; init; }

    /// <summary>Whether it cannot be changed.</summary>
    public bool IsImmutable { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.ConfigMap;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is ConfigMap map && map.Data == Data && map.IsImmutable == IsImmutable;
}

/// <summary>A Secret (v1). Its values never enter a result file, a log or an error.</summary>
public sealed record Secret : KubeObject
{
    /// <summary>Type, such as <c>Opaque</c>.</summary>
    public string Type { get; init; } = "Opaque";

    /// <summary>Keys, sorted.</summary>
    public ValueList<string> Keys { get; init; }

    /// <summary>Hash of the values: a change of it is a change of the secret.</summary>
    public ulong ValuesHash { get; init; }

    /// <summary>Size of the decoded values in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Whether it cannot be changed.</summary>
    public bool IsImmutable { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Secret;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Secret secret && secret.Type == Type && secret.Keys == Keys && secret.ValuesHash == ValuesHash;
}

/// <summary>What happens to a volume whose claim is gone.</summary>
public enum ReclaimPolicy : byte
{
    /// <summary>It goes too.</summary>
    Delete,

    /// <summary>It stays, released, until somebody looks after it.</summary>
    Retain,
}

/// <summary>Phase of a volume.</summary>
public enum VolumePhase : byte
{
    /// <summary>Nobody claims it.</summary>
    Available,

    /// <summary>A claim has it.</summary>
    Bound,

    /// <summary>Its claim is gone.</summary>
    Released,
}

/// <summary>A PersistentVolume (v1).</summary>
public sealed record PersistentVolume : KubeObject
{
    /// <summary>Size in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Class, or empty.</summary>
    public string StorageClass { get; init; } = "";

    /// <summary>Access modes: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.</summary>
    public ValueList<string> AccessModes { get; init; }

    /// <summary>What happens when its claim is gone.</summary>
    public ReclaimPolicy Reclaim { get; init; } = ReclaimPolicy.Retain;

    /// <summary>Nodes it can be reached from; null for all.</summary>
    public ValueList<NodeSelectorTerm>? NodeAffinity { get; init; }

    /// <summary>Claim that has it, or null.</summary>
    public ObjectKey? Claim { get; init; }

    /// <summary>Phase.</summary>
    public VolumePhase Phase { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.PersistentVolume;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is PersistentVolume volume && volume with { Metadata = Metadata, Phase = Phase, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is PersistentVolume volume ? this with { Claim = Claim ?? volume.Claim, Phase = volume.Phase } : this;
}

/// <summary>How far the expansion of a claim is (condition of its status).</summary>
public enum ClaimResize : byte
{
    /// <summary>None is under way.</summary>
    None,

    /// <summary>Its volume is being enlarged (<c>Resizing</c>).</summary>
    Resizing,

    /// <summary>Its volume is large enough; its file system is enlarged on the node of a pod that mounts it (<c>FileSystemResizePending</c>).</summary>
    FileSystemPending,
}

/// <summary>A PersistentVolumeClaim (v1).</summary>
public sealed record PersistentVolumeClaim : KubeObject
{
    /// <summary>Requested size in bytes; of a bound claim it may grow when its class allows it.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Size that it has (<c>status.capacity</c>) in bytes; 0 before it is bound.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>How far its expansion is.</summary>
    public ClaimResize Resize { get; init; }

    /// <summary>Class; null for the default one, empty for none.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Access modes.</summary>
    public ValueList<string> AccessModes { get; init; }

    /// <summary>Volumes it may take; null for any.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Volume that it has or asks for, or empty.</summary>
    public string VolumeName { get; init; } = "";

    /// <summary>Whether it has its volume.</summary>
    public bool IsBound { get; init; }

    /// <summary>Node that the scheduler chose for the first pod of a claim that waits for one, or empty (<c>volume.kubernetes.io/selected-node</c>).</summary>
    public string SelectedNode { get; init; } = "";

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.PersistentVolumeClaim;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is PersistentVolumeClaim claim && claim with { Metadata = Metadata, IsBound = IsBound, CapacityBytes = CapacityBytes, Resize = Resize, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is PersistentVolumeClaim claim ? this with { VolumeName = claim.VolumeName, IsBound = claim.IsBound, CapacityBytes = claim.CapacityBytes, Resize = claim.Resize, SelectedNode = claim.SelectedNode } : this;
}

/// <summary>A StorageClass (storage.k8s.io/v1).</summary>
public sealed record StorageClass : KubeObject
{
    /// <summary>Provisioner; <c>kubernetes.io/no-provisioner</c> makes no volumes.</summary>
    public string Provisioner { get; init; } = "";

    /// <summary>Whether a volume is chosen only when its first pod is scheduled (<c>WaitForFirstConsumer</c>).</summary>
    public bool WaitsForFirstConsumer { get; init; }

    /// <summary>What happens to its volumes when their claim is gone.</summary>
    public ReclaimPolicy Reclaim { get; init; }

    /// <summary>Whether claims without a class take this one.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether claims of it may grow (<c>allowVolumeExpansion</c>).</summary>
    public bool AllowsExpansion { get; init; }

    /// <summary>Zones its volumes can be made in; empty for all.</summary>
    public ValueList<string> AllowedZones { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.StorageClass;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is StorageClass storage && storage with { Metadata = Metadata, Document = Document } == this;
}
