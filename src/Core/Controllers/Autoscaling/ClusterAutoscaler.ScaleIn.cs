using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <content>Nodes that nobody needs (<c>core/scaledown/planner/planner.go</c>, <c>unneeded/nodes.go</c>, <c>eligibility/eligibility.go</c>).</content>
/// <remarks>Candidates are looked at in the order of the fleet; the pods of each are moved, in trial, to the first nodes with room, and stay there for the candidates after it.
/// A node that took some of them is none any more at this look; in Kubernetes it may be, with those pods on it.</remarks>
public sealed partial class ClusterAutoscaler
{
    private readonly List<(Place Place, bool IsEmpty)> _idle = [];
    private readonly HashSet<int> _receivers = [];
    private TimeSpan _grownAt = TimeSpan.MinValue;
    private TimeSpan _shrunkAt = TimeSpan.MinValue;
    private int _leaving;
    private int _draining;

    private void ScaleIn(bool mayBegin)
    {
        FindIdle();
        TimeSpan open = Later(After(_grownAt, _options.DelayAfterAdd), After(_shrunkAt, _options.DelayAfterDelete));
        // Empty nodes go first, and several at once.
        for (int pass = 0; pass < 2; pass++)
        {
            foreach ((Place place, bool isEmpty) in _idle)
            {
                if (isEmpty != (pass == 0) || place.Life != Life.There) continue;
                TimeSpan due = Later(place.IdleSince + (IsReady(place) ? _options.UnneededTime : _options.UnreadyTime), open);
                if (due > Now) Arm(due);
                else if (!mayBegin) Arm(Now + _options.ScanPeriod);
                else if (place.Group.Size > place.Group.Spec.Min && _leaving < _options.MaxParallelism && (isEmpty || _draining < _options.MaxDrainParallelism)) Begin(place, isEmpty);
            }
        }
    }

    private void FindIdle()
    {
        _idle.Clear();
        _receivers.Clear();
        var trial = new Trial(_state);
        int from = 0;
        foreach (Place? place in _places)
        {
            if (place is not { Life: Life.There }) continue;
            if (Now < place.NotBefore) Arm(place.NotBefore);
            bool isIdle = Now >= place.NotBefore && place.Group.Size > place.Group.Spec.Min && !_receivers.Contains(place.Node) && IsBelowThreshold(place.Node);
            if (isIdle && MovePods(place.Node, trial, ref from) is { } moved)
            {
                _idle.Add((place, IsEmpty: moved == 0));
                if (place.IdleSince == TimeSpan.MaxValue) place.IdleSince = Now;
            }
            else
            {
                place.IdleSince = TimeSpan.MaxValue;
            }
        }

        trial.Undo(0);
    }

    /// <summary>Whether less than the threshold of a node is requested (<c>simulator/utilization/info.go</c>).</summary>
    private bool IsBelowThreshold(int n)
    {
        NodeSpec spec = _state.Layout.Nodes[n];
        long cpu = spec.CpuMilli - _state.FreeCpuMilli[n], memory = spec.MemoryBytes - _state.FreeMemoryBytes[n];
        long gpu = ((long)spec.GpuCount * PodSpec.WholeGpuMilli) - _state.FreeGpuMilli[n];
        if (_options.IgnoresDaemonUtilization)
        {
            foreach (long uid in _pods.On(n))
            {
                if (View.Find(uid) is not Pod pod || !IsDaemon(pod)) continue;
                cpu -= pod.Spec.CpuMilli;
                memory -= pod.Spec.MemoryBytes;
                gpu -= (long)pod.Spec.GpuCount * pod.Spec.GpuMilliPerDevice;
            }
        }

        if (spec.GpuCount > 0) return Share(gpu, (long)spec.GpuCount * PodSpec.WholeGpuMilli) < _options.UtilizationThreshold;
        return Math.Max(Share(cpu, spec.CpuMilli), Share(memory, spec.MemoryBytes)) < _options.UtilizationThreshold;
    }

    /// <summary>Moves the pods of a node elsewhere, in trial.</summary>
    /// <returns>How many; null when one of them cannot go, and nothing has changed then.</returns>
    private int? MovePods(int n, Trial trial, ref int from)
    {
        int mark = trial.Mark, moved = 0;
        var receivers = new List<int>();
        trial.Close(n);
        foreach (long uid in _pods.On(n))
        {
            if (View.Find(uid) is not Pod pod || !MustMove(pod)) continue;
            (ShapeIndex shape, NodeIndex _, DeviceSet devices) = _placed[uid];
            if (Obstacle(pod) is null)
            {
                trial.Take(shape, n, devices);
                moved++;
                if (pod.Spec.Priority < _options.ExpendablePriorityCutoff) continue;
                if (trial.FindRoom(shape, ref from))
                {
                    receivers.Add(from);
                    continue;
                }
            }

            trial.Undo(mark);
            return null;
        }

        if (moved > 0) _receivers.UnionWith(receivers);
        return moved;
    }

    /// <summary>Whether a pod has to be asked to leave before its node may go: not daemons, and not those that ended or are leaving.</summary>
    private static bool MustMove(Pod pod) => pod.IsActive && !IsDaemon(pod);

    private static bool IsDaemon(Pod pod) => pod.Metadata.Controller is { Kind: ResourceKind.DaemonSet };

    /// <summary>Why a pod keeps its node, or null (<c>simulator/drainability/rules</c>).</summary>
    private string? Obstacle(Pod pod)
    {
        string? isSafe = pod.Metadata.Annotations.ValueOf("cluster-autoscaler.kubernetes.io/safe-to-evict");
        if (isSafe == "false") return "NotSafeToEvictAnnotation";
        PodDisruptionBudget? budget = BudgetOf(pod);
        if (budget is { Status.DisruptionsAllowed: < 1 }) return "NotEnoughPdb";
        if (isSafe == "true") return null;
        if (pod.Metadata.Controller is null) return "NotReplicated";
        if (_options.SkipsSystemPods && pod.Metadata.Namespace == "kube-system" && budget is null) return "UnmovableKubeSystemPod";
        if (!_options.SkipsLocalStorage) return null;
        foreach (ref readonly Volume volume in pod.Spec.Volumes.AsSpan())
        {
            if (volume.Kind is VolumeKind.EmptyDir or VolumeKind.HostPath) return "LocalStorageRequested";
        }

        return null;
    }

    private PodDisruptionBudget? BudgetOf(Pod pod)
    {
        IReadOnlyList<KubeObject> budgets = View.All(ResourceKind.PodDisruptionBudget);
        for (int i = 0; i < budgets.Count; i++)
        {
            if (budgets[i] is PodDisruptionBudget { Selector: { } selector } budget && budget.Metadata.Namespace == pod.Metadata.Namespace && selector.Matches(pod.Metadata.Labels)) return budget;
        }

        return null;
    }

    private bool IsReady(Place place) => Find(place)?.IsReady == true;

    private Node? Find(Place place) => View.Find<Node>(ResourceKind.Node, "", _state.Layout.Nodes[place.Node].Name);

    private static TimeSpan After(TimeSpan instant, TimeSpan delay) => instant == TimeSpan.MinValue ? instant : instant + delay;

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
