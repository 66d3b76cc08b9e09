using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Arrivals;

/// <summary>What arrives in a run.</summary>
/// <param name="Workload">The pods.</param>
/// <param name="Order">Positions in the pod list in the order of arrival, or null for all pods as they stand.</param>
/// <param name="AllAtOnce">Whether recorded arrival times are ignored: pods come one after another at instant 0, each after the one before was decided on.</param>
public sealed record ArrivalPlan(Workload Workload, int[]? Order = null, bool AllAtOnce = false)
{
    /// <summary>First instant of the trace that is replayed; it becomes instant 0.</summary>
    public TimeSpan From { get; init; }

    /// <summary>Arrivals at or after this instant of the trace are left out.</summary>
    public TimeSpan To { get; init; } = TimeSpan.MaxValue;

    /// <summary>Divisor of inter-arrival times: 2 brings the same pods in half the time. Service times stay.</summary>
    public double Compression { get; init; } = 1;

    /// <summary>Pods that will arrive.</summary>
    public int Count => Order?.Length ?? Workload.Pods.Length;
}

/// <summary>Feeds the arrivals of a plan into the store: a cursor with one pending event, however long the trace.</summary>
internal sealed class ArrivalCursor : IEventHandler
{
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly PodStore _store;
    private readonly ShapeTable _shapes;
    private readonly FactStream _facts;
    private readonly IPodWatch _watch;
    private readonly ArrivalPlan _plan;
    private int _next;

    public ArrivalCursor(EventLoop loop, PodStore store, ShapeTable shapes, FactStream facts, IPodWatch watch, ArrivalPlan plan)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _store = store;
        _shapes = shapes;
        _facts = facts;
        _watch = watch;
        _plan = plan;
    }

    /// <summary>Schedules the first arrival.</summary>
    public void Begin()
    {
        while (!_plan.AllAtOnce && _next < _plan.Count && Pod(_next).Arrival < _plan.From) _next++;
        Arm();
    }

    public void Handle(in EventData data)
    {
        do
        {
            Create();
        }
        while (_next < _plan.Count && ComesWithTheLast());
        Arm();
    }

    /// <summary>All pods of one instant come together when times are replayed; one by one in a saturation replay, a group as one.</summary>
    private bool ComesWithTheLast() => _plan.AllAtOnce
        ? Pod(_next).Group >= 0 && Pod(_next).Group == Pod(_next - 1).Group && Source(_next) == Source(_next - 1) + 1
        : DueOf(_next) == _loop.Now && Pod(_next).Arrival < _plan.To;

    private void Create()
    {
        int source = Source(_next);
        ref readonly PodArrival arrival = ref _plan.Workload.Pods.Span[source];
        // The identity of a pod is its place in the trace (in the drawn order, for a saturation replay), whatever window is replayed.
        PodIndex pod = _store.Create(_next, source, _shapes.Intern(arrival.Spec, arrival.Labels, arrival.Namespace ?? ""), in arrival, _loop.Now);
        _next++;
        _facts.Record(new Fact(FactKind.PodArrived, _loop.Now, pod, _store[pod].Uid, NodeIndex.None, arrival.Group));
        _watch.OnPodCreated(pod);
    }

    private void Arm()
    {
        if (_next >= _plan.Count) return;
        if (_plan.AllAtOnce) _loop.Schedule(_loop.Now, new EventData(_handler, 0));
        else if (Pod(_next).Arrival < _plan.To) _loop.Schedule(DueOf(_next), new EventData(_handler, 0));
    }

    private int Source(int i) => _plan.Order is null ? i : _plan.Order[i];

    private ref readonly PodArrival Pod(int i) => ref _plan.Workload.Pods.Span[Source(i)];

    private TimeSpan DueOf(int i)
    {
        TimeSpan since = Pod(i).Arrival - _plan.From;
        return _plan.Compression == 1 ? since : TimeSpan.FromTicks((long)(since.Ticks / _plan.Compression));
    }
}
