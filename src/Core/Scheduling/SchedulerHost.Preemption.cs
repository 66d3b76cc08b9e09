using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <content>Preemption, and what placed pods mean for pods that wait.</content>
public sealed partial class SchedulerHost
{
    private readonly Nominations _nominations;
    private readonly HashSet<int> _leaving = [];

    /// <summary>Finds room by pushing out pods of lower priority; null, the default, never does.</summary>
    public IPreemptor? Preemptor { get; set; }

    /// <summary>Told of a preemption before the first victim is asked to leave; null when nobody asks.</summary>
    internal Action<PodIndex, Preemption>? Preempting { get; set; }

    /// <summary>Pods that wait for room on a node they are nominated to.</summary>
    internal Nominations Nominations => _nominations;

    /// <summary>A pending pod is gone (deleted before it was bound): its nomination ends.</summary>
    internal void DropNomination(PodIndex pod) => EndNomination(pod.Value, takes: -1);

    /// <summary>The watch shows that a bound pod was asked to leave: it holds what it holds until it is gone, but topology spread does not count it.</summary>
    internal void OnPodLeaving(PodIndex pod)
    {
        ref readonly PodRecord record = ref _store[pod];
        if (!record.Node.IsNode || !_leaving.Add(pod.Value)) return;
        if (!_view.SetLeaving(in _view.Shapes[record.Shape], record.Node.Value, leaving: true)) return;
        // Without a selector that counts pods nothing has changed for anybody.
        if (_view.Shapes.Rules.CounterCount == 0) return;
        Record(FactKind.PodLeaving, pod, record.Node, 0);
        OnRoomMade(record.Node.Value, ClusterEvents.PodGone);
    }

    /// <summary>Keeps a pod off nodes where it would take the room of pods nominated there with the same or a higher priority, for the time of its decision.</summary>
    private void KeepRoom(in PodRequest pod, bool keeps)
    {
        if (_nominations.Count > 0) _nominations.KeepRoom(in pod.Shape, pod.Pod.Value, _store[pod.Pod].Priority, keeps);
    }

    /// <summary>The node that the pod is nominated to, when it fits there by now; −1 otherwise.</summary>
    private int NominatedNode(in PodRequest pod) => _nominations.Count > 0 && _nominations.NodeOf(pod.Pod.Value) is >= 0 and int node && _view.Fits(in pod.Shape, node) ? node : -1;

    /// <summary>A pod fits nowhere: the strategy's own means before and after preemption, in Kubernetes' PostFilter.</summary>
    private Preemption? AfterNoNode(in PodRequest request, bool mayPreempt)
    {
        if (_cycle is null) return mayPreempt ? Preempt(in request) : null;
        PostFilterAnswer before = AskPostFilter(in request, beforePreemption: true);
        if (before.Ends) return Nominate(in request, before.Nominated);
        if (mayPreempt && Preempt(in request) is { } preemption) return preemption;
        PostFilterAnswer after = AskPostFilter(in request, beforePreemption: false);
        return Nominate(in request, after.Nominated);
    }

    /// <summary>A strategy nominates a pod to a node by its own means: room is kept for it there as after a preemption, and nobody has to leave.</summary>
    private Preemption? Nominate(in PodRequest request, NodeIndex node)
    {
        if ((uint)node.Value >= (uint)_view.Count || !_options.RetryUnschedulable) return null;
        int slot = request.Pod.Value;
        EndNomination(slot, takes: node.Value);
        _nominations.Add(slot, node.Value, _store[request.Pod].Priority);
        return new Preemption(node, [], 0);
    }

    private Preemption? Preempt(in PodRequest request)
    {
        if (Preemptor is null || !_options.RetryUnschedulable || _store[request.Pod].NeverPreempts || !_strategy.MayPreempt(request.Shape.Spec)) return null;
        int slot = request.Pod.Value;
        if (TryPreempt(new PreemptionRequest(in request, _store[request.Pod].Priority, new NodeIndex(_nominations.NodeOf(slot)), _plan.View, _nominations, _strategy as IPreemptionAdvice), out Preemption? answer) is false) return null;
        DecisionObserver?.OnPreempted(request.Pod, Preemptor.Candidates, answer);
        if (answer is { IsUnderWay: true }) return null;
        if (answer is null)
        {
            EndNomination(slot, takes: -1);
            return null;
        }

        EndNomination(slot, takes: answer.Node.Value);
        // Pods of lower priority that waited for this node's room look for another.
        _nominations.RemoveBelow(_store[request.Pod].Priority, answer.Node.Value);
        _nominations.Add(slot, answer.Node.Value, _store[request.Pod].Priority);
        return answer;
    }

    /// <summary>False when the strategy failed in what it has a say in: then nobody is pushed out.</summary>
    private bool TryPreempt(in PreemptionRequest request, out Preemption? answer)
    {
        try
        {
            answer = Preemptor!.Preempt(in request);
            return true;
        }
        catch (Exception error) when (IsStrategyFault(error))
        {
            Fault(request.Pod.Pod, error);
            answer = null;
            return false;
        }
    }

    /// <summary>Asks the victims to leave. The pod lies in the queue by now: the room they make wakes it.</summary>
    private void Evict(PodIndex pod, Preemption preemption)
    {
        Record(FactKind.PodNominated, pod, preemption.Node, preemption.Victims.Count);
        if (preemption.Victims.Count == 0) return;
        Preempting?.Invoke(pod, preemption);
        int uid = _store[pod].Uid;
        foreach (PodIndex victim in preemption.Victims) Record(FactKind.PodPreempted, victim, preemption.Node, uid);
        foreach (PodIndex victim in preemption.Victims)
        {
            // A victim that waits to be permitted runs nowhere yet: it is sent back to the queue (prepareCandidate).
            if (_waiting.ContainsKey(victim.Value)) Say(victim, Word.Rejected, UnreserveReason.Preempted);
            else Preemptor!.Evict(victim, pod);
        }
    }

    /// <summary>A pod waits for its node no longer; unless it takes the room, others may.</summary>
    private void EndNomination(int slot, int takes)
    {
        int node = _nominations.NodeOf(slot);
        if (node < 0) return;
        _nominations.Remove(slot);
        if (node != takes) OnRoomMade(node, ClusterEvents.PodGone);
    }

    /// <summary>The shape that a waiting unit is asked about: the pod's; of a group of different pods the first with rules on other pods, so that a placement wakes it.</summary>
    private ShapeIndex ShapeToWatch(PodIndex pod, List<int>? members)
    {
        foreach (int member in members ?? [])
        {
            ref readonly PodShape shape = ref _view.Shapes[_store[new PodIndex(member)].Shape];
            if (shape.ClusterRules is not null) return shape.Index;
        }

        return _view.Shapes[_store[pod].Shape].Index;
    }

    private void OnPodPlaced(in PodShape shape)
    {
        if (!_view.Shapes.CountsPods || _queue.OnPodPlaced(_view, in shape, _loop.Now) == 0) return;
        ArmBackoff();
        ArmCycle();
    }
}
