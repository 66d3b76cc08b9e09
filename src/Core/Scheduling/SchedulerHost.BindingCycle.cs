using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Scheduling;

/// <summary>Why an assumed pod was taken back.</summary>
public enum UnreserveReason : byte
{
    /// <summary>A Reserve plugin rejected it.</summary>
    Reserve,

    /// <summary>A Permit plugin rejected it, at once or while it waited.</summary>
    Permit,

    /// <summary>It waited too long.</summary>
    TimedOut,

    /// <summary>A PreBind plugin rejected it.</summary>
    PreBind,

    /// <summary>A Bind plugin failed.</summary>
    Bind,

    /// <summary>A pod of higher priority took its place while it waited.</summary>
    Preempted,

    /// <summary>It was deleted while it waited.</summary>
    Deleted,

    /// <summary>The scheduler's process ended before the binding was written.</summary>
    SchedulerLost,
}

/// <content>What comes between a decision and its binding, where the strategy takes part in it: Reserve, Permit with its waiting pods, PreBind, Bind, PostBind.</content>
/// <remarks><code>
/// decision ──► assumed ──► Reserve ──► Permit ──► (latency) ──► PreBind ──► Bind ──► bound ──► PostBind
///                            │          │  ▲ allowed               │          │
///                            │          ▼  │                       │          │
///                            │        waiting ── rejected, late    │          │
///                            └──────────┴──────────┬───────────────┴──────────┘
///                                                  ▼
///                                   Unreserve, forgotten, queue
/// </code></remarks>
public sealed partial class SchedulerHost
{
    /// <summary>The longest wait at Permit (<c>maxTimeout</c> of <c>pkg/scheduler/framework/runtime/framework.go</c>).</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    private IBindingCycle? _cycle;
    private readonly SortedDictionary<int, WaitingPod> _waiting = [];
    private readonly Queue<int> _settled = [];
    private int _fruitless;

    private enum Word : byte
    {
        None,
        Allowed,
        Rejected,
    }

    private sealed class WaitingPod(NodeIndex node, DeviceSet devices)
    {
        public readonly NodeIndex Node = node;
        public readonly DeviceSet Devices = devices;
        public TimeSpan Until;
        public Word Word;
        public UnreserveReason Reason = UnreserveReason.Permit;
    }

    /// <summary>Pods that wait at Permit.</summary>
    public int WaitingPods => _waiting.Count;

    private bool TakesPart(PodIndex pod) => _cycle is not null && _cycle.TakesPart(_pending.Request(pod.Value));

    /// <summary>Passes a pod that was just assumed through Reserve and Permit.</summary>
    private void ReserveAndPermit(in PodRequest request, NodeIndex node, DeviceSet devices)
    {
        PodIndex pod = request.Pod;
        if (Ask(in request, node, static (cycle, in asked, on) => cycle.Reserve(in asked, on)).Verdict != PhaseVerdict.Go)
        {
            TakeBack(pod, node, devices, UnreserveReason.Reserve);
            return;
        }

        PhaseAnswer answer = Ask(in request, node, static (cycle, in asked, on) => cycle.Permit(in asked, on));
        if (answer.Verdict == PhaseVerdict.Reject) TakeBack(pod, node, devices, UnreserveReason.Permit);
        else if (answer.Verdict == PhaseVerdict.Wait) Wait(pod, node, devices, answer.Timeout);
        else ScheduleBinding(pod.Value, node.Value, BusyFor() + BindLatency);
    }

    private void Wait(PodIndex pod, NodeIndex node, DeviceSet devices, TimeSpan timeout)
    {
        if (timeout > LongestWait) timeout = LongestWait;
        Record(FactKind.PodWaitsOnPermit, pod, node, timeout.Ticks);
        var waiting = new WaitingPod(node, devices);
        _waiting.Add(pod.Value, waiting);
        ArmWait(pod, waiting, _loop.Now + timeout);
    }

    private void ArmWait(PodIndex pod, WaitingPod waiting, TimeSpan until)
    {
        waiting.Until = until;
        ScheduleOwn(until, WaitTimer, pod.Value);
    }

    /// <summary>A time-out is over; of one that was put off, or of a pod that waits no longer, nothing comes.</summary>
    private void OnWaitOver(int slot)
    {
        if (!_waiting.TryGetValue(slot, out WaitingPod? waiting) || waiting.Until > _loop.Now) return;
        Say(new PodIndex(slot), Word.Rejected, UnreserveReason.TimedOut);
    }

    private void Say(PodIndex pod, Word word, UnreserveReason reason = UnreserveReason.Permit)
    {
        if (!_waiting.TryGetValue(pod.Value, out WaitingPod? waiting) || waiting.Word != Word.None) return;
        (waiting.Word, waiting.Reason) = (word, reason);
        _settled.Enqueue(pod.Value);
    }

    /// <summary>Does what was said about waiting pods, unless an event of the host is under way: then it is done at its end. Taking one back may reject more.</summary>
    private void Settle()
    {
        if (_isHandling) return;
        _isHandling = true;
        while (_settled.TryDequeue(out int slot))
        {
            if (!_waiting.TryGetValue(slot, out WaitingPod? waiting) || waiting.Word == Word.None) continue;
            _waiting.Remove(slot);
            if (waiting.Word == Word.Allowed) ScheduleBinding(slot, waiting.Node.Value, BusyFor() + BindLatency);
            else TakeBack(new PodIndex(slot), waiting.Node, waiting.Devices, waiting.Reason);
        }

        _isHandling = false;
    }

    /// <summary>PreBind and Bind.</summary>
    /// <returns>Whether the binding may be written; otherwise the pod was taken back.</returns>
    private bool PassesBinding(PodIndex pod, NodeIndex node)
    {
        PodRequest request = _pending.Request(pod.Value);
        UnreserveReason reason = UnreserveReason.PreBind;
        if (Ask(in request, node, static (cycle, in asked, on) => cycle.PreBind(in asked, on)).Verdict == PhaseVerdict.Go)
        {
            reason = UnreserveReason.Bind;
            if (Ask(in request, node, static (cycle, in asked, on) => cycle.Bind(in asked, on)).Verdict == PhaseVerdict.Go) return true;
        }

        TakeBack(pod, node, _inFlight[pod.Value].Devices, reason);
        return false;
    }

    private void AfterBinding(PodIndex pod, NodeIndex node) => Tell(_pending.Request(pod.Value), node, static (cycle, in asked, on) => cycle.PostBind(in asked, on));

    private void Unreserve(PodIndex pod, NodeIndex node, UnreserveReason reason)
    {
        Tell(_pending.Request(pod.Value), node, static (cycle, in asked, on) => cycle.Unreserve(in asked, on));
        Record(FactKind.PodUnreserved, pod, node, (long)reason);
    }

    /// <summary>Takes an assumed pod back: what it held is free, others may use it, and it is tried again.</summary>
    private void TakeBack(PodIndex pod, NodeIndex node, DeviceSet devices, UnreserveReason reason)
    {
        if (_deletedInFlight.Remove(pod.Value)) reason = UnreserveReason.Deleted;
        Unreserve(pod, node, reason);
        BindsInFlight--;
        _inFlight.Remove(pod.Value);
        if (reason == UnreserveReason.Deleted)
        {
            ForgetAssumed(pod, node, devices);
            return;
        }

        AssumptionEnded?.Invoke(pod, false);
        PodRequest request = _pending.Request(pod.Value);
        _view.Remove(in request.Shape, node.Value, devices);
        _placedPods?.OnGone(pod.Value, node.Value);
        _strategy.OnPodRemoved(in request, node, PodRemovalReason.RolledBack);
        // Where nothing from outside is to come, what did not help twice will not help: pods that take turns at waiting for one another are left then.
        _fruitless = IsAlone ? _fruitless + 1 : 0;
        if (_fruitless == 0) OnRoomMade(node.Value, ClusterEvents.PodGone);
        else if (_fruitless <= FlushesAfterLastEvent * (_queue.Count + _waiting.Count + 1)) WakeFor(node.Value, ClusterEvents.PodGone);
        Park(pod.Value, UnschedulableKind.Unknown);
    }

    private delegate PhaseAnswer Phase(IBindingCycle cycle, in PodRequest pod, NodeIndex node);

    private delegate void Telling(IBindingCycle cycle, in PodRequest pod, NodeIndex node);

    private PhaseAnswer Ask(in PodRequest request, NodeIndex node, Phase phase)
    {
        try
        {
            return phase(_cycle!, in request, node);
        }
        catch (Exception error) when (IsStrategyFault(error))
        {
            Fault(request.Pod, error);
            return PhaseAnswer.Reject;
        }
    }

    private PostFilterAnswer AskPostFilter(in PodRequest request, bool beforePreemption)
    {
        try
        {
            return _cycle!.PostFilter(in request, beforePreemption);
        }
        catch (Exception error) when (IsStrategyFault(error))
        {
            Fault(request.Pod, error);
            return new PostFilterAnswer(NodeIndex.None, Ends: true);
        }
    }

    private void Tell(in PodRequest request, NodeIndex node, Telling telling)
    {
        try
        {
            telling(_cycle!, in request, node);
        }
        catch (Exception error) when (IsStrategyFault(error))
        {
            Fault(request.Pod, error);
        }
    }

    /// <summary>The waiting pods as the strategy handles them.</summary>
    internal IWaitingPods Waiting => _waitingHandle ??= new WaitingHandle(this);

    private WaitingHandle? _waitingHandle;

    private sealed class WaitingHandle(SchedulerHost host) : IWaitingPods
    {
        public int Count => host._waiting.Count;

        public void List(List<PodIndex> into)
        {
            foreach (int slot in host._waiting.Keys) into.Add(new PodIndex(slot));
        }

        public void Until(PodIndex pod, TimeSpan instant)
        {
            if (host._waiting.TryGetValue(pod.Value, out WaitingPod? waiting)) host.ArmWait(pod, waiting, instant);
        }

        public void Allow(PodIndex pod) => Say(pod, Word.Allowed);

        public void Reject(PodIndex pod) => Say(pod, Word.Rejected);

        private void Say(PodIndex pod, Word word)
        {
            host.Say(pod, word);
            host.Settle();
        }

        public void Activate(PodIndex pod)
        {
            if (!host.IsUp) return;
            host._queue.Hurry(pod.Value, host._loop.Now);
            host.ArmBackoff();
            host.ArmCycle();
        }
    }
}
