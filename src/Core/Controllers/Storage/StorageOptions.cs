namespace SchedBench.Core.Controllers;

/// <summary>Times and limits of storage.</summary>
public sealed record StorageOptions
{
    /// <summary>From the wish for a volume to the volume.</summary>
    public TimeSpan ProvisionTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the claim's end to the end of a volume that is deleted with it.</summary>
    public TimeSpan DeleteTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From the wish to attach a volume to a node until it is there.</summary>
    public TimeSpan AttachTime { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>From the last pod's end until the volume is off the node.</summary>
    public TimeSpan DetachTime { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>From the wish for a larger volume to the larger volume.</summary>
    public TimeSpan ExpandTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From then, on the node of a pod that mounts it, to the larger file system.</summary>
    public TimeSpan FileSystemResizeTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a volume stays attached to a node that is not ready and has not said that it unmounted it (<c>maxWaitForUnmountDuration</c>).</summary>
    public TimeSpan MaxWaitForUnmount { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>Whether it is detached by force then (<c>--disable-force-detach-on-timeout</c> turns it off).</summary>
    public bool ForceDetaches { get; init; } = true;

    /// <summary>Volumes that can be attached to one node.</summary>
    public int AttachLimit { get; init; } = 256;

    /// <summary>Label of nodes that says their zone; provisioned volumes can be reached from their zone alone.</summary>
    public string ZoneLabel { get; init; } = "topology.kubernetes.io/zone";
}
