using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How much of the nodes is asked for, be it placed or not: exact time integrals over the window (REFERENCE §1.2 offered.load for Kubernetes objects).</summary>
/// <remarks>
/// A pod that runs on (restart policy Always) asks for its requests from its creation until it has ended or is gone, also while it is pending: its service time is what is left of the window. A pod
/// that ends by itself asks for as long as it stands on a node: how long it would have run is not known before, so one that was never bound adds nothing and the figure is a lower bound. Capacity is
/// that of the registered nodes, ready or not, as large as they are at each instant.
/// </remarks>
/// <param name="now">The current instant.</param>
/// <param name="from">Begin of the window.</param>
public sealed class OfferedLoadObserver(Func<TimeSpan> now, TimeSpan from) : IStoreListener
{
    private const int Resources = 3;
    private static readonly string[] Names = ["cpu", "memory", "gpu"];
    private readonly long[] _asked = new long[Resources];
    private readonly long[] _capacity = new long[Resources];
    private readonly Int128[] _askedTicks = new Int128[Resources];
    private readonly Int128[] _capacityTicks = new Int128[Resources];
    private TimeSpan _since = from;

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Node)
        {
            NodeSpec? before = (change.Before as Node)?.Spec, after = (change.After as Node)?.Spec;
            if (ReferenceEquals(before, after)) return;
            Advance(now());
            if (before is not null) CountNode(before, -1);
            if (after is not null) CountNode(after, 1);
        }
        else if (change.Object is Pod)
        {
            PodSpec? before = Asks(change.Before), after = Asks(change.After);
            if (ReferenceEquals(before, after)) return;
            Advance(now());
            if (before is not null) Count(_asked, before.CpuMilli, before.MemoryBytes, before.GpuMilliTotal, -1);
            if (after is not null) Count(_asked, after.CpuMilli, after.MemoryBytes, after.GpuMilliTotal, 1);
        }
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Advance(end);
        for (int r = 0; r < Resources; r++)
        {
            if (_capacityTicks[r] > 0) sink.AddRatio($"offered_load_{Names[r]}_ratio", _askedTicks[r], _capacityTicks[r]);
        }
    }

    private static PodSpec? Asks(KubeObject? item) =>
        item is Pod { HasEnded: false } pod && (pod.Spec.RestartPolicy == RestartPolicy.Always || pod.Node.IsNode) ? pod.Spec : null;

    private void CountNode(NodeSpec node, int by) => Count(_capacity, node.CpuMilli, node.MemoryBytes, (long)node.GpuCount * PodSpec.WholeGpuMilli, by);

    private static void Count(long[] sums, long cpuMilli, long memoryBytes, long gpuMilli, int by)
    {
        sums[0] += by * cpuMilli;
        sums[1] += by * memoryBytes;
        sums[2] += by * gpuMilli;
    }

    private void Advance(TimeSpan to)
    {
        if (to <= _since) return;
        long ticks = (to - _since).Ticks;
        _since = to;
        for (int r = 0; r < Resources; r++)
        {
            _askedTicks[r] += (Int128)ticks * _asked[r];
            _capacityTicks[r] += (Int128)ticks * _capacity[r];
        }
    }
}
