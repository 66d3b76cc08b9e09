using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How much of the fleet is held, by node truth: exact integrals over event intervals (REFERENCE alloc.util, nodes.active, balance, pending).</summary>
/// <remarks>
/// A timed replay reports means over the window [0, last arrival] (the whole run when everything arrives at once), so that the tail in which the last pods
/// drain, which differs by strategy, does not dilute them. A saturation replay reports the state at its end.
/// </remarks>
public sealed class AllocationObserver : IMetricObserver
{
    private const int Resources = 3;
    private const int Bins = 100;
    private static readonly string[] Names = ["cpu_allocated_percent", "memory_allocated_percent", "gpu_allocated_percent"];
    private static readonly string[] Spreads = ["balance_cpu_cv", "balance_memory_cv", "balance_gpu_cv"];
    private readonly ClusterRun _run;
    private readonly bool _timed;
    private readonly TimeSpan _window;
    private readonly long[] _held = new long[Resources];
    private readonly long[] _capacity;
    private readonly Int128[] _integrals = new Int128[Resources];
    private readonly Int128[,] _binIntegrals = new Int128[Bins, Resources + 1];
    private readonly LoadSpread[] _spreads;
    private readonly int[] _podsOn;
    private Int128 _activeIntegral;
    private Int128 _pendingIntegral;
    private long _pending;
    private long _pendingMax;
    private int _active;
    private TimeSpan _last;

    /// <summary>Observes a run.</summary>
    /// <param name="run">The run, before it starts.</param>
    /// <param name="timed">Whether means over time are reported, or the state at the end.</param>
    /// <param name="window">End of the window; zero for the whole run.</param>
    public AllocationObserver(ClusterRun run, bool timed, TimeSpan window)
    {
        _run = run;
        _timed = timed;
        _window = window;
        _capacity = [run.Fleet.TotalCpuMilli, run.Fleet.TotalMemoryBytes, run.Fleet.TotalGpuMilli];
        _podsOn = new int[run.Fleet.Count];
        NodeSpec[] nodes = run.Fleet.Nodes.ToArray();
        _spreads = [new LoadSpread(nodes, node => node.CpuMilli), new LoadSpread(nodes, node => node.MemoryBytes), new LoadSpread(nodes, node => node.GpuCount)];
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.PodArrived:
                Advance(fact.At);
                if (++_pending > _pendingMax) _pendingMax = _pending;
                break;
            case FactKind.PodBound or FactKind.PodUnplaced:
                Advance(fact.At);
                _pending--;
                break;
            case FactKind.PodAdmitted:
                Advance(fact.At);
                Hold(in fact, 1);
                break;
            case FactKind.PodSucceeded or FactKind.PodFailed:
                Advance(fact.At);
                Hold(in fact, -1);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Report(TimeSpan end, MetricSink sink)
    {
        TimeSpan window = _timed && _window > TimeSpan.Zero ? _window : end;
        Advance(window > end ? window : end);
        Int128 ticks = window.Ticks;
        for (int r = 0; r < Resources; r++)
        {
            if (_capacity[r] == 0) continue;
            if (_timed) sink.AddRatio(Names[r], _integrals[r], ticks * _capacity[r], 100);
            else sink.AddRatio(Names[r], _held[r], _capacity[r], 100);
        }

        for (int r = 0; r < Resources; r++)
        {
            if (_capacity[r] > 0) sink.Add(Spreads[r], _timed ? _spreads[r].TimeMean(window) : _spreads[r].Now);
        }

        if (_timed) sink.AddRatio("nodes_active_mean", _activeIntegral, ticks);
        else sink.Add("nodes_active_mean", _active);
        if (!_timed) return;
        sink.AddRatio("pending_pods_mean", _pendingIntegral, ticks);
        sink.Add("pending_pods_max", _pendingMax);
        ReportBins(sink);
    }

    /// <summary>The curves over the window; without one (everything arrives at once) nobody knew the bins while the run went on.</summary>
    private void ReportBins(MetricSink sink)
    {
        long width = BinWidth(_window);
        if (width == 0) return;
        for (int r = 0; r <= Resources; r++)
        {
            if (r < Resources && _capacity[r] == 0) continue;
            for (int bin = 0; bin < Bins; bin++)
            {
                double x = (double)((2 * bin) + 1) * width / 2 / TimeSpan.TicksPerSecond;
                double mean = (double)_binIntegrals[bin, r] / width;
                if (r == Resources) sink.AddPoint("pending_pods", "time_seconds", x, mean);
                else sink.AddPoint(Names[r], "time_seconds", x, mean / _capacity[r] * 100);
            }
        }
    }

    private static long BinWidth(TimeSpan window) => window.Ticks / Bins;

    /// <summary>Adds what was held from the last change to now, within the window.</summary>
    private void Advance(TimeSpan now)
    {
        if (now == _last) return;
        TimeSpan from = _last;
        _last = now;
        TimeSpan to = _window > TimeSpan.Zero && now > _window ? _window : now;
        if (to <= from || !_timed) return;
        long ticks = (to - from).Ticks;
        for (int r = 0; r < Resources; r++)
        {
            if (_capacity[r] == 0) continue;
            _integrals[r] += (Int128)_held[r] * ticks;
            _spreads[r].Advance(ticks);
        }

        _activeIntegral += (Int128)_active * ticks;
        _pendingIntegral += (Int128)_pending * ticks;
        long width = BinWidth(_window);
        if (width > 0) FillBins(from.Ticks, to.Ticks, width);
    }

    private void FillBins(long from, long to, long width)
    {
        while (from < to)
        {
            long bin = from / width;
            if (bin >= Bins) return;
            long until = Math.Min(to, (bin + 1) * width);
            for (int r = 0; r < Resources; r++) _binIntegrals[bin, r] += (Int128)_held[r] * (until - from);
            _binIntegrals[bin, Resources] += (Int128)_pending * (until - from);
            from = until;
        }
    }

    private void Hold(in Fact fact, int sign)
    {
        PodSpec spec = _run.Shapes[_run.Store[fact.Pod].Shape].Spec;
        int node = fact.Node.Value;
        _held[0] += sign * spec.CpuMilli;
        _held[1] += sign * spec.MemoryBytes;
        _held[2] += sign * spec.GpuMilliTotal;
        int pods = _podsOn[node] += sign;
        if (sign > 0 && pods == 1) _active++;
        else if (sign < 0 && pods == 0) _active--;
        NodeState state = _run.Agents.StateOf(fact.Node);
        _spreads[0].Set(node, state.RequestedCpuMilli, state.AllocatableCpuMilli);
        _spreads[1].Set(node, state.RequestedMemoryBytes, state.AllocatableMemoryBytes);
        _spreads[2].Set(node, state.AllocatableGpuMilli - state.FreeGpuMilli, state.AllocatableGpuMilli);
    }
}
