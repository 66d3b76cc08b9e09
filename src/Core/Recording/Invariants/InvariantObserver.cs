using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Cluster;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>
/// Judges a run from outside: keeps its own books from the stream of facts and the arrival plan, and compares them with node truth, the scheduler's view and
/// the store. A broken invariant ends the run with an <see cref="InvariantViolationException"/>.
/// </summary>
/// <remarks>
/// After every event: order of time, the pods and nodes that the event touched, counters. Every <c>sampling</c>-th event and at the end: every node and every
/// pod (node truth recounted, the view rebuilt from the store, all bindings). Memory is bounded by live pods and nodes. A run without the observer pays nothing.
/// </remarks>
public sealed partial class InvariantObserver : IFactObserver, IEventLoopObserver
{
    /// <summary>Events between two dense comparisons unless told otherwise.</summary>
    public const int DefaultSampling = 4096;

    private readonly ClusterRun _run;
    private readonly IEventLoopObserver? _inner;
    private readonly int _sampling;
    private readonly ArrivalBooks _arrivals;
    private readonly PodBooks _pods = new();
    private readonly NodeBooks _truth;
    private readonly NodeBooks _view;
    private readonly NodeBooks _rebuilt;
    private readonly ResourceTimeBooks _time;
    private readonly bool[] _schedulable;
    private readonly PlainRules _rules;
    private readonly List<PlainPod> _placed = [];
    private readonly List<int> _touchedPods = [];
    private readonly List<int> _touchedNodes = [];
    private readonly Queue<(int Slot, int Uid)> _ended = new();
    private readonly int[] _groupBound;
    private readonly HashSet<int> _touchedGroups = [];
    private readonly long[] _counters = new long[8];
    private EventKey _last = new(TimeSpan.MinValue, 0);
    private TimeSpan _groupsTouchedAt;
    private long _viewChanges;
    private bool _refusedInEvent;
    private bool _assumedInEvent;

    private InvariantObserver(ClusterRun run, int sampling)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampling);
        _run = run;
        _sampling = sampling;
        _inner = run.Loop.Observer;
        _arrivals = new ArrivalBooks(run.Arrivals);
        _truth = new NodeBooks(run.Fleet);
        _view = new NodeBooks(run.Fleet);
        _rebuilt = new NodeBooks(run.Fleet);
        _time = new ResourceTimeBooks(run);
        _schedulable = new bool[run.Fleet.Count];
        Array.Fill(_schedulable, true);
        _rules = new PlainRules(run.Fleet.Nodes);
        _groupBound = new int[run.Arrivals.Workload.Groups.Count];
    }

    /// <summary>Dense comparisons made so far.</summary>
    public long DenseComparisons { get; private set; }

    /// <summary>Lets the observer judge a run; call it before the run starts, once.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sampling">Dense comparisons are made after every so many events, 1 = after every event; and at the end.</param>
    /// <returns>The observer; nothing needs to be done with it.</returns>
    public static InvariantObserver Attach(ClusterRun run, int sampling = DefaultSampling)
    {
        if (run.Loop.EventsHandled > 0 || run.Invariants is not null) throw new InvalidOperationException("Invariants are attached once, before the run starts.");
        var observer = new InvariantObserver(run, sampling);
        run.Facts.Subscribe(observer);
        run.Loop.Observer = observer;
        run.Scheduler.Assumed = observer.OnAssumed;
        run.Scheduler.Preempting = observer.OnPreempting;
        run.Invariants = observer;
        return observer;
    }

    /// <inheritdoc/>
    void IEventLoopObserver.AfterEvent(EventKey key)
    {
        CheckTime(key);
        if (_touchedGroups.Count > 0 && key.Due > _groupsTouchedAt) CheckGroups();
        _last = key;
        ReleaseEnded();
        foreach (int slot in _touchedPods) CheckPod(slot);
        foreach (int node in _touchedNodes) CheckTruth(node);
        CheckView();
        CheckCounters();
        _touchedPods.Clear();
        _touchedNodes.Clear();
        _refusedInEvent = false;
        _assumedInEvent = false;
        if (_run.Loop.EventsHandled % _sampling == 0) CheckEverything();
        _inner?.AfterEvent(key);
    }

    /// <summary>The run is over: the last instant is judged, and what is only true at rest.</summary>
    internal void OnRunEnded()
    {
        CheckGroups();
        CheckEverything();
        for (int slot = 0; slot < _run.Store.SlotCount; slot++)
        {
            ref PodEntry entry = ref _pods[slot];
            if (entry.Class is PodClass.Admitted or PodClass.Running) _time.Held(entry.Spec!, _run.Loop.Now - entry.AdmittedAt);
        }

        if (_time.Compare(_run.Loop.Now) is { } finding) Fail(finding.Invariant, finding.What, finding.Expected, finding.Actual);
    }

    private void OnAssumed(PodIndex pod, NodeIndex node, DeviceSet devices)
    {
        _assumedInEvent = true;
        ref PodEntry entry = ref _pods[pod.Value];
        if (entry.Class != PodClass.Pending || entry.AssumedNode >= 0) Fail(Invariant.OneBinding, Pod(pod.Value), "a pod that is pending and not assumed", Describe(in entry));
        // The rules hold for what the decision knew: a node cordoned while the binding is under way takes the pod.
        // A pod that its scheduler holds to fewer rules than these is its agent's business.
        if (_run.Strategy.ExemptionsOf(entry.Spec!) is null)
        {
            if (BrokenRule(entry.Spec!, node.Value) is { } rule) Fail(Invariant.BindingRules, Pod(pod.Value), rule.Expected, rule.Actual);
            CheckRules(pod.Value, node.Value);
        }

        entry.AssumedNode = node.Value;
        entry.AssumedDevices = devices;
        _pods.InFlight++;
        _view.Book(entry.Spec!, node.Value, devices, 1);
    }

    private void CheckTime(EventKey key)
    {
        if (key <= _last) Fail(Invariant.TimeOrder, "event", $"a key after {_last}", $"{key}");
        if (_run.Loop.Now != key.Due) Fail(Invariant.TimeOrder, "the loop's clock", $"{key.Due}", $"{_run.Loop.Now}");
    }

    private void CheckGroups()
    {
        if (_touchedGroups.Count == 0) return;
        bool areHandled = _run.Strategy.Groups != GroupHandling.None;
        foreach (int group in _touchedGroups)
        {
            if (!areHandled) break;
            int bound = _groupBound[group], minimum = _arrivals.Groups[group].MinMember;
            if (bound > 0 && bound < minimum) Fail(Invariant.Gangs, $"group '{_arrivals.Groups[group].Name}'", $"0 or at least {minimum} members bound", $"{bound}");
        }

        _touchedGroups.Clear();
    }

    /// <summary>Books ended pods off the view once the scheduler knows: their slot is free, or another pod has it.</summary>
    private void ReleaseEnded()
    {
        while (_ended.TryPeek(out (int Slot, int Uid) ended))
        {
            ref PodEntry entry = ref _pods[ended.Slot];
            ref readonly PodRecord record = ref _run.Store[new PodIndex(ended.Slot)];
            if (record.Phase != PodPhase.None && record.Uid == ended.Uid)
            {
                if (_run.Loop.Now > entry.EndedAt + _run.CacheDelay)
                    Fail(Invariant.NothingHeldByTheDead, Pod(ended.Slot), $"released by {entry.EndedAt + _run.CacheDelay}", $"{record.Phase}");
                return;
            }

            _ended.Dequeue();
            _view.Book(entry.Spec!, entry.AssumedNode, entry.AssumedDevices, -1);
            _pods.Close(ended.Slot);
        }
    }

    private void CheckPod(int slot)
    {
        ref PodEntry entry = ref _pods[slot];
        ref readonly PodRecord record = ref _run.Store[new PodIndex(slot)];
        if (!PodBooks.Agree(entry.Class, record.Phase))
            Fail(record.Phase == PodPhase.Pending && entry.Node >= 0 ? Invariant.OneBinding : Invariant.Conservation, Pod(slot), $"{entry.Class}", $"{record.Phase} in the store");
        if (entry.Class == PodClass.None) return;
        if (record.Uid != entry.Uid) Fail(Invariant.Conservation, Pod(slot), $"ordinal {entry.Uid}", $"{record.Uid}");
        if (record.Node.Value != entry.Node || (entry.Node >= 0 && record.Devices != entry.Devices))
            Fail(Invariant.OneBinding, Pod(slot), $"node {entry.Node} devices [{entry.Devices}]", $"node {record.Node.Value} devices [{record.Devices}]");
    }

    private void CheckTruth(int node)
    {
        if ((_truth.CheckCapacity(node) ?? _truth.Compare(node, _run.Agents.Truth)) is { } finding)
            Fail(finding.Invariant, $"node '{Name(node)}', node truth, {finding.What}", finding.Expected, finding.Actual);
    }

    /// <summary>The nodes of the view that changed in this event, or all of them when there were too many to remember.</summary>
    private void CheckView()
    {
        ClusterState view = _run.ViewState;
        if (view.Changes - _viewChanges > view.RingLength)
        {
            for (int n = 0; n < view.Count; n++) CheckView(n);
        }
        else
        {
            for (long change = _viewChanges; change < view.Changes; change++) CheckView(view.ChangedNode(change));
        }

        foreach (int node in _touchedNodes) CheckView(node);
        _viewChanges = view.Changes;
    }

    private void CheckView(int node)
    {
        Invariant invariant = _refusedInEvent && !_assumedInEvent ? Invariant.RefusalsLeaveNoTrace : Invariant.Mirror;
        if (_view.Compare(node, _run.ViewState) is { } finding) Fail(invariant, $"node '{Name(node)}', view, {finding.What}", finding.Expected, finding.Actual);
        if (_run.ViewState.Schedulable[node] != _schedulable[node])
            Fail(invariant, $"node '{Name(node)}', view, schedulable", $"{_schedulable[node]}", $"{!_schedulable[node]}");
    }

    private void CheckCounters()
    {
        if (_run.Store.SlotCount > _pods.PeakLive) Fail(Invariant.BoundedMemory, "slots of the store", $"at most {_pods.PeakLive}", $"{_run.Store.SlotCount}");
        if (_run.Store.Count != _pods.Live) Fail(Invariant.Conservation, "live pods in the store", $"{_pods.Live}", $"{_run.Store.Count}");
        if (_pods.Classified != _pods.Arrived) Fail(Invariant.Conservation, "pods in a class", $"{_pods.Arrived}", $"{_pods.Classified}");
        if (_run.Scheduler.BindsInFlight != _pods.InFlight) Fail(Invariant.Conservation, "bindings in flight", $"{_pods.InFlight}", $"{_run.Scheduler.BindsInFlight}");
        Grows(0, "events handled", _run.Loop.EventsHandled);
        Grows(1, "facts", _run.Facts.Count);
        Grows(2, "resource version", _run.Store.ResourceVersion);
        Grows(3, "decisions", _run.Scheduler.Decisions);
        Grows(4, "retries", _run.Scheduler.Retries);
        Grows(5, "nodes examined", _run.Scheduler.NodesExamined);
        Grows(6, "scores computed", _run.Scheduler.ScoresComputed);
        Grows(7, "node changes of the view", _run.ViewState.Changes);
    }

    private void Grows(int counter, string name, long value)
    {
        if (value < _counters[counter]) Fail(Invariant.CountersGrow, name, $"at least {_counters[counter]}", $"{value}");
        _counters[counter] = value;
    }

    private string Name(int node) => (uint)node < (uint)_run.Fleet.Count ? _run.Fleet.Nodes[node].Name : $"#{node}";

    private string Pod(int slot) => _pods[slot].Spec is null ? $"slot {slot}" : $"pod {_pods[slot].Uid} ('{_arrivals.Pod(_pods[slot].Uid).Name}')";

    private static string Describe(in PodEntry entry) =>
        entry.AssumedNode >= 0 && entry.Class == PodClass.Pending ? $"assumed on node {entry.AssumedNode}" : $"{entry.Class} on node {entry.Node}";

    [DoesNotReturn]
    private void Fail(Invariant invariant, string subject, string expected, string actual) =>
        throw new InvariantViolationException(invariant, _run.Loop.Now, _run.Loop.EventsHandled, _run.Seed, subject, expected, actual);
}
