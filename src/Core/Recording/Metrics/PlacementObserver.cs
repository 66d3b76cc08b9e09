using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How full the nodes of an orchestrated run are: exact time integrals over the window of what bound pods request (REFERENCE §1.1 alloc.util, nodes.active).</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="now">The current instant.</param>
/// <param name="from">Begin of the window.</param>
public sealed class PlacementObserver(FleetLayout fleet, Func<TimeSpan> now, TimeSpan from) : IStoreListener
{
    private readonly int[] _pods = new int[fleet.Count];
    private TimeSpan _since;
    private Int128 _cpu;
    private Int128 _memory;
    private Int128 _active;
    private long _cpuMilli;
    private long _memoryBytes;
    private int _activeNodes;

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Pod) return;
        Pod? before = Holds(change.Before), after = Holds(change.After);
        if (before is null == after is null) return;
        Advance(now());
        if (before is not null) Count(before, -1);
        else Count(after!, 1);
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Advance(end);
        Int128 window = Math.Max(0, (end - from).Ticks);
        sink.AddRatio("cpu_allocated_percent", _cpu, window * fleet.TotalCpuMilli, 100);
        sink.AddRatio("memory_allocated_percent", _memory, window * fleet.TotalMemoryBytes, 100);
        sink.AddRatio("nodes_active_mean", _active, window);
    }

    /// <summary>A pod holds its requests from its binding until it has ended or is gone.</summary>
    private static Pod? Holds(KubeObject? item) => item is Pod { Node.IsNode: true, HasEnded: false } pod ? pod : null;

    private void Count(Pod pod, int by)
    {
        _cpuMilli += by * pod.Spec.CpuMilli;
        _memoryBytes += by * pod.Spec.MemoryBytes;
        ref int pods = ref _pods[pod.Node.Value];
        if (pods == 0) _activeNodes++;
        pods += by;
        if (pods == 0) _activeNodes--;
    }

    private void Advance(TimeSpan to)
    {
        TimeSpan since = _since > from ? _since : from;
        if (to <= since) return;
        long ticks = (to - since).Ticks;
        _since = to;
        _cpu += (Int128)ticks * _cpuMilli;
        _memory += (Int128)ticks * _memoryBytes;
        _active += (Int128)ticks * _activeNodes;
    }
}
