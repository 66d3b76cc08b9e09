using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Swarm;
using SchedBench.Core.Time;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>Nodes that are lost, come back, are paused or drained; heartbeats and gossip.</summary>
public sealed class SwarmNodeTests
{
    private static bool IsDown(StoreChange change) => change is { After: Node { IsReady: null }, Before: Node { IsReady: true } };

    private static IReadOnlyList<long> Addresses(OrchestratedRun run) =>
        [.. run.Store.View.All(ResourceKind.EndpointSlice).Cast<EndpointSlice>().SelectMany(slice => slice.Endpoints).Where(endpoint => endpoint.IsReady).Select(endpoint => endpoint.PodUid).Order()];

    [Fact]
    public void Heartbeats_without_events_are_those_of_a_twin_that_makes_an_event_of_each()
    {
        Law.Holds(dice =>
        {
            var options = new SwarmOptions { HeartbeatPeriod = TimeSpan.FromSeconds(dice.Between(1, 10)), HeartbeatEpsilon = TimeSpan.FromMilliseconds(dice.Of(0, 100, 500)) };
            var seed = (ulong)dice.Between(0, 1_000_000);
            var loop = new EventLoop(new VirtualClock());
            var health = new NodeHealth(3);
            var heartbeats = new SwarmHeartbeats(loop, health, 3, options, n => $"node-{n}", seed);
            var twin = new Twin(loop, health, 3, options, n => $"node-{n}", seed);
            var faults = new Faults(loop, health, dice, () =>
            {
                for (int n = 0; n < 3; n++)
                {
                    Assert.Equal(twin.Last[n], heartbeats.LastHeartbeatAt(n, loop.Now));
                    if (heartbeats.AreLost(n)) Assert.Equal(twin.DownAt[n], heartbeats.DownAt(n));
                }
            });
            loop.Run(TimeSpan.FromSeconds(400));
            Assert.True(faults.Looks > 10);
        }, 60);
    }

    [Fact]
    public void A_node_is_down_after_three_periods_and_its_tasks_are_replaced_after_the_restart_delay()
    {
        OrchestratedRun run = SwarmFleet.Of(3, SwarmFleet.Instant with { HeartbeatEpsilon = TimeSpan.Zero }).Apply(Deployment("web", 3)).Do(60.5, r => r.Health!.Crash(1)).BuildWithAgents(SwarmFleet.Agents());
        double last = 0;
        Later.Do(run, 60.4, () => last = run.Heartbeats!.LastHeartbeatAt(1, run.Loop.Now).TotalSeconds);
        WriteLog down = WriteLog.Of(run, IsDown), made = WriteLog.Of(run, change => change is { Before: null, After: Pod });
        WriteLog runs = WriteLog.Of(run, change => change is { After: Pod { Swarm.State: SwarmTaskState.Running }, Before: Pod { Swarm.State: not SwarmTaskState.Running } });
        run.Run();
        Assert.Equal(last + 15, Assert.Single(down.Seconds), 6);
        Assert.Equal(last + 15, made.Seconds[3], 3);
        Assert.Equal(last + 20, runs.Seconds[3], 3);
        // The old one is not waited for: it stays as it was last heard of.
        Assert.Single(Pods(run), pod => pod is { Node.Value: 1, Swarm: { State: SwarmTaskState.Running, Desired: SwarmTaskState.Shutdown } });
    }

    [Fact]
    public void A_node_that_returns_has_its_stale_tasks_stopped_and_gets_nothing_back()
    {
        OrchestratedRun run = SwarmFleet.Of(3).Apply(Deployment("web", 6)).Do(60, r => r.Health!.CutOff(1)).Do(200, r => r.Health!.Recover(1)).BuildWithAgents(SwarmFleet.Agents());
        int stale = 0;
        Later.Do(run, 199, () => stale = run.Agents!.StateOf(new NodeIndex(1)).PodCount);
        run.Run();
        Assert.Equal(2, stale);
        Assert.Equal(0, run.Agents!.StateOf(new NodeIndex(1)).PodCount);
        Assert.Equal([3, 0, 3], Enumerable.Range(0, 3).Select(n => SwarmFleet.Running(run).Count(pod => pod.Node.Value == n)));
        Assert.All(Pods(run).Where(pod => pod.Node.Value == 1), pod => Assert.Equal(SwarmTaskState.Shutdown, pod.Swarm!.State));
    }

    [Fact]
    public void A_node_that_is_back_before_it_was_missed_fails_the_tasks_that_its_machine_lost()
    {
        OrchestratedRun run = SwarmFleet.Of(2).Apply(Deployment("web", 2)).Do(60, r => r.Health!.Crash(1)).Do(62, r => r.Health!.Recover(1)).BuildWithAgents(SwarmFleet.Agents());
        WriteLog down = WriteLog.Of(run, IsDown);
        run.Run();
        Assert.Empty(down.Seconds);
        Assert.Single(Pods(run), pod => pod.Swarm!.State == SwarmTaskState.Failed);
        Assert.Equal(2, SwarmFleet.Running(run).Count);
    }

    [Fact]
    public void Tasks_of_a_node_that_stays_down_for_a_day_are_orphaned()
    {
        OrchestratedRun run = SwarmFleet.Of(2, until: 100_000).Apply(Deployment("web", 2)).Do(60, r => r.Health!.Crash(1)).BuildWithAgents(SwarmFleet.Agents());
        WriteLog down = WriteLog.Of(run, IsDown), orphaned = WriteLog.Of(run, change => change is { After: Pod { Swarm.State: SwarmTaskState.Orphaned }, Before: Pod { Swarm.State: not SwarmTaskState.Orphaned } });
        run.Run();
        Assert.Equal([down.Seconds[0] + 86_400], orphaned.Seconds);
        Assert.Equal(0, run.Loop.Pending);
    }

    [Fact]
    public void A_paused_node_keeps_its_tasks_and_gets_no_new_ones()
    {
        OrchestratedRun run = SwarmFleet.Of(2).Apply(Deployment("web", 2)).Step(new CordonStep(TimeSpan.FromSeconds(30), "node-001"))
            .Step(new ScaleStep(TimeSpan.FromSeconds(60), ResourceKind.Deployment, "web", 4)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal(1, SwarmFleet.Running(run).Count(pod => pod.Node.Value == 1));
        Assert.Equal(4, SwarmFleet.Running(run).Count);
    }

    [Fact]
    public void A_toleration_does_not_open_a_paused_node()
    {
        PodTemplate template = Template("web");
        template = template with { Spec = template.Spec with { Tolerations = [new Toleration("node.kubernetes.io/unschedulable", true, "", null, null)] } };
        OrchestratedRun run = SwarmFleet.Of(1).Step(new CordonStep(TimeSpan.Zero, "node-000")).Apply(1, Deployment("web", 1, template)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Empty(SwarmFleet.Running(run));
    }

    [Fact]
    public void A_drained_node_loses_all_its_tasks_at_once_and_they_are_replaced_without_delay()
    {
        OrchestratedRun run = SwarmFleet.Of(3, SwarmFleet.Instant).Apply(Deployment("web", 6), Some.DaemonSet("log"))
            .Apply(new PodDisruptionBudget { Metadata = Meta("web"), Selector = LabelSelector.Of([new Label("app", "web")]), MaxUnavailable = IntOrPercent.Of(0) })
            .Step(new DrainStep(TimeSpan.FromSeconds(60), "node-001")).BuildWithAgents(SwarmFleet.Agents());
        WriteLog told = WriteLog.Of(run, change => change is { After: Pod { Swarm.Desired: SwarmTaskState.Shutdown }, Before: Pod { Swarm.Desired: SwarmTaskState.Running } });
        WriteLog runs = WriteLog.Of(run, change => change is { After: Pod { Swarm.State: SwarmTaskState.Running }, Before: Pod { Swarm.State: not SwarmTaskState.Running } } && run.Loop.Now.TotalSeconds > 60);
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([60, 60, 60], told.Seconds);
        Assert.Equal([60.05, 60.05], runs.Seconds.Select(second => Math.Round(second, 2)));
        Assert.Equal([60.05], facts.Seconds(FactKind.NodeDrained).Select(second => Math.Round(second, 2)));
        Assert.Equal([3, 0, 3], Enumerable.Range(0, 3).Select(n => SwarmFleet.Running(run, "web").Count(pod => pod.Node.Value == n)));
        Assert.Equal(2, SwarmFleet.Running(run, "log").Count);
    }

    [Fact]
    public void Maintenance_goes_over_the_nodes_one_by_one()
    {
        var options = new MaintenanceOptions { Work = TimeSpan.FromSeconds(20), Pause = TimeSpan.FromSeconds(10) };
        OrchestratedRun run = SwarmFleet.Of(3).Apply(Deployment("web", 6)).Step(new MaintenanceStep(TimeSpan.FromSeconds(60), ["node-000", "node-001", "node-002"], options)).BuildWithAgents(SwarmFleet.Agents());
        FactLog facts = FactLog.Of(run);
        int drained = 0;
        run.OnEveryWrite(_ => drained = Math.Max(drained, run.Store.View.All(ResourceKind.Node).Count(node => node is Node { IsDrained: true })));
        run.Run();
        Assert.Equal(3, facts.Of(FactKind.NodeDrained).Count);
        Assert.Equal((1, 6, 0), (drained, SwarmFleet.Running(run).Count, run.Drains.Underway));
    }

    [Fact]
    public void A_node_that_is_active_again_gets_nothing_back_but_the_tasks_of_global_services()
    {
        OrchestratedRun run = SwarmFleet.Of(2).Apply(Deployment("web", 4), Some.DaemonSet("log")).Step(new DrainStep(TimeSpan.FromSeconds(60), "node-001"))
            .Step(new UncordonStep(TimeSpan.FromSeconds(120), "node-001")).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal([4, 0], Enumerable.Range(0, 2).Select(n => SwarmFleet.Running(run, "web").Count(pod => pod.Node.Value == n)));
        Assert.Equal([0, 1], SwarmFleet.Running(run, "log").Select(pod => pod.Node.Value).Order());
    }

    [Fact]
    public void A_global_service_has_a_task_on_each_node_that_its_constraints_allow()
    {
        DaemonSet log = Some.DaemonSet("log");
        log = log with { Template = log.Template with { Spec = log.Template.Spec with { NodeSelector = [new Label("topology.kubernetes.io/zone", "a")] } } };
        OrchestratedRun run = SwarmFleet.Of(6).Apply(log).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal([0, 3], SwarmFleet.Running(run).Select(pod => pod.Node.Value).Order());
        DaemonSet known = run.Store.View.Find<DaemonSet>(ResourceKind.DaemonSet, "default", "log")!;
        Assert.Equal((2, 2, 2), (known.Status.Desired, known.Status.Ready, known.Status.Updated));
    }

    [Fact]
    public void A_task_leaves_a_node_that_no_longer_meets_its_constraints()
    {
        Deployment web = Deployment("web", 2);
        web = web with { Template = web.Template with { Spec = web.Template.Spec with { NodeSelector = [new Label("disk", "fast")] } } };
        OrchestratedRun run = SwarmFleet.Of(3, SwarmFleet.Instant)
            .Step(new LabelNodeStep(TimeSpan.Zero, "node-000", [new Label("disk", "fast")])).Step(new LabelNodeStep(TimeSpan.Zero, "node-001", [new Label("disk", "fast")])).Apply(1, web)
            .Step(new LabelNodeStep(TimeSpan.FromSeconds(60), "node-000", [new Label("disk", "slow")])).BuildWithAgents(SwarmFleet.Agents());
        WriteLog runs = WriteLog.Of(run, change => change is { After: Pod { Swarm.State: SwarmTaskState.Running }, Before: Pod { Swarm.State: not SwarmTaskState.Running } });
        run.Run();
        Assert.Equal([1, 1], SwarmFleet.Running(run).Select(pod => pod.Node.Value));
        Assert.Equal(3, runs.Seconds.Count);
        Assert.Equal(65, runs.Seconds[2], 3);
    }

    [Fact]
    public void A_global_services_task_of_a_lost_node_is_not_replaced_until_the_node_is_back()
    {
        OrchestratedRun run = SwarmFleet.Of(2).Apply(Some.DaemonSet("log")).Do(60, r => r.Health!.Crash(1)).Do(200, r => r.Health!.Recover(1)).BuildWithAgents(SwarmFleet.Agents());
        int meanwhile = 0;
        Later.Do(run, 199, () => meanwhile = Pods(run).Count);
        run.Run();
        Assert.Equal(2, meanwhile);
        Assert.Equal([0, 1], SwarmFleet.Running(run).Select(pod => pod.Node.Value).Order());
    }

    [Fact]
    public void Addresses_of_a_lost_node_leave_by_gossip_before_the_managers_know()
    {
        OrchestratedRun run = SwarmFleet.Of(4).Apply(Deployment("web", 8), Service("web")).Do(60, r => r.Health!.Crash(2)).BuildWithAgents(SwarmFleet.Agents());
        WriteLog left = WriteLog.Of(run, change => change.After is EndpointSlice && run.Loop.Now.TotalSeconds > 60 && Addresses(run).Count == 6), down = WriteLog.Of(run, IsDown);
        run.Run();
        Assert.InRange(left.Seconds[0], 65.2, 67.6);
        Assert.True(down.Seconds[0] > left.Seconds[0]);
        Assert.Equal(8, Addresses(run).Count);
    }

    [Fact]
    public void A_node_that_is_reached_again_soon_never_leaves_discovery()
    {
        OrchestratedRun run = SwarmFleet.Of(4).Apply(Deployment("web", 8), Service("web")).Do(60, r => r.Health!.CutOff(2)).Do(64, r => r.Health!.Recover(2)).BuildWithAgents(SwarmFleet.Agents());
        WriteLog slices = WriteLog.Of(run, change => change.After is EndpointSlice && run.Loop.Now.TotalSeconds > 60);
        run.Run();
        Assert.Empty(slices.Seconds);
    }

    [Fact]
    public void Addresses_of_a_node_that_gossip_lost_are_back_with_it()
    {
        OrchestratedRun run = SwarmFleet.Of(4, new SwarmOptions { DownAfterPeriods = 100 }).Apply(Deployment("web", 8), Service("web")).Do(60, r => r.Health!.CutOff(2)).Do(80, r => r.Health!.Recover(2))
            .BuildWithAgents(SwarmFleet.Agents());
        int meanwhile = 0;
        Later.Do(run, 79, () => meanwhile = Addresses(run).Count);
        run.Run();
        Assert.Equal((6, 8), (meanwhile, Addresses(run).Count));
    }

    [Fact]
    public void A_day_without_events_costs_no_events()
    {
        OrchestratedRun run = SwarmFleet.Of(50, until: 90_000).Apply(Deployment("web", 100)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.True(run.Loop.Now < TimeSpan.FromSeconds(10), $"the last event at {run.Loop.Now}");
    }

    /// <summary>Every heartbeat is an event.</summary>
    private sealed class Twin : IEventHandler, INodeHealthListener
    {
        private readonly EventLoop _loop;
        private readonly NodeHealth _health;
        private readonly SwarmOptions _options;
        private readonly ushort _handler;
        private readonly Draw _periods;
        private readonly ulong[] _entities;
        private readonly ulong[] _numbers;
        private readonly ulong[] _heard;
        private readonly int[] _lives;

        public Twin(EventLoop loop, NodeHealth health, int nodes, SwarmOptions options, Func<int, string> name, ulong seed)
        {
            (_loop, _health, _options, _handler) = (loop, health, options, loop.Register(this));
            _periods = Draw.Stream(seed, "swarm/heartbeat-period");
            var phases = Draw.Stream(seed, "swarm/heartbeat-phase");
            (Last, DownAt, _entities, _numbers, _heard, _lives) = (new TimeSpan[nodes], new TimeSpan[nodes], new ulong[nodes], new ulong[nodes], new ulong[nodes], new int[nodes]);
            for (int n = 0; n < nodes; n++)
            {
                _entities[n] = Draw.Entity(name(n));
                TimeSpan period = Period(n);
                Last[n] = TimeSpan.FromTicks((long)phases.Below(_entities[n], 0, (ulong)period.Ticks)) - period;
                Next(n, Last[n], arrives: true);
            }

            health.Subscribe(this);
        }

        public TimeSpan[] Last { get; }

        public TimeSpan[] DownAt { get; }

        public void Handle(in EventData data)
        {
            int n = data.Subject;
            if (data.Argument != _lives[n]) return;
            _numbers[n]++;
            bool arrives = _health.HasHeartbeats(n);
            if (arrives) (Last[n], _heard[n]) = (_loop.Now, _numbers[n]);
            if ((_health[n] & NodeTrouble.Down) == NodeTrouble.None) Next(n, _loop.Now, arrives);
        }

        public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
        {
            if ((before & NodeTrouble.Down) == NodeTrouble.None || after != NodeTrouble.None) return;
            // It registers anew.
            _lives[node]++;
            _numbers[node] = ++_heard[node];
            Last[node] = _loop.Now;
            Next(node, _loop.Now, arrives: true);
        }

        private TimeSpan Period(int n) => _options.HeartbeatPeriod - _options.HeartbeatEpsilon
            + TimeSpan.FromTicks((long)_periods.Below(_entities[n], _numbers[n], (ulong)((2 * _options.HeartbeatEpsilon.Ticks) + 1)));

        private void Next(int n, TimeSpan from, bool arrives)
        {
            TimeSpan period = Period(n);
            if (arrives) DownAt[n] = from + (period * _options.DownAfterPeriods);
            _loop.Schedule(from + period, new EventData(_handler, 0, n, _lives[n]));
        }
    }

    /// <summary>Troubles of nodes at random instants, and looks between them.</summary>
    private sealed class Faults : IEventHandler
    {
        private readonly NodeHealth _health;
        private readonly Dice _dice;
        private readonly Action _look;

        public Faults(EventLoop loop, NodeHealth health, Dice dice, Action look)
        {
            (_health, _dice, _look) = (health, dice, look);
            ushort handler = loop.Register(this);
            for (int i = 0; i < 40; i++) loop.Schedule(TimeSpan.FromMilliseconds(dice.Between(1, 400_000)) + TimeSpan.FromTicks(7), new EventData(handler, (ushort)(i % 4), dice.Between(0, 2)));
        }

        public int Looks { get; private set; }

        public void Handle(in EventData data)
        {
            Looks++;
            _look();
            if (data.Kind == 0 && _health[data.Subject] == NodeTrouble.None) _health.Set(data.Subject, _dice.Of(NodeTrouble.Down, NodeTrouble.CutOff, NodeTrouble.HeartbeatsLost));
            else if (data.Kind == 1) _health.Recover(data.Subject);
            _look();
        }
    }
}
