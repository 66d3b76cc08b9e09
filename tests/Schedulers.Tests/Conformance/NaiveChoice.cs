using SchedBench.Core.Cluster;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Conformance;

/// <summary>Decides beside the host, the plain way: every node is looked at for every pod, nothing is kept. Compares each decision as it is made.</summary>
internal sealed class NaiveChoice : IDecisionObserver, IFactObserver
{
    private readonly ClusterRun _run;
    private readonly string _strategy;
    private readonly TieBreak _tieBreak;
    private readonly int _choices;
    private readonly List<(TimeSpan At, string App, int Node)> _failures = [];
    private int _expected;
    private int _roundRobin;
    private Profile? _profile;

    public NaiveChoice(ClusterRun run, string strategy, TieBreak tieBreak, int choices = 2)
    {
        _choices = choices;
        _run = run;
        _strategy = strategy;
        _tieBreak = tieBreak;
        run.Scheduler.DecisionObserver = this;
        run.Facts.Subscribe(this);
    }

    public int Decisions { get; private set; }

    public void Observe(in Fact fact)
    {
        if (fact.Kind is FactKind.PodFailed or FactKind.PodRejected) _failures.Add((fact.At, _run.Shapes[_run.Store[fact.Pod].Shape].Spec.App, fact.Node.Value));
    }

    public void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score)
    {
        List<int> feasible = Naive.Feasible(view.State, _run.Store[pod.Pod].Shape);
        _expected = feasible.Count == 0 ? -1 : _strategy switch
        {
            "random" => feasible[(int)Stream("strategy/random/node").Below(pod.Entity, (ulong)pod.Attempt, (ulong)feasible.Count)],
            "round-robin" => RoundRobin(feasible),
            "power-of-two" => PowerOfChoices(in pod, feasible, view),
            "kube-scheduler" => KubeScheduler(in pod, feasible, view),
            "swarm-spread" => SwarmSpread(in pod, feasible, view),
            _ => Best(in pod, feasible, score),
        };
    }

    public void OnDecided(int uid, NodeIndex node, DeviceSet devices)
    {
        Decisions++;
        Assert.Equal((uid, _expected), (uid, node.Value));
    }

    private Draw Stream(string name) => Draw.Stream(_run.Seed, name);

    private int Best(in PodRequest pod, List<int> feasible, Func<int, long?> score)
    {
        long best = feasible.Max(n => score(n)!.Value);
        int[] tied = [.. feasible.Where(n => score(n) == best)];
        return _tieBreak switch
        {
            TieBreak.FirstInOrder => tied[0],
            TieBreak.LowestName => tied.MinBy(n => _run.Fleet.Nodes[n].Name, StringComparer.Ordinal),
            _ => tied[(int)Stream("scheduler/tie-break").Below(pod.Entity, (ulong)pod.Attempt, (ulong)tied.Length)],
        };
    }

    private int RoundRobin(List<int> feasible)
    {
        int node = feasible.FirstOrDefault(n => n >= _roundRobin, feasible[0]);
        _roundRobin = node + 1;
        return node;
    }

    /// <summary>Each node that was drawn is compared once, however often it was drawn.</summary>
    private int PowerOfChoices(in PodRequest pod, List<int> feasible, ClusterView view)
    {
        var drawn = new List<int>();
        for (ulong k = 0; k < (ulong)_choices; k++)
            drawn.Add(feasible[(int)Stream("strategy/power-of-two").Below(pod.Entity, ((ulong)pod.Attempt << 8) + k, (ulong)feasible.Count)]);
        int best = drawn[0];
        ulong equals = 1;
        foreach (int node in drawn.Distinct().Skip(1))
        {
            int order = Load(view, node).CompareTo(Load(view, best));
            if (order < 0) (best, equals) = (node, 1);
            else if (order == 0) best = Tie(in pod, best, node, ++equals);
        }

        return best;
    }

    private static long Load(ClusterView view, int n)
    {
        NodeState node = view[new NodeIndex(n)];
        double[] shares =
        [
            Share(node.RequestedCpuMilli, node.AllocatableCpuMilli), Share(node.RequestedMemoryBytes, node.AllocatableMemoryBytes),
            Share(node.AllocatableGpuMilli - node.FreeGpuMilli, node.AllocatableGpuMilli),
        ];
        return (long)Math.Floor(shares.Max() * 1_000_000);

        static double Share(long used, long whole) => whole == 0 ? 0 : (double)used / whole;
    }

    /// <summary>The plugins of a profile of its own, over all nodes; they are compared with the real scheduler's elsewhere.</summary>
    private int KubeScheduler(in PodRequest pod, List<int> feasible, ClusterView view)
    {
        if (_profile is null)
        {
            _profile = Profile.Of(new SchedulerProfile());
            _profile.Prepare(new StrategyContext(view, 1, _tieBreak, null, () => TimeSpan.Zero));
        }

        var evaluation = PodEvaluation.Of(_profile, in pod, view);
        Assert.Equal(feasible, evaluation.Feasible.Select(node => node.Value));
        return Best(in pod, feasible, node => evaluation.Totals[feasible.IndexOf(node)]);
    }

    /// <summary>swarmkit's nodeLess, pair by pair.</summary>
    private int SwarmSpread(in PodRequest pod, List<int> feasible, ClusterView view)
    {
        string app = pod.Shape.Spec.App;
        int best = feasible[0];
        ulong equals = 1;
        foreach (int node in feasible.Skip(1))
        {
            int order = Compare(in pod, node, best);
            if (order < 0) (best, equals) = (node, 1);
            else if (order == 0) best = Tie(in pod, best, node, ++equals);
        }

        return best;

        int Compare(in PodRequest request, int a, int b)
        {
            int failuresOfA = Failures(a), failuresOfB = Failures(b);
            if ((failuresOfA >= 5 || failuresOfB >= 5) && failuresOfA != failuresOfB) return failuresOfA.CompareTo(failuresOfB);
            int byService = view[new NodeIndex(a)].PodsOfApp(in request.Shape).CompareTo(view[new NodeIndex(b)].PodsOfApp(in request.Shape));
            return byService != 0 ? byService : view[new NodeIndex(a)].PodCount.CompareTo(view[new NodeIndex(b)].PodCount);
        }

        int Failures(int node) =>
            app.Length == 0 ? 0 : _failures.Count(f => f.App == app && f.Node == node && _run.Loop.Now - f.At <= TimeSpan.FromMinutes(5));
    }

    /// <summary>Who of two equals stays, the second being the <paramref name="equals"/>-th that was met.</summary>
    private int Tie(in PodRequest pod, int kept, int offered, ulong equals)
    {
        bool wins = _tieBreak switch
        {
            TieBreak.FirstInOrder => offered < kept,
            TieBreak.LowestName => string.CompareOrdinal(_run.Fleet.Nodes[offered].Name, _run.Fleet.Nodes[kept].Name) < 0,
            _ => Stream("scheduler/tie-break").Below(pod.Entity, ((ulong)pod.Attempt << 32) + equals, equals) == 0,
        };
        return wins ? offered : kept;
    }
}
