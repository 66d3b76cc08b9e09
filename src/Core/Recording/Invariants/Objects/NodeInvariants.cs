using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Judges node truth and node controllers of an orchestrated run from outside: invariants 1, 2, 3, 5, 11, 33 and 34. Its books are made of facts and of writes to
/// the store alone.</summary>
/// <remarks>After every event: the nodes it touched. Every so many events and at the end: every node. At rest: nothing is held by a pod that does not exist.</remarks>
public sealed partial class NodeInvariants : IFactObserver, IStoreListener, IEventLoopObserver
{
    private readonly OrchestratedRun _run;
    private readonly NodeAgent _agents;
    private readonly IEventLoopObserver? _inner;
    private readonly int _sampling;
    private readonly NodeBooks _truth;
    private readonly Dictionary<long, Booked> _pods = [];
    private readonly Queue<(TimeSpan At, long Uid)> _gone = new();
    private readonly List<int> _touched = [];

    private NodeInvariants(OrchestratedRun run, NodeAgent agents, int sampling)
    {
        _run = run;
        _agents = agents;
        _sampling = sampling;
        _inner = run.Loop.Observer;
        _truth = new NodeBooks(run.Fleet);
        _nodes = new NodeNotes[run.Fleet.Count];
        for (int n = 0; n < _nodes.Length; n++) _nodes[n].TaintedSince = [];
    }

    private sealed class Booked(Pod pod)
    {
        public readonly PodSpec Spec = pod.Spec;
        public readonly NodeIndex Node = pod.Node;
        public readonly DeviceSet Devices = pod.Devices;
        public bool IsAdmitted;
        public bool IsGone;
    }

    /// <summary>What it judges, by number.</summary>
    public static IReadOnlyList<Invariant> All { get; } =
    [
        Invariant.NodeCapacity, Invariant.Devices, Invariant.PodLimit, Invariant.OneBinding, Invariant.NothingHeldByTheDead, Invariant.EvictionRate, Invariant.DeletionCauses,
    ];

    /// <summary>Lets the observer judge a run with node agents; call it before the run starts, once.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sampling">Every node is compared after every so many events, and at the end.</param>
    public static NodeInvariants Attach(OrchestratedRun run, int sampling = InvariantObserver.DefaultSampling)
    {
        var judge = new NodeInvariants(run, run.Agents ?? throw new InvalidOperationException("The run has no node agents to judge."), sampling);
        run.Facts.Subscribe(judge);
        run.Store.Subscribe(judge);
        run.Loop.Observer = judge;
        run.Ended += judge.OnRunEnded;
        return judge;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Pod pod) OnPodChange(pod, change.Before as Pod, change.After is null);
        else if (change.Object is Node node) OnNodeChange(node, change.Before as Node, change.After is null);
    }

    /// <inheritdoc/>
    void IFactObserver.Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.PodAdmitted:
                OnAdmitted(in fact);
                break;
            case FactKind.PodStopped:
                OnStopped(in fact);
                break;
            default:
                ObserveCause(in fact);
                break;
        }
    }

    /// <inheritdoc/>
    void IEventLoopObserver.AfterEvent(EventKey key)
    {
        foreach (int node in _touched) CheckTruth(node);
        _touched.Clear();
        while (!_agents.HasLateNews && _gone.TryPeek(out (TimeSpan At, long Uid) gone) && gone.At + _run.AgentDelay < key.Due)
        {
            _gone.Dequeue();
            if (_pods.TryGetValue(gone.Uid, out Booked? booked) && !booked.IsAdmitted) _pods.Remove(gone.Uid);
        }

        CheckCauses();
        if (_run.Loop.EventsHandled % _sampling == 0) CheckAll();
        _inner?.AfterEvent(key);
    }

    private void OnRunEnded()
    {
        CheckAll();
        if (_run.Loop.Pending > 0) return;
        foreach ((long uid, Booked booked) in _pods)
        {
            if (booked is { IsAdmitted: true, IsGone: true } && _run.Health!.IsConnected(booked.Node.Value))
                Fail(Invariant.NothingHeldByTheDead, $"pod {uid} on node '{Name(booked.Node.Value)}'", "nothing held: its object is gone", "it is held");
        }
    }

    private void OnPodChange(Pod pod, Pod? before, bool isGone)
    {
        if (isGone)
        {
            if (!_pods.TryGetValue(pod.Uid, out Booked? gone)) return;
            // The agent may see it late, and take the pod in meanwhile.
            gone.IsGone = true;
            _gone.Enqueue((_run.Loop.Now, pod.Uid));
            return;
        }

        if (before is { Node.IsNode: true } && (before.Node != pod.Node || before.Devices != pod.Devices))
            Fail(Invariant.OneBinding, $"pod {pod.Uid} ('{pod.Name}')", $"node {before.Node.Value} devices [{before.Devices}]", $"node {pod.Node.Value} devices [{pod.Devices}]");
        if (pod.Node.IsNode && before is not { Node.IsNode: true } && !_pods.TryAdd(pod.Uid, new Booked(pod)))
            Fail(Invariant.OneBinding, $"pod {pod.Uid} ('{pod.Name}')", "one binding in its life", "a second one");
        if (before is not null)
        {
            NoteDeletion(pod, before);
            NoteEnd(pod, before);
        }
    }

    private void OnAdmitted(in Fact fact)
    {
        if (!_pods.TryGetValue(fact.Uid, out Booked? booked) || booked.Node != fact.Node)
            Fail(Invariant.OneBinding, $"pod {fact.Uid}", $"admitted by node {booked?.Node.Value}, to which it is bound", $"{fact.Node.Value}");
        if (booked.IsAdmitted) Fail(Invariant.OneBinding, $"pod {fact.Uid}", "admitted once", "admitted again");
        if (_truth.CheckDevices(booked.Spec, booked.Node.Value, booked.Devices) is { } wrong) Fail(Invariant.Devices, $"pod {fact.Uid}", $"{booked.Spec.GpuCount} devices", wrong);
        booked.IsAdmitted = true;
        _truth.Book(booked.Spec, booked.Node.Value, booked.Devices, 1);
        _touched.Add(booked.Node.Value);
    }

    private void OnStopped(in Fact fact)
    {
        if (!_pods.TryGetValue(fact.Uid, out Booked? booked) || !booked.IsAdmitted) Fail(Invariant.NothingHeldByTheDead, $"pod {fact.Uid}", "stopped once, after it was admitted", "stopped");
        booked.IsAdmitted = false;
        _truth.Book(booked.Spec, booked.Node.Value, booked.Devices, -1);
        _touched.Add(booked.Node.Value);
        if (booked.IsGone) _gone.Enqueue((fact.At, fact.Uid));
    }

    private void CheckAll()
    {
        for (int n = 0; n < _run.Fleet.Count; n++) CheckTruth(n);
    }

    private void CheckTruth(int node)
    {
        // A size is what the agent knows; that it holds no more is judged here.
        _truth.Resize(node, _agents.Truth.SpecOf(node));
        if ((_truth.CheckCapacity(node) ?? _truth.Compare(node, _agents.Truth)) is { } finding)
            Fail(finding.Invariant, $"node '{Name(node)}', node truth, {finding.What}", finding.Expected, finding.Actual);
    }

    private string Name(int node) => _run.Fleet.Nodes[node].Name;

    [DoesNotReturn]
    private void Fail(Invariant invariant, string subject, string expected, string actual) =>
        throw new InvariantViolationException(invariant, _run.Loop.Now, _run.Loop.EventsHandled, _run.Seed, subject, expected, actual);
}
