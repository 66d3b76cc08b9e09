using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Gpu;

/// <summary>Places where the fragmentation of the cluster, as the workload's typical pods see it, grows least.</summary>
/// <remarks>
/// Score 0..99: <c>⌊100·sigmoid((F before − F after)/1000)⌋</c> with the node's fragmentation F (<see cref="FragmentationModel"/>). For a share the device with
/// the highest score, first of equals, both scores and takes the pod; otherwise F after is the node after an ordinary placement. F is an exact integer and the
/// truncated sigmoid 99 integer thresholds, so no rounding noise can move a score. Needs the workload's mix beforehand. O(devices), allocation-free.
/// Source: Weng et al., <em>Beware of Fragmentation</em>, USENIX ATC 2023, algorithm 1.
/// </remarks>
[Strategy("fgd", "Least growth of GPU fragmentation (needs the workload's mix)")]
public sealed class FragmentationGradientDescent : ScoringStrategy
{
    private const int Scores = 100;
    private readonly long[] _thresholds = new long[Scores - 1];
    private FragmentationModel? _model;

    /// <inheritdoc/>
    public override bool UsesWorkloadProfile => true;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context)
    {
        _model = FragmentationModel.Of(
            context.Profile ?? throw new StrategyFaultException("fgd needs the workload's profile"), context.View.Fleet);
        // score ≥ k  ⇔  100·sigmoid(x) ≥ k  ⇔  x ≥ ln(k / (100 − k)), and x = (F before − F after) / (1000 · total weight).
        for (int k = 1; k < Scores; k++)
            _thresholds[k - 1] = (long)Math.Ceiling(DeterministicMath.Log((double)k / (Scores - k)) * 1000 * _model.TotalWeight);
    }

    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node) => Descend(in pod, in node, out _);

    /// <inheritdoc/>
    public override DeviceSet Devices(in PodShape pod, in NodeState node)
    {
        if (!pod.IsGpuShare) return DeviceChoice.Tightest(in pod, in node);
        Descend(in pod, in node, out int device);
        return DeviceSet.Of(device);
    }

    private long Descend(in PodShape pod, in NodeState node, out int device)
    {
        device = -1;
        ReadOnlySpan<int> free = node.DeviceFreeMilli;
        if (free.Length == 0) return ScoreOf(0);
        FragmentationModel.Column before = _model!.At(node.Index, node.FreeCpuMilli);
        FragmentationModel.Column after = _model.At(node.Index, node.FreeCpuMilli - pod.CpuMilli);
        int whole = node.WholeDevicesFree;
        long usableBefore = before.WholeUsable(whole), sharesAfter = 0;
        foreach (int milli in free)
        {
            usableBefore += before.ShareUsable(milli);
            sharesAfter += after.ShareUsable(milli);
        }

        // F = W·R − usable, so F before − F after = W·(GPU milli taken) − usable before + usable after.
        long gain = (_model.TotalWeight * pod.GpuMilliTotal) - usableBefore;
        if (!pod.IsGpuShare)
        {
            sharesAfter -= pod.GpuCount * after.ShareUsable(PodSpec.WholeGpuMilli);
            return ScoreOf(gain + sharesAfter + after.WholeUsable(whole - pod.GpuCount));
        }

        long best = long.MinValue;
        for (int d = 0; d < free.Length; d++)
        {
            if (free[d] < pod.GpuMilliPerDevice) continue;
            long usable = sharesAfter - after.ShareUsable(free[d]) + after.ShareUsable(free[d] - pod.GpuMilliPerDevice)
                + after.WholeUsable(free[d] == PodSpec.WholeGpuMilli ? whole - 1 : whole);
            long score = ScoreOf(gain + usable);
            if (score > best) (best, device) = (score, d);
        }

        return best;
    }

    /// <summary>The number of thresholds that the difference reaches.</summary>
    private long ScoreOf(long difference)
    {
        int at = _thresholds.AsSpan().BinarySearch(difference);
        if (at < 0) return ~at;
        // Equal thresholds (possible for tiny workloads) all count as reached.
        while (at + 1 < _thresholds.Length && _thresholds[at + 1] == difference) at++;
        return at + 1;
    }
}
