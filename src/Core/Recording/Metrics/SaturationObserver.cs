using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>The saturation protocol's figures: allocation and fragmentation over what has arrived (papers: FGD23; REFERENCE alloc.rate, frag.cluster).</summary>
/// <remarks>
/// After each pod, placed or not: arrived = GPU milli requested so far, allocated = GPU milli placed, both over the fleet's GPU capacity. The curve's point at k %
/// is the mean over all pods whose arrived/capacity rounds to k % (halves up). All sums are integers, divided once at the end. A fleet without GPUs has no curve.
/// </remarks>
public sealed class SaturationObserver : IMetricObserver
{
    /// <summary>Last point of the curves, in percent of capacity.</summary>
    public const int LastPercent = 130;

    private readonly ClusterRun _run;
    private readonly WorkloadProfile? _profile;
    private readonly FragmentationModel? _model;
    private readonly long _capacity;
    private readonly long[] _fragmentation;
    private readonly Int128[] _allocatedSums = new Int128[LastPercent + 1];
    private readonly Int128[] _fragmentedSums = new Int128[LastPercent + 1];
    private readonly long[] _samples = new long[LastPercent + 1];
    private long _arrived;
    private long _allocated;
    private Int128 _fragmented;

    /// <summary>Observes a run.</summary>
    /// <param name="run">The run, before it starts.</param>
    /// <param name="profile">Requests of the original trace; null leaves out what depends on them.</param>
    public SaturationObserver(ClusterRun run, WorkloadProfile? profile)
    {
        _run = run;
        _profile = profile;
        _model = profile is not null && run.Fleet.TotalGpuMilli > 0 ? FragmentationModel.Of(profile, run.Fleet) : null;
        _capacity = run.Fleet.TotalGpuMilli;
        _fragmentation = new long[run.Fleet.Count];
        for (int n = 0; n < _fragmentation.Length && _model is not null; n++) Refresh(n);
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.PodArrived:
                _arrived += Spec(in fact).GpuMilliTotal;
                break;
            case FactKind.PodAdmitted:
                _allocated += Spec(in fact).GpuMilliTotal;
                if (_model is not null) Refresh(fact.Node.Value);
                Sample();
                break;
            case FactKind.PodUnplaced or FactKind.PodRejected:
                Sample();
                break;
            case FactKind.PodSucceeded or FactKind.PodFailed:
                _allocated -= Spec(in fact).GpuMilliTotal;
                if (_model is not null) Refresh(fact.Node.Value);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Report(TimeSpan end, MetricSink sink)
    {
        if (_profile is not null) ReportStranded(sink);
        if (_capacity == 0) return;
        for (int k = 0; k <= LastPercent; k++)
        {
            if (_samples[k] > 0) sink.AddPoint("gpu_allocated_percent", "gpu_arrived_percent", k, Percent(_allocatedSums[k], _samples[k] * (Int128)_capacity));
        }

        if (_model is null) return;
        Int128 scale = (Int128)_model.TotalWeight * _capacity;
        for (int k = 0; k <= LastPercent; k++)
        {
            if (_samples[k] > 0) sink.AddPoint("gpu_fragmented_percent", "gpu_arrived_percent", k, Percent(_fragmentedSums[k], _samples[k] * scale));
        }

        sink.AddRatio("gpu_fragmented_percent", _fragmented, scale, 100);
        sink.AddRatio("gpu_fragmented_of_free_percent", _fragmented, (Int128)_model.TotalWeight * (_capacity - _allocated), 100);
    }

    /// <summary>Free CPU on nodes that no request of the trace fits any more, over all CPU (REFERENCE strand).</summary>
    private void ReportStranded(MetricSink sink)
    {
        ShapeIndex[] shapes = [.. _profile!.Entries.Select(entry => _run.Shapes.Intern(entry.Spec))];
        Int128 stranded = 0;
        for (int n = 0; n < _run.Fleet.Count; n++)
        {
            if (!_run.Agents.FitsAny(shapes, new NodeIndex(n))) stranded += _run.Agents.StateOf(new NodeIndex(n)).FreeCpuMilli;
        }

        sink.AddRatio("stranded_cpu_percent", stranded, _run.Fleet.TotalCpuMilli, 100);
    }

    private static double Percent(Int128 part, Int128 whole) => (double)part / (double)whole * 100;

    private void Refresh(int node)
    {
        long now = _model!.Of(_run.Agents.StateOf(new NodeIndex(node)));
        _fragmented += now - _fragmentation[node];
        _fragmentation[node] = now;
    }

    private void Sample()
    {
        if (_capacity == 0) return;
        long percent = ((200 * _arrived) + _capacity) / (2 * _capacity);
        if (percent > LastPercent) return;
        _samples[percent]++;
        _allocatedSums[percent] += _allocated;
        _fragmentedSums[percent] += _fragmented;
    }

    private PodSpec Spec(in Fact fact) => _run.Shapes[_run.Store[fact.Pod].Shape].Spec;
}
