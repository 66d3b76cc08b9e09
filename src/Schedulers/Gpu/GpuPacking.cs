using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Gpu;

/// <summary>Fills devices in use before it opens new ones, and nodes in use before empty ones.</summary>
/// <remarks>
/// Score 0..100; pods without GPU score 0 everywhere. All devices of the node free: <c>max(33 − free, free)</c> with free = the number of devices; k wholly free devices must be opened: <c>max(50 − k, 33)</c>; only devices in use are taken:
/// <c>max(100 − ⌊Σ⌊free % of the devices used⌋ / 10⌋, 50)</c>. Devices are taken tightest first. O(devices), allocation-free.
/// Source: GpuPacking in Weng et al., USENIX ATC 2023.
/// </remarks>
[Strategy("gpu-packing", "Devices in use before free ones, nodes in use before empty ones")]
public sealed class GpuPacking : ScoringStrategy
{
    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node)
    {
        if (pod.GpuCount == 0) return 0;
        ReadOnlySpan<int> free = node.DeviceFreeMilli;
        int whole = node.WholeDevicesFree;
        if (whole == free.Length) return Math.Max(33 - whole, whole);
        if (!pod.IsGpuShare) return Math.Max(50 - pod.GpuCount, 33);

        int tightest = int.MaxValue;
        foreach (int milli in free)
        {
            if (milli >= pod.GpuMilliPerDevice && milli < tightest) tightest = milli;
        }

        return tightest == PodSpec.WholeGpuMilli ? 50 - 1 : Math.Max(100 - (tightest / 10 / 10), 50);
    }
}
