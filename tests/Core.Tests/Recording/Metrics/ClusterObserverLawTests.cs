using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Laws of the observers of Kubernetes objects over random worlds with node losses, drains, preemption, bad versions and jobs.</summary>
public sealed class ClusterObserverLawTests
{
    private const double End = 3600;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(13)]
    public void Observers_change_nothing_and_what_they_say_fits_together(ulong seed)
    {
        ulong alone = Fingerprint(WholeWorld.Build(seed));
        OrchestratedRun run = WholeWorld.Build(seed);
        var all = new All(run);
        Assert.Equal(alone, Fingerprint(run));
        Dictionary<string, double?> metrics = all.Report();
        double Of(string name) => metrics[name] ?? 0;
        Assert.Equal(Of("pods_arrived_total"), Of("pods_placed_total") + Of("pods_unplaced_total"));
        Assert.True(Of("pods_succeeded_total") + Of("pods_failed_total") + Of("pods_rejected_total") <= Of("pods_arrived_total"));
        Assert.True(Of("scheduling_delay_seconds_max") <= Of("start_delay_seconds_max"));
        Assert.True(Of("pod_startup_seconds_p99") <= Of("start_delay_seconds_max"));
        Assert.InRange(Of("replica_availability_ratio"), 0.1, 1);
        Assert.InRange(Of("node_worst_share_mean"), 0, 1);
        Assert.InRange(Of("cpu_allocated_percent"), 0, Of("cpu_packed_percent"));
        Assert.Equal(Of("deficit_replica_seconds"), metrics.Where(metric => metric.Key.StartsWith("deficit_by_", StringComparison.Ordinal)).Sum(metric => metric.Value!.Value), 6);
        if (!metrics.ContainsKey("jobs_arrived_total")) return;
        Assert.Equal(0, Of("censored_ratio"));
        Assert.True(Of("turnaround_seconds_mean") >= Of("wait_seconds_mean"));
        Assert.InRange(Of("goodput_cpu_ratio") + Of("wasted_work_cpu_ratio"), 0, 2);
    }

    private static ulong Fingerprint(OrchestratedRun run)
    {
        var fingerprint = new FingerprintObserver();
        run.Facts.Subscribe(fingerprint);
        run.Run();
        return fingerprint.Value;
    }

    /// <summary>Every observer of a cell, on services that lie over the world's workloads.</summary>
    private sealed class All
    {
        private readonly PodStartObserver _starts;
        private readonly JobObserver _jobs;
        private readonly ServiceObserver _services;
        private readonly TopologyObserver _topology;
        private readonly ReplicaScalingObserver _replicas;
        private readonly PlacementObserver _placement;
        private readonly RolloutObserver _rollout;

        public All(OrchestratedRun run)
        {
            TimeSpan Now() => run.Loop.Now;
            ObjectView view = run.Store.View;
            _starts = new PodStartObserver(Now, TimeSpan.Zero);
            _jobs = new JobObserver(view, Now, TimeSpan.Zero);
            _services = new ServiceObserver(Now, view, TimeSpan.Zero, holdAt: null);
            _topology = new TopologyObserver(run.Fleet, view, Now, TimeSpan.Zero);
            _replicas = new ReplicaScalingObserver(view, Now, TimeSpan.Zero);
            _placement = new PlacementObserver(run.Fleet, Now, TimeSpan.Zero);
            _rollout = new RolloutObserver(Now, view, TimeSpan.FromSeconds(60), newTag: null, TimeSpan.FromSeconds(60));
            foreach (IStoreListener listener in (IStoreListener[])[_starts, _jobs, _services, _topology, _replicas, _placement, _rollout]) run.Store.Subscribe(new WithServices(listener));
            foreach (IFactObserver observer in (IFactObserver[])[_starts, _jobs, _replicas, _rollout]) run.Facts.Subscribe(observer);
            foreach (INodeHealthListener listener in (INodeHealthListener[])[_jobs, _rollout]) run.Health!.Subscribe(listener);
            run.Runtime!.Observe(_services);
        }

        public Dictionary<string, double?> Report()
        {
            var sink = new MetricSink();
            var end = TimeSpan.FromSeconds(End);
            _starts.Report(end, sink);
            _jobs.Report(end, sink);
            _services.Report(end, (IReadOnlyList<RequestLedger>)[], sink);
            _topology.Report(end, sink);
            _replicas.Report(end, sink);
            _placement.Report(end, sink);
            _rollout.Report(end, sink);
            return sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal);
        }
    }

    /// <summary>Tells of a Service in front of every app before the first write: the world has none, and one in its store would change it.</summary>
    private sealed class WithServices(IStoreListener inner) : IStoreListener
    {
        private bool _hasTold;

        public void OnChange(in StoreChange change)
        {
            if (!_hasTold)
            {
                _hasTold = true;
                for (int i = 0; i < 4; i++)
                {
                    Service service = Service($"w{i}");
                    inner.OnChange(new StoreChange(null, service with { Metadata = service.Metadata with { Uid = 1_000_000_000 + i } }, 0));
                }
            }

            inner.OnChange(in change);
        }
    }
}
