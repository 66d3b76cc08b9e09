using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <content>Nodes for pods that fit nowhere (<c>core/scaleup/orchestrator/orchestrator.go</c>, <c>estimator/binpacking_estimator.go</c>).</content>
public sealed partial class ClusterAutoscaler
{
    private readonly Draw _choices;
    private readonly List<(Pod Pod, ShapeIndex Shape)> _waiting = [];
    private readonly HashSet<int> _hopeless = [];
    private readonly Dictionary<int, int> _firstRoom = [];

    /// <summary>What the growth of a group would bring.</summary>
    private sealed class Growth(Group group)
    {
        public readonly Group Group = group;
        public readonly List<Place> Nodes = [];
        public readonly List<Pod> Helped = [];
        public long CpuMilli;
        public long MemoryBytes;

        /// <summary>Shares of CPU and memory of the new nodes that stay free, added (<c>expander/waste</c>).</summary>
        public double Waste => Free(CpuMilli, Group.Spec.Template.CpuMilli) + Free(MemoryBytes, Group.Spec.Template.MemoryBytes);

        private double Free(long used, long ofOne) => ofOne == 0 ? 0 : 1 - (used / ((double)ofOne * Nodes.Count));
    }

    private bool ScaleOut()
    {
        if (_pending.Count == 0) return false;
        var trial = new Trial(_state);
        FindWaiting(trial);
        List<Growth> options = [];
        if (_waiting.Count > 0)
        {
            foreach (Group group in _groups)
            {
                if (Now < group.BackedOffUntil) Arm(group.BackedOffUntil);
                else if (Estimate(group, trial) is { } growth) options.Add(growth);
            }
        }

        trial.Undo(0);
        if (options.Count == 0) return false;
        Grow(Choose(options));
        // Others may need another group.
        Arm(Now + _options.ScanPeriod);
        return true;
    }

    /// <summary>Pods that fit neither a node that is there nor one that boots (<c>filter_out_schedulable.go</c>), by priority and age.</summary>
    private void FindWaiting(Trial trial)
    {
        _waiting.Clear();
        _hopeless.Clear();
        foreach (Group group in _groups)
        {
            foreach (Place place in group.Places)
            {
                if (place.Life == Life.Booting) Open(place, trial);
            }
        }

        var pods = new List<Pod>();
        foreach (long uid in _pending)
        {
            if (View.Find(uid) is not Pod pod || pod.Spec.Priority < _options.ExpendablePriorityCutoff) continue;
            TimeSpan old = pod.Metadata.CreatedAt + _options.NewPodDelay;
            if (old <= Now) pods.Add(pod);
            else Arm(old);
        }

        pods.Sort(static (left, right) => left.Spec.Priority != right.Spec.Priority ? right.Spec.Priority.CompareTo(left.Spec.Priority) : left.Uid.CompareTo(right.Uid));
        int from = 0;
        foreach (Pod pod in pods)
        {
            ShapeIndex shape = ShapeOf(pod);
            if (!_hopeless.Contains(shape.Value) && trial.FindRoom(shape, ref from)) continue;
            _hopeless.Add(shape.Value);
            _waiting.Add((pod, shape));
        }
    }

    /// <summary>How many nodes of the group the waiting pods need: the largest pod first, each where there is room first. The trial is left as it was.</summary>
    private Growth? Estimate(Group group, Trial trial)
    {
        int mark = trial.Mark;
        NodeSpec template = group.Spec.Template;
        var growth = new Growth(group);
        Place[] free = [.. group.Places.Where(place => place.Life == Life.Absent && _state.FreePods[place.Node] == template.Pods).OrderBy(place => place.LeftAt)];
        int most = Math.Min(Math.Min(free.Length, group.Spec.Max - group.Size - group.Leaving), _options.MaxNodesPerScaleOut);
        _hopeless.Clear();
        _firstRoom.Clear();
        foreach ((Pod pod, ShapeIndex shape) in _waiting.OrderByDescending(item => Share(item.Pod.Spec.CpuMilli, template.CpuMilli) + Share(item.Pod.Spec.MemoryBytes, template.MemoryBytes)))
        {
            if (_hopeless.Contains(shape.Value)) continue;
            int at = _firstRoom.GetValueOrDefault(shape.Value);
            while (at < growth.Nodes.Count && !trial.TryPlace(shape, growth.Nodes[at].Node)) at++;
            _firstRoom[shape.Value] = at;
            if (at == growth.Nodes.Count && !PlaceOnNew(shape, growth, free, most, trial))
            {
                _hopeless.Add(shape.Value);
                continue;
            }

            growth.Helped.Add(pod);
            growth.CpuMilli += pod.Spec.CpuMilli;
            growth.MemoryBytes += pod.Spec.MemoryBytes;
        }

        trial.Undo(mark);
        return growth.Nodes.Count == 0 ? null : growth;
    }

    private bool PlaceOnNew(ShapeIndex shape, Growth growth, Place[] free, int most, Trial trial)
    {
        if (growth.Nodes.Count >= most) return false;
        int mark = trial.Mark;
        Place next = free[growth.Nodes.Count];
        Open(next, trial);
        if (!trial.TryPlace(shape, next.Node))
        {
            trial.Undo(mark);
            return false;
        }

        growth.Nodes.Add(next);
        return true;
    }

    /// <summary>A node that does not exist yet is taken to be there, with its daemons on it.</summary>
    private void Open(Place place, Trial trial)
    {
        trial.Open(place.Node);
        IReadOnlyList<KubeObject> daemons = View.All(ResourceKind.DaemonSet);
        if (daemons.Count == 0) return;
        Node node = NodeObjects.Of(_state.Layout, place.Node);
        for (int i = 0; i < daemons.Count; i++)
        {
            if (daemons[i] is not DaemonSet set) continue;
            (PodSpec spec, ShapeIndex shape) = DaemonShape(set);
            if (DaemonNodes.Judge(node, spec).ShouldRun) _ = trial.TryPlace(shape, place.Node);
        }
    }

    private readonly Dictionary<long, (long Generation, PodSpec Spec, ShapeIndex Shape)> _daemons = [];

    private (PodSpec Spec, ShapeIndex Shape) DaemonShape(DaemonSet set)
    {
        if (!_daemons.TryGetValue(set.Uid, out (long Generation, PodSpec Spec, ShapeIndex Shape) known) || known.Generation != set.Metadata.Generation)
        {
            PodSpec spec = DaemonNodes.WithTolerations(set.Template.Spec);
            _daemons[set.Uid] = known = (set.Metadata.Generation, spec, _state.Shapes.Intern(spec, set.Template.Labels, set.Metadata.Namespace));
        }

        return (known.Spec, known.Shape);
    }

    private Growth Choose(List<Growth> options)
    {
        if (_options.Expander == NodeGroupExpander.Random) return options[(int)_choices.Below(0, (ulong)Scans, (ulong)options.Count)];
        Growth best = options[0];
        if (_options.Expander == NodeGroupExpander.First) return best;
        foreach (Growth growth in options)
        {
            if (growth.Waste < best.Waste) best = growth;
        }

        return best;
    }

    private void Grow(Growth growth)
    {
        Group group = growth.Group;
        _grownAt = Now;
        if (_context.Events.IsOn)
        {
            foreach (Pod pod in growth.Helped)
                _context.Events.Tell(pod, "TriggeredScaleUp", $"pod triggered scale-up: [{{{group.Spec.Name} {group.Size}->{group.Size + growth.Nodes.Count} (max: {group.Spec.Max})}}]", "cluster-autoscaler");
        }

        Resize(group, group.Size + growth.Nodes.Count);
        foreach (Place place in growth.Nodes)
        {
            place.Life = Life.Booting;
            var boot = TimeSpan.FromSeconds(group.Spec.BootSeconds.Sample(in _boots, Draw.Entity(_state.Layout.Nodes[place.Node].Name), place.Boots++));
            bool isLate = boot > _options.MaxProvisionTime;
            _context.Loop.Schedule(Now + (isLate ? _options.MaxProvisionTime : boot), new EventData(_handler, isLate ? GivenUp : Booted, place.Node));
        }
    }

    private void Register(Place place)
    {
        place.Life = Life.There;
        place.IdleSince = TimeSpan.MaxValue;
        place.Group.Backoff = TimeSpan.Zero;
        _context.Machines.Start(new NodeIndex(place.Node));
    }

    /// <summary>A machine took too long: it is given back, and the group is left alone for a while.</summary>
    private void GiveUp(Place place)
    {
        Group group = place.Group;
        place.Life = Life.Absent;
        place.LeftAt = Now;
        Resize(group, group.Size - 1);
        if (Now >= group.BackedOffUntil)
        {
            TimeSpan doubled = group.Backoff * 2;
            group.Backoff = group.Backoff == TimeSpan.Zero ? _options.BackoffStart : doubled < _options.BackoffLimit ? doubled : _options.BackoffLimit;
            group.BackedOffUntil = Now + group.Backoff;
        }

        Arm(Now);
    }

    private static double Share(long requested, long offered) => offered == 0 ? 0 : (double)requested / offered;
}
