using System.Diagnostics;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>Ways to choose GPU devices on a node that fits.</summary>
public static class DeviceChoice
{
    /// <summary>The rule where nothing else is said (papers: FGD23): a share takes the tightest device that fits, first of equals;
    /// whole devices are the first free ones; pods without GPU take none.</summary>
    public static DeviceSet Tightest(in PodShape pod, in NodeState node)
    {
        if (pod.GpuCount == 0) return DeviceSet.Empty;
        ReadOnlySpan<int> free = node.DeviceFreeMilli;
        if (!pod.IsGpuShare) return FirstFree(pod.GpuCount, free);
        int best = -1;
        for (int d = 0; d < free.Length; d++)
        {
            if (free[d] >= pod.GpuMilliPerDevice && (best < 0 || free[d] < free[best])) best = d;
        }

        Debug.Assert(best >= 0, "Device choice follows feasibility.");
        return DeviceSet.Of(best);
    }

    /// <summary>The first <paramref name="count"/> wholly free devices.</summary>
    public static DeviceSet FirstFree(int count, ReadOnlySpan<int> deviceFreeMilli)
    {
        DeviceSet chosen = DeviceSet.Empty;
        for (int d = 0; d < deviceFreeMilli.Length && count > 0; d++)
        {
            if (deviceFreeMilli[d] != PodSpec.WholeGpuMilli) continue;
            chosen = chosen.With(d);
            count--;
        }

        return chosen;
    }

    /// <summary>Whether the set is exactly what the pod needs and every device of it has room.</summary>
    internal static bool IsValid(in PodShape pod, ReadOnlySpan<int> deviceFreeMilli, DeviceSet devices)
    {
        if (devices.Count != pod.GpuCount) return false;
        if (deviceFreeMilli.Length < DeviceSet.MaxDevices && devices.Bits >> deviceFreeMilli.Length != 0) return false;
        for (int d = 0; d < deviceFreeMilli.Length; d++)
        {
            if (devices.Contains(d) && deviceFreeMilli[d] < pod.GpuMilliPerDevice) return false;
        }

        return true;
    }
}
