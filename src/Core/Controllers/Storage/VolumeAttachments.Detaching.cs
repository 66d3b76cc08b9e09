using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <content>Volumes that nobody uses any more: off a node that works at once, off one that is lost by force (<c>attachdetach/reconciler/reconciler.go</c>).</content>
/// <remarks>Whether a volume is still mounted is the node's own word (<c>status.volumesInUse</c>): here that its agent can be reached, after which it has unmounted what no pod uses. Whether the
/// node is not ready and out of service is what the API says.</remarks>
public sealed partial class VolumeAttachments
{
    private readonly FactStream? _facts;
    private readonly EventRecorder? _events;
    private readonly Dictionary<int, Node> _nodes = [];
    private readonly HashSet<long> _refused = [];
    private NodeHealth? _health;

    /// <summary>From now on an agent that cannot be reached does not say that it unmounted a volume.</summary>
    public void Follow(NodeHealth health)
    {
        _health = health;
        health.Subscribe(this);
    }

    /// <inheritdoc/>
    void INodeHealthListener.OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        if (_health!.IsConnected(node)) TryLeaveAll(node);
    }

    private void OnNode(Node node, Node? before, bool isGone)
    {
        if (isGone) _nodes.Remove(node.Index.Value);
        else _nodes[node.Index.Value] = node;
        if (isGone || before is null || before.IsReady != node.IsReady || before.Taints != node.Taints) TryLeaveAll(node.Index.Value);
    }

    private void TryLeaveAll(int node)
    {
        if (CountOn(new NodeIndex(node)) == 0) return;
        foreach ((long volume, List<int> nodes) in _nodesOf.OrderBy(entry => entry.Key))
        {
            if (nodes.Contains(node) && _attachments[(volume, node)] is { Pods.Count: 0, IsThere: true, IsLeaving: false } attachment) TryLeave((volume, node), attachment);
        }
    }

    /// <summary>A volume that no pod uses goes, unless its node may still have it mounted.</summary>
    private void TryLeave((long Volume, int Node) key, Attachment attachment)
    {
        if (attachment is not { Pods.Count: 0, IsThere: true, IsLeaving: false }) return;
        if (_health is null || _health.IsConnected(key.Node))
        {
            Leave(key, attachment);
            return;
        }

        if (attachment.AskedAt == TimeSpan.MinValue)
        {
            attachment.AskedAt = _loop.Now;
            _loop.Schedule(_loop.Now + _options.MaxWaitForUnmount, new EventData(_handler, WaitOver, key.Node, key.Volume));
        }

        bool isOver = _options.ForceDetaches && _loop.Now - attachment.AskedAt >= _options.MaxWaitForUnmount;
        _nodes.TryGetValue(key.Node, out Node? node);
        if (!(isOver && node?.IsReady != true) && !(node is not null && IsOutOfService(node))) return;
        _facts?.Record(new Fact(FactKind.VolumeForceDetached, _loop.Now, new PodIndex(-1), checked((int)key.Volume), new NodeIndex(key.Node), (_loop.Now - attachment.AskedAt).Ticks / TimeSpan.TicksPerMillisecond));
        Leave(key, attachment);
    }

    private static bool IsOutOfService(Node node)
    {
        foreach (ref readonly Taint taint in node.Taints.AsSpan())
        {
            if (taint.Key == NodeTaints.OutOfService) return true;
        }

        return false;
    }

    /// <summary>A volume for one node alone is still on another: said once of a pod.</summary>
    private void Refuse(Pod pod, PersistentVolume volume)
    {
        if (!_refused.Add(pod.Uid)) return;
        _facts?.Record(new Fact(FactKind.VolumeMultiAttach, _loop.Now, new PodIndex(-1), checked((int)pod.Uid), pod.Node, volume.Uid));
        if (_events is { IsOn: true }) _loop.Schedule(_loop.Now, new EventData(_handler, Refused, 0, pod.Uid));
    }

    private void WarnRefused(long uid)
    {
        if (_view.Find(uid) is Pod pod)
            _events!.Warn(pod, "FailedAttachVolume", "Multi-Attach error: volume is already exclusively attached to one node and can't be attached to another", "attachdetach-controller");
    }
}
