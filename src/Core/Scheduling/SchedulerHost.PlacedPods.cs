using SchedBench.Core.Cluster;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <content>The pods of each node in the scheduler's view, for preemption.</content>
public sealed partial class SchedulerHost
{
    private PlacedPods? _placedPods;

    /// <summary>Keeps lists of the pods that the view holds, by node, in the order of their placement. Call it once, before the first placement.</summary>
    /// <param name="evict">Makes a pod (first) leave for another (second).</param>
    /// <returns>What <see cref="DefaultPreemptor"/> works on.</returns>
    public IPlacedPods TrackPlacedPods(Action<PodIndex, PodIndex> evict)
    {
        if (_placedPods is not null || Decisions > 0) throw new InvalidOperationException("Placed pods are tracked from the first placement on, once.");
        return _placedPods = new PlacedPods(this, evict);
    }

    private sealed class PlacedPods(SchedulerHost host, Action<PodIndex, PodIndex> evict) : IPlacedPods
    {
        private readonly List<int>?[] _byNode = new List<int>?[host._view.Count];

        private readonly SortedDictionary<int, int> _priorities = [];

        public int LowestPriority { get; private set; } = int.MaxValue;

        public void OnPlaced(int slot, int node)
        {
            (_byNode[node] ??= []).Add(slot);
            int priority = host._store[new PodIndex(slot)].Priority;
            _priorities[priority] = _priorities.GetValueOrDefault(priority) + 1;
            LowestPriority = Math.Min(LowestPriority, priority);
        }

        public void OnGone(int slot, int node)
        {
            _byNode[node]!.Remove(slot);
            int priority = host._store[new PodIndex(slot)].Priority;
            if (--_priorities[priority] > 0) return;
            _priorities.Remove(priority);
            LowestPriority = _priorities.Count == 0 ? int.MaxValue : _priorities.Keys.First();
        }

        public void List(NodeIndex node, List<PlacedPod> into)
        {
            if (_byNode[node.Value] is not { } slots) return;
            foreach (int slot in slots)
            {
                ref readonly PodRecord record = ref host._store[new PodIndex(slot)];
                // A pod whose binding is under way holds devices that the store does not know yet, and has not started: it matters least among equals.
                bool isBound = record.Node.IsNode;
                DeviceSet devices = isBound ? record.Devices : host._inFlight.GetValueOrDefault(slot).Devices;
                TimeSpan startedAt = record.Phase == PodPhase.Running ? record.StartedAt : host._loop.Now;
                into.Add(new PlacedPod(new PodIndex(slot), record.Shape, devices, record.Priority, startedAt, host._leaving.Contains(slot)));
            }
        }

        public void Evict(PodIndex victim, PodIndex preemptor) => evict(victim, preemptor);
    }
}
