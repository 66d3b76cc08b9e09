using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <content>The comparisons that look at every node and every pod.</content>
public sealed partial class InvariantObserver
{
    private void CheckEverything()
    {
        DenseComparisons++;
        for (int n = 0; n < _run.Fleet.Count; n++) CheckTruth(n);
        RecountPods();
        RebuildView();
        for (int n = 0; n < _run.Fleet.Count; n++)
        {
            if (_rebuilt.Compare(n, _run.ViewState) is { } finding)
                Fail(Invariant.Mirror, $"node '{Name(n)}', view against store, {finding.What}", finding.Expected, finding.Actual);
            CheckView(n);
        }
    }

    /// <summary>Every slot of the store against the books, the classes recounted, and no pending pod out of the scheduler's sight.</summary>
    private void RecountPods()
    {
        Span<long> counts = stackalloc long[(int)PodPhase.Unplaced + 1];
        for (int slot = 0; slot < _run.Store.SlotCount; slot++)
        {
            CheckPod(slot);
            counts[(int)_run.Store[new PodIndex(slot)].Phase]++;
        }

        Recount("pending", _pods.CountOf(PodClass.Pending), counts[(int)PodPhase.Pending]);
        Recount("bound", _pods.CountOf(PodClass.Bound) + _pods.CountOf(PodClass.Admitted), counts[(int)PodPhase.Bound]);
        Recount("running", _pods.CountOf(PodClass.Running), counts[(int)PodPhase.Running]);
        // With a delay, pods that the watch has not shown yet are in nobody's queue.
        long known = _run.Scheduler.PendingPodsKnown;
        long pending = _pods.CountOf(PodClass.Pending);
        if (known > pending || (_run.CacheDelay == TimeSpan.Zero && known < pending))
            Fail(Invariant.Conservation, "pending pods in a queue, a waiting group or in flight", $"{pending}", $"{known}");

        void Recount(string name, long expected, long actual)
        {
            if (expected != actual) Fail(Invariant.Conservation, $"{name} pods", $"{expected}", $"{actual} in the store");
        }
    }

    /// <summary>What the view should hold: every pod bound and not yet known to have ended, as the store has it, and the pods assumed but not bound.</summary>
    private void RebuildView()
    {
        _rebuilt.Clear();
        for (int slot = 0; slot < _run.Store.SlotCount; slot++)
        {
            ref readonly PodRecord record = ref _run.Store[new PodIndex(slot)];
            ref readonly PodArrival arrival = ref _run.Arrivals.Workload.Pods.Span[record.Source];
            if (record.Phase == PodPhase.Pending && _pods[slot].AssumedNode >= 0)
                _rebuilt.Book(arrival.Spec, _pods[slot].AssumedNode, _pods[slot].AssumedDevices, 1);
            else if (record.Phase is PodPhase.Bound or PodPhase.Running or PodPhase.Succeeded or PodPhase.Failed)
                _rebuilt.Book(arrival.Spec, record.Node.Value, record.Devices, 1);
        }
    }
}
