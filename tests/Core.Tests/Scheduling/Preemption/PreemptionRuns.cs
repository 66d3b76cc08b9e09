using System.Reflection;
using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;

namespace SchedBench.Core.Tests.Scheduling.PreemptionTests;

/// <summary>The pods of a run's store as preemption sees them; a victim ends at once, or after a grace of so many evictions asked for.</summary>
internal sealed class StorePods(ClusterRun run) : IPlacedPods
{
    private static readonly MethodInfo Finish = typeof(NodeAgents).GetMethod("FinishPod", BindingFlags.NonPublic | BindingFlags.Instance)!;
    private readonly HashSet<int> _leaving = [];

    /// <summary>Whether victims stay until <see cref="LetGo"/>.</summary>
    public bool HasGrace { get; init; }

    public List<int> Evicted { get; } = [];

    /// <summary>The host's own lists, compared at each look when set.</summary>
    public IPlacedPods? Tracked { get; set; }

    public void List(NodeIndex node, List<PlacedPod> into)
    {
        for (int slot = 0; slot < run.Store.SlotCount; slot++)
        {
            ref readonly PodRecord record = ref run.Store[new PodIndex(slot)];
            if (record.Phase is PodPhase.Bound or PodPhase.Running or PodPhase.Succeeded or PodPhase.Failed && record.Node == node)
                into.Add(new PlacedPod(new PodIndex(slot), record.Shape, record.Devices, record.Priority, record.StartedAt, _leaving.Contains(slot)));
        }

        if (Tracked is null) return;
        var tracked = new List<PlacedPod>();
        Tracked.List(node, tracked);
        Assert.Equal(into, tracked.OrderBy(pod => pod.Pod.Value));
    }

    public void Evict(PodIndex victim, PodIndex preemptor)
    {
        Evicted.Add(run.Store[victim].Uid);
        if (HasGrace) _leaving.Add(victim.Value);
        else Finish.Invoke(run.Agents, [victim]);
    }

    /// <summary>The grace of all victims is over.</summary>
    public void LetGo()
    {
        foreach (int slot in _leaving.Order()) Finish.Invoke(run.Agents, [new PodIndex(slot)]);
        _leaving.Clear();
    }
}
