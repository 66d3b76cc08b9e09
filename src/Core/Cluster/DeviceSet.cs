using System.Numerics;

namespace SchedBench.Core.Cluster;

/// <summary>A set of GPU devices of one node, bit d = device d. Nodes have at most 64 devices.</summary>
/// <param name="Bits">The bit set.</param>
public readonly record struct DeviceSet(ulong Bits)
{
    /// <summary>Largest number of devices a node may have.</summary>
    public const int MaxDevices = 64;

    /// <summary>No device.</summary>
    public static readonly DeviceSet Empty;

    /// <summary>Number of devices in the set.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>The set of one device.</summary>
    public static DeviceSet Of(int device) => new(1UL << device);

    /// <summary>Whether the device is in the set.</summary>
    public bool Contains(int device) => (Bits >> device & 1) != 0;

    /// <summary>This set with one device more.</summary>
    public DeviceSet With(int device) => new(Bits | (1UL << device));

    /// <inheritdoc/>
    public override string ToString()
    {
        ulong bits = Bits;
        return string.Join('+', Enumerable.Range(0, MaxDevices).Where(d => (bits >> d & 1) != 0));
    }
}
