using SchedBench.Core.Networking;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Runner;

/// <summary>What is measured of a cell of Kubernetes objects beside its update: pods, Jobs, services, topology, autoscalers.</summary>
internal sealed class ClusterObservers
{
    private readonly OrchestratedRun _run;
    private readonly OfferedLoadObserver _offered;
    private readonly PodStartObserver _starts;
    private readonly JobObserver _jobs;
    private readonly ServiceObserver _services;
    private readonly TopologyObserver _topology;
    private readonly ReplicaScalingObserver _replicas;
    private readonly BudgetObserver _budgets;
    private readonly NodeScalingObserver? _nodes;

    /// <summary>Attaches the observers to a run that has not begun.</summary>
    public ClusterObservers(OrchestratedRun run, OrchestratedRunOptions options, ClusterReplay replay)
    {
        _run = run;
        TimeSpan Now() => run.Loop.Now;
        _offered = new OfferedLoadObserver(Now, replay.Warmup);
        _starts = new PodStartObserver(Now, replay.Warmup);
        _jobs = new JobObserver(run.Store.View, Now, replay.Warmup);
        _services = new ServiceObserver(Now, run.Store.View, replay.Warmup, replay.Update?.At);
        _topology = new TopologyObserver(run.Fleet, run.Store.View, Now, replay.Warmup, replay.Update?.At);
        _replicas = new ReplicaScalingObserver(run.Store.View, Now, replay.Warmup);
        _budgets = new BudgetObserver(Now, replay.Warmup);
        run.Store.Subscribe(_offered);
        run.Store.Subscribe(_budgets);
        run.Store.Subscribe(_starts);
        run.Store.Subscribe(_jobs);
        run.Store.Subscribe(_services);
        run.Store.Subscribe(_topology);
        run.Store.Subscribe(_replicas);
        run.Facts.Subscribe(_starts);
        run.Facts.Subscribe(_jobs);
        run.Facts.Subscribe(_replicas);
        run.Health?.Subscribe(_jobs);
        run.Processes?.Observe(_services);
        run.Runtime?.Observe(_jobs);
        if (options.ClusterAutoscaler is not { } autoscaler) return;
        _nodes = new NodeScalingObserver(run.Fleet, autoscaler, Now, replay.Warmup);
        run.Store.Subscribe(_nodes);
        run.Facts.Subscribe(_nodes);
    }

    /// <summary>Reports at the end of the run.</summary>
    /// <returns>The figures of the services.</returns>
    public IReadOnlyList<ServiceValue> Report(TimeSpan end, MetricSink sink)
    {
        _offered.Report(end, sink);
        _starts.Report(end, sink);
        _jobs.Report(end, sink);
        _topology.Report(end, sink);
        _replicas.Report(end, sink);
        _nodes?.Report(end, sink);
        _budgets.Report(end, sink);
        IReadOnlyList<RequestLedger> ledgers = _run.Load?.Ledgers ?? [];
        return [.. _services.Report(end, ledgers, sink).Select(figure => new ServiceValue(figure.Service, figure.Name, figure.Value))];
    }
}
