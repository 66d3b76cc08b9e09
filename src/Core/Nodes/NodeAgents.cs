using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <summary>
/// The node agents (kubelets) of a simulated fleet and the node truth: what really runs. An agent checks a bound pod against its own node before it takes
/// it in, starts it after the start latency and ends it after its service time.
/// </summary>
public sealed class NodeAgents : IEventHandler, IBindingTarget
{
    private const ushort Start = 0;
    private const ushort Finish = 1;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly PodStore _store;
    private readonly FactStream _facts;
    private readonly TimeSpan _startLatency;
    private readonly NodeAdmission _admission;

    internal NodeAgents(EventLoop loop, PodStore store, ClusterState truth, FactStream facts, TimeSpan startLatency)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _store = store;
        _admission = new NodeAdmission(truth);
        _facts = facts;
        _startLatency = startLatency;
    }

    /// <summary>What really runs on the nodes.</summary>
    internal ClusterState Truth => _admission.Truth;

    /// <summary>A node as its agent sees it.</summary>
    public NodeState StateOf(NodeIndex node) => new(Truth, node.Value);

    /// <summary>Whether a pod of any of these shapes would be admitted now.</summary>
    public bool FitsAny(ReadOnlySpan<ShapeIndex> shapes, NodeIndex node)
    {
        foreach (ShapeIndex shape in shapes)
        {
            if (Truth.Fits(in Truth.Shapes[shape], node.Value)) return true;
        }

        return false;
    }

    /// <summary>Told when a pod has ended; the watch carries it to the scheduler.</summary>
    internal IPodWatch? Watch { get; set; }

    /// <inheritdoc/>
    void IBindingTarget.OnBound(PodIndex pod)
    {
        ref readonly PodRecord record = ref _store[pod];
        ref readonly PodShape shape = ref Truth.Shapes[record.Shape];
        int node = record.Node.Value;
        if (_admission.TryAdmit(in shape, node, record.Devices) is { } refusal)
        {
            _store.Reject(pod);
            Record(FactKind.PodRejected, pod, (long)refusal.Reason);
            Watch!.OnPodEnded(pod, PodRemovalReason.Rejected);
            return;
        }

        Record(FactKind.PodAdmitted, pod, 0);
        if (_startLatency == TimeSpan.Zero) StartPod(pod);
        else _loop.Schedule(_loop.Now + _startLatency, new EventData(_handler, Start, pod.Value));
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        var pod = new PodIndex(data.Subject);
        if (data.Kind == Start) StartPod(pod);
        else FinishPod(pod);
    }

    private void StartPod(PodIndex pod)
    {
        _store.Start(pod, _loop.Now);
        Record(FactKind.PodStarted, pod, 0);
        TimeSpan duration = _store[pod].Duration;
        if (duration >= TimeSpan.Zero) _loop.Schedule(_loop.Now + duration, new EventData(_handler, Finish, pod.Value));
    }

    private void FinishPod(PodIndex pod)
    {
        ref readonly PodRecord record = ref _store[pod];
        _admission.Release(in Truth.Shapes[record.Shape], record.Node.Value, record.Devices);
        _store.Finish(pod);
        bool failed = record.Phase == PodPhase.Failed;
        Record(failed ? FactKind.PodFailed : FactKind.PodSucceeded, pod, 0);
        Watch!.OnPodEnded(pod, failed ? PodRemovalReason.Failed : PodRemovalReason.Succeeded);
    }

    private void Record(FactKind kind, PodIndex pod, long detail) =>
        _facts.Record(new Fact(kind, _loop.Now, pod, _store[pod].Uid, _store[pod].Node, detail));
}

/// <summary>Carries changes of the API truth to those who watch it.</summary>
internal interface IPodWatch
{
    /// <summary>A pod was created.</summary>
    void OnPodCreated(PodIndex pod);

    /// <summary>A pod ended and holds nothing any more.</summary>
    void OnPodEnded(PodIndex pod, PodRemovalReason reason);
}
