using SchedBench.Core.Cluster;

namespace SchedBench.Core.Controllers;

/// <summary>What would be if: pods are placed, moved and nodes opened or closed on a state, and all of it is taken back, the last first (cluster snapshots of cluster-autoscaler).</summary>
internal sealed class Trial(ClusterState state)
{
    private readonly List<Change> _changes = [];

    private enum What : byte
    {
        Placed,
        Taken,
        Opened,
        Closed,
    }

    private readonly record struct Change(What What, int Node, ShapeIndex Shape, DeviceSet Devices);

    /// <summary>How far it has come; <see cref="Undo"/> goes back to it.</summary>
    public int Mark => _changes.Count;

    /// <summary>A node that does not exist is there.</summary>
    public void Open(int node)
    {
        if (state.IsPresent(node)) return;
        state.SetPresent(node, present: true);
        _changes.Add(new Change(What.Opened, node, default, default));
    }

    /// <summary>Nothing may go to a node.</summary>
    public void Close(int node)
    {
        if (state.IsExcluded(node)) return;
        state.Exclude(node, excluded: true);
        _changes.Add(new Change(What.Closed, node, default, default));
    }

    /// <summary>A pod is taken from its node.</summary>
    public void Take(ShapeIndex shape, int node, DeviceSet devices)
    {
        state.Remove(in state.Shapes[shape], node, devices);
        _changes.Add(new Change(What.Taken, node, shape, devices));
    }

    /// <summary>A pod is put onto a node, if it fits.</summary>
    public bool TryPlace(ShapeIndex shape, int node)
    {
        if (!state.Fits(in state.Shapes[shape], node)) return false;
        DeviceSet devices = state.Shapes[shape].GpuCount == 0 ? DeviceSet.Empty : DeviceChoice.Tightest(in state.Shapes[shape], new NodeState(state, node));
        state.Add(in state.Shapes[shape], node, devices);
        _changes.Add(new Change(What.Placed, node, shape, devices));
        return true;
    }

    /// <summary>A pod is put onto the first node with room at or after one, round the fleet.</summary>
    /// <param name="shape">Pod.</param>
    /// <param name="from">Where to begin; where it found room.</param>
    public bool FindRoom(ShapeIndex shape, ref int from)
    {
        for (int i = 0; i < state.Count; i++)
        {
            int node = from + i < state.Count ? from + i : from + i - state.Count;
            if (!TryPlace(shape, node)) continue;
            from = node;
            return true;
        }

        return false;
    }

    /// <summary>Takes back everything since a mark.</summary>
    public void Undo(int mark)
    {
        while (_changes.Count > mark)
        {
            Change change = _changes[^1];
            _changes.RemoveAt(_changes.Count - 1);
            switch (change.What)
            {
                case What.Placed: state.Remove(in state.Shapes[change.Shape], change.Node, change.Devices); break;
                case What.Taken: state.Add(in state.Shapes[change.Shape], change.Node, change.Devices); break;
                case What.Opened: state.SetPresent(change.Node, present: false); break;
                default: state.Exclude(change.Node, excluded: false); break;
            }
        }
    }
}
