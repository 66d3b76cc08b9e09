using SchedBench.Core.Cluster;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <summary>Pods that wait for room on a node where others were asked to leave for them. Pods of the same or a lower priority must not take that room: a node fits them only when it does
/// with the nominated pods on it and without (kube-scheduler's <c>RunFilterPluginsWithNominatedPods</c>).</summary>
internal sealed class Nominations(ClusterState view, PodStore store)
{
    private readonly List<Nomination> _all = [];
    private readonly List<int> _excluded = [];

    private readonly record struct Nomination(int Slot, int Node, int Priority);

    /// <summary>Number of nominated pods.</summary>
    public int Count => _all.Count;

    /// <summary>The node that a pod is nominated to, or −1.</summary>
    public int NodeOf(int slot)
    {
        foreach (Nomination nomination in _all)
        {
            if (nomination.Slot == slot) return nomination.Node;
        }

        return -1;
    }

    public void Add(int slot, int node, int priority) => _all.Add(new Nomination(slot, node, priority));

    public void Remove(int slot)
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].Slot == slot) _all.RemoveAt(i);
        }
    }

    /// <summary>Takes all back.</summary>
    public void Clear() => _all.Clear();

    /// <summary>Takes back nominations of lower priority to a node.</summary>
    public void RemoveBelow(int priority, int node)
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].Node == node && _all[i].Priority < priority) _all.RemoveAt(i);
        }
    }

    /// <summary>Whether the pod fits the node, also with the pods nominated there that matter to it.</summary>
    public bool FitsBeside(in PodShape shape, int slot, int priority, int node)
    {
        if (!view.Fits(in shape, node)) return false;
        if (!Matter(slot, priority, node)) return true;
        bool fits = true;
        int added = 0;
        foreach (Nomination nomination in _all)
        {
            if (!Matters(in nomination, slot, priority, node)) continue;
            ref readonly PodShape other = ref ShapeOf(in nomination);
            // Devices that are still in use cannot be named yet: until they are free, the node takes no other pod of devices.
            if (other.GpuCount > 0 && shape.GpuCount > 0) fits = false;
        }

        foreach (Nomination nomination in _all)
        {
            if (!Matters(in nomination, slot, priority, node)) continue;
            view.Add(in ShapeOf(in nomination), node, DeviceSet.Empty);
            added++;
        }

        fits = fits && view.Fits(in shape, node);
        for (int i = _all.Count - 1; i >= 0 && added > 0; i--)
        {
            Nomination nomination = _all[i];
            if (!Matters(in nomination, slot, priority, node)) continue;
            view.Remove(in ShapeOf(in nomination), node, DeviceSet.Empty);
            added--;
        }

        return fits;
    }

    /// <summary>Excludes the nodes whose kept room the pod would take, or lets them in again.</summary>
    public void KeepRoom(in PodShape shape, int slot, int priority, bool keeps)
    {
        if (!keeps)
        {
            foreach (int node in _excluded) view.Exclude(node, excluded: false);
            _excluded.Clear();
            return;
        }

        foreach (Nomination nomination in _all)
        {
            if (!Matters(in nomination, slot, priority, nomination.Node) || _excluded.Contains(nomination.Node)) continue;
            if (FitsBeside(in shape, slot, priority, nomination.Node)) continue;
            view.Exclude(nomination.Node, excluded: true);
            _excluded.Add(nomination.Node);
        }
    }

    private ref readonly PodShape ShapeOf(in Nomination nomination) => ref view.Shapes[store[new PodIndex(nomination.Slot)].Shape];

    private bool Matter(int slot, int priority, int node)
    {
        foreach (Nomination nomination in _all)
        {
            if (Matters(in nomination, slot, priority, node)) return true;
        }

        return false;
    }

    private static bool Matters(in Nomination nomination, int slot, int priority, int node) =>
        nomination.Node == node && nomination.Slot != slot && nomination.Priority >= priority;
}
