using SchedBench.Core.Cluster;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling;

/// <summary>After every event: no shape lies unschedulable that fits a node while none of its equals is active, in back-off or in flight.</summary>
internal sealed class Liveness(ClusterRun run) : IEventLoopObserver
{
    public void AfterEvent(EventKey key)
    {
        foreach ((ShapeIndex shape, int priority) in run.Scheduler.Queue.WaitingShapes())
        {
            if (!Enumerable.Range(0, run.Fleet.Count).Any(n => Naive.Fits(run.ViewState, shape, n))) continue;
            Assert.True(run.Scheduler.Queue.IsOnTheWay(unit => IsEqual(unit, shape, priority)), $"shape {shape.Value} fits and waits at {key}");
        }
    }

    /// <summary>At the end of a run no pod is pending that fits alone, and no group of which enough members fit, placed greedily.</summary>
    public static void AssertNothingFits(ClusterRun run)
    {
        List<PodIndex> pending = [.. Enumerable.Range(0, run.Store.SlotCount).Select(slot => new PodIndex(slot)).Where(pod => run.Store[pod].Phase == PodPhase.Pending)];
        foreach (IGrouping<int, PodIndex> unit in pending.GroupBy(pod => run.Store[pod].Group < 0 ? -1 - pod.Value : run.Store[pod].Group))
        {
            int needed = unit.Key < 0 ? 1 : Math.Max(1, run.Arrivals.Workload.Groups[unit.Key].MinMember - Placed(run, unit.Key));
            var trial = new List<(ShapeIndex Shape, int Node, DeviceSet Devices)>();
            foreach (PodIndex pod in unit)
            {
                ShapeIndex shape = run.Store[pod].Shape;
                int node = Naive.Feasible(run.ViewState, shape).FirstOrDefault(-1);
                if (node < 0) continue;
                DeviceSet devices = DeviceChoice.Tightest(in run.Shapes[shape], new NodeState(run.ViewState, node));
                run.ViewState.Add(in run.Shapes[shape], node, devices);
                trial.Add((shape, node, devices));
            }

            foreach ((ShapeIndex shape, int node, DeviceSet devices) in trial) run.ViewState.Remove(in run.Shapes[shape], node, devices);
            // First-fit may place a mixed group, or one whose members look at each other, that the strategy's own choices do not: only groups of equal pods are certain.
            bool areEqual = unit.Select(pod => run.Store[pod].Shape).Distinct().Count() == 1 && (needed == 1 || run.Shapes[run.Store[unit.First()].Shape].ClusterRules is null);
            Assert.True(trial.Count < needed || !areEqual, $"unit {unit.Key} fits at the end: {trial.Count} of {needed}");
        }
    }

    private static int Placed(ClusterRun run, int group)
    {
        int arrived = 0;
        foreach (ref readonly Core.Arrivals.PodArrival pod in run.Arrivals.Workload.Pods.Span) arrived += pod.Group == group ? 1 : 0;
        int pending = Enumerable.Range(0, run.Store.SlotCount).Count(slot => run.Store[new PodIndex(slot)] is { Phase: PodPhase.Pending } record && record.Group == group);
        return arrived - pending;
    }

    private bool IsEqual(int unit, ShapeIndex shape, int priority)
    {
        ref readonly PodRecord record = ref run.Store[new PodIndex(unit)];
        return run.Shapes[record.Shape].Index == shape && record.Priority == priority;
    }
}
