using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>Tells a node agent whether a pod's volumes are there.</summary>
public interface IVolumes
{
    /// <summary>Whether all claims of a bound pod have their volume, attached to the pod's node.</summary>
    bool IsReady(Pod pod);

    /// <summary>Adds somebody who is told when volumes of a node's pods may have become ready, to ask again for those that wait.</summary>
    void Subscribe(IVolumeObserver observer);
}

/// <summary>Is told of volumes that arrived.</summary>
public interface IVolumeObserver
{
    /// <summary>Volumes of pods of a node may be ready now.</summary>
    void OnVolumesChanged(NodeIndex node);
}

/// <summary>Attaches volumes to the nodes of their pods and detaches them after the last one (Kubernetes <c>pkg/controller/volume/attachdetach</c>).</summary>
/// <remarks>A volume that only one node may write to (ReadWriteOnce, ReadWriteOncePod) is attached to a second node only when it is off the first. A node takes as many
/// as its limit allows; the next ones wait. Detaching begins when no pod of the node that is left uses the volume and its agent has unmounted it. From a node that cannot say so
/// it is detached by force when the node is not ready and 6 minutes are over, or at once when it is marked out of service; until then a pod elsewhere waits (<c>Multi-Attach error</c>).
/// A pod on a lost node uses its volumes until its object is gone or has ended.</remarks>
public sealed partial class VolumeAttachments : IVolumes, IStoreListener, IEventHandler, INodeHealthListener
{
    private const ushort Attached = 0;
    private const ushort Detached = 1;
    private const ushort WaitOver = 2;
    private const ushort Refused = 3;
    private readonly EventLoop _loop;
    private readonly ObjectView _view;
    private readonly StorageOptions _options;
    private readonly ushort _handler;
    private readonly Dictionary<(long Volume, int Node), Attachment> _attachments = [];
    private readonly Dictionary<int, int> _onNode = [];
    private readonly Dictionary<long, List<int>> _nodesOf = [];
    private readonly Dictionary<long, List<(long Volume, int Node)>> _ofPod = [];
    private readonly SortedDictionary<long, Pod> _waiting = [];

    private sealed class Attachment
    {
        public readonly HashSet<long> Pods = [];
        public bool IsThere;
        public bool IsLeaving;

        /// <summary>When it is attached or detached; events at other instants are of plans that changed.</summary>
        public TimeSpan DueAt;

        /// <summary>When it was to go first, while its node does not say that it is unmounted.</summary>
        public TimeSpan AskedAt = TimeSpan.MinValue;
    }

    /// <summary>Follows a store.</summary>
    /// <param name="loop">Loop.</param>
    /// <param name="store">Store.</param>
    /// <param name="options">Times and limits.</param>
    /// <param name="facts">Where it says what became of volumes; null for nowhere.</param>
    /// <param name="events">Where people are told; null for nowhere.</param>
    public VolumeAttachments(EventLoop loop, ObjectStore store, StorageOptions? options = null, FactStream? facts = null, EventRecorder? events = null)
    {
        _facts = facts;
        _events = events;
        _loop = loop;
        _view = store.View;
        _options = options ?? new StorageOptions();
        _handler = loop.Register(this);
        store.Subscribe(this);
    }

    private IVolumeObserver[] _observers = [];
    private bool _attachFails;
    private double _slowness = 1;

    /// <summary>Factors of faults multiply; beyond this one instants would leave the range of time. No run lasts so long.</summary>
    private const double MostSlowness = 1e9;

    /// <summary>Faults: from now on no volume is attached; attaching and detaching takes so many times as long, what is left of that under way too. What waited is tried again when it is over.</summary>
    internal void SetFaults(bool attachFails, double slowness)
    {
        double before = _slowness;
        (_attachFails, _slowness) = (attachFails, Math.Min(slowness, MostSlowness));
        if (_slowness != before)
        {
            foreach (((long Volume, int Node) key, Attachment attachment) in _attachments.Where(held => held.Value.DueAt > _loop.Now).OrderBy(held => held.Key).ToArray())
                Plan(key, attachment, (attachment.DueAt - _loop.Now) * (_slowness / before));
        }

        if (!attachFails) TryWaiting();
    }

    /// <inheritdoc/>
    public void Subscribe(IVolumeObserver observer) => _observers = [.. _observers, observer];

    /// <summary>Volumes attached to a node, or on their way there or off it.</summary>
    public int CountOn(NodeIndex node) => _onNode.GetValueOrDefault(node.Value);

    /// <inheritdoc/>
    public bool IsReady(Pod pod)
    {
        foreach (ref readonly Volume volume in pod.Spec.Volumes.AsSpan())
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            if (VolumeOf(pod, volume.Source) is not { } bound || !_attachments.TryGetValue((bound.Uid, pod.Node.Value), out Attachment? attachment)) return false;
            if (!attachment.IsThere || attachment.IsLeaving) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Node node)
        {
            OnNode(node, change.Before as Node, isGone: change.After is null);
            return;
        }

        if (change.Object is PersistentVolumeClaim { IsBound: true } && change.After is not null) TryWaiting();
        if (change.Object is not Pod pod || !pod.Node.IsNode || !ClusterRuleSet.ClaimsVolumes(pod.Spec)) return;
        if (change.After is null || pod.HasEnded)
        {
            _waiting.Remove(pod.Uid);
            _refused.Remove(pod.Uid);
            Release(pod);
        }
        else if (change.Before is not Pod { Node.IsNode: true } && !TryAttach(pod)) _waiting.Add(pod.Uid, pod);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Kind == Refused)
        {
            WarnRefused(data.Argument);
            return;
        }

        (long, int) key = (data.Argument, data.Subject);
        if (!_attachments.TryGetValue(key, out Attachment? attachment) || (data.Kind is Attached or Detached && attachment.DueAt != _loop.Now)) return;
        if (data.Kind == Attached)
        {
            attachment.IsThere = true;
            if (attachment.Pods.Count == 0) TryLeave(key, attachment);
            else Tell(new NodeIndex(data.Subject));
            return;
        }

        if (data.Kind == WaitOver)
        {
            TryLeave(key, attachment);
            return;
        }

        _attachments.Remove(key);
        _nodesOf[data.Argument].Remove(data.Subject);
        _onNode[data.Subject]--;
        TryWaiting();
    }

    private void Tell(NodeIndex node)
    {
        foreach (IVolumeObserver observer in _observers) observer.OnVolumesChanged(node);
    }

    private PersistentVolume? VolumeOf(Pod pod, string claim) =>
        _view.Find<PersistentVolumeClaim>(ResourceKind.PersistentVolumeClaim, pod.Metadata.Namespace, claim) is { IsBound: true } bound
            ? _view.Find<PersistentVolume>(ResourceKind.PersistentVolume, "", bound.VolumeName)
            : null;

    private void TryWaiting()
    {
        if (_waiting.Count == 0) return;
        foreach (Pod pod in _waiting.Values.ToArray())
        {
            if (TryAttach(pod)) _waiting.Remove(pod.Uid);
        }
    }

    /// <summary>Begins to attach what a pod lacks.</summary>
    /// <returns>Whether everything is there or on its way.</returns>
    private bool TryAttach(Pod pod)
    {
        bool isDone = true, isThere = true;
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            if (VolumeOf(pod, volume.Source) is not { } bound)
            {
                isDone = false;
                continue;
            }

            (long Uid, int Node) key = (bound.Uid, pod.Node.Value);
            if (_attachments.TryGetValue(key, out Attachment? attachment))
            {
                if (attachment.IsLeaving) isDone = false;
                else Use(pod, key, attachment);
                isThere &= attachment is { IsThere: true, IsLeaving: false };
                continue;
            }

            isThere = false;
            bool isHeld = IsHeldElsewhere(bound, pod.Node.Value);
            if (isHeld) Refuse(pod, bound);
            if (isHeld || _attachFails || CountOn(pod.Node) >= _options.AttachLimit)
            {
                isDone = false;
                continue;
            }

            attachment = new Attachment();
            Use(pod, key, attachment);
            _attachments.Add(key, attachment);
            if (!_nodesOf.TryGetValue(bound.Uid, out List<int>? nodes)) _nodesOf.Add(bound.Uid, nodes = []);
            nodes.Add(pod.Node.Value);
            _onNode[pod.Node.Value] = CountOn(pod.Node) + 1;
            Plan(key, attachment, _options.AttachTime * _slowness);
        }

        if (isDone && isThere) Tell(pod.Node);
        return isDone;
    }

    private bool IsHeldElsewhere(PersistentVolume volume, int node)
    {
        if (volume.AccessModes.Contains("ReadWriteMany") || volume.AccessModes.Contains("ReadOnlyMany")) return false;
        return _nodesOf.TryGetValue(volume.Uid, out List<int>? nodes) && nodes.Exists(other => other != node);
    }

    private void Use(Pod pod, (long Volume, int Node) key, Attachment attachment)
    {
        if (!attachment.Pods.Add(pod.Uid)) return;
        attachment.AskedAt = TimeSpan.MinValue;
        if (!_ofPod.TryGetValue(pod.Uid, out List<(long Volume, int Node)>? keys)) _ofPod.Add(pod.Uid, keys = []);
        keys.Add(key);
    }

    private void Release(Pod pod)
    {
        if (!_ofPod.Remove(pod.Uid, out List<(long Volume, int Node)>? keys)) return;
        foreach ((long Volume, int Node) key in keys)
        {
            Attachment attachment = _attachments[key];
            if (attachment.Pods.Remove(pod.Uid) && attachment is { Pods.Count: 0, IsThere: true, IsLeaving: false }) TryLeave(key, attachment);
        }
    }

    private void Leave((long Volume, int Node) key, Attachment attachment)
    {
        attachment.IsLeaving = true;
        Plan(key, attachment, _options.DetachTime * _slowness);
    }

    private void Plan((long Volume, int Node) key, Attachment attachment, TimeSpan time)
    {
        attachment.DueAt = _loop.Now + time;
        _loop.Schedule(attachment.DueAt, new EventData(_handler, attachment.IsLeaving ? Detached : Attached, key.Node, key.Volume));
    }
}
