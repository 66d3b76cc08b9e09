using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>One service's counts and integrals during an update (REFERENCE §1.6).</summary>
/// <remarks>Deficit by cause: every pod that stops serving opens a loss of its cause. A loss is closed when its own pod serves again, when another pod begins to serve (the oldest loss first), or when
/// the service lacks nothing. What is lacking at an instant belongs to the open losses, node faults before evictions before updates; what no open loss explains is <i>other</i>. The four parts sum to the
/// deficit exactly.</remarks>
internal sealed class ServiceBook(Service service)
{
    private const int Causes = 4;
    private readonly Dictionary<long, (LossCause Cause, long Number)> _losses = [];
    private readonly Queue<(long Pod, long Number)> _oldest = new();
    private readonly int[] _open = new int[Causes];
    private readonly Int128[] _deficit = new Int128[Causes];
    private readonly Dictionary<int, int> _placedBefore = [];
    private TimeSpan _since = TimeSpan.MaxValue;
    private long _lossNumber;

    public Service Service { get; set; } = service;

    public int Desired { get; set; }

    public int Available { get; set; }

    public int Alive { get; set; }

    public int Terminating { get; set; }

    public int Old { get; set; }

    public int OldServing { get; set; }

    public int NewServing { get; set; }

    public long Created { get; set; }

    /// <summary>Whether a pod of the new version was ever made.</summary>
    public bool HasNew { get; set; }

    public long MixedTicks { get; private set; }

    public Int128 SurgeTicks { get; private set; }

    public Int128 HeldTicks { get; private set; }

    public double? LowestRatio { get; private set; }

    /// <summary>First instant since which all wanted pods are new and serve, and no old one is left; null while that is not so.</summary>
    public TimeSpan? DoneAt { get; private set; }

    public void Begin(TimeSpan at) => _since = at;

    public Int128 DeficitTicks(LossCause cause) => _deficit[(int)cause];

    public void Advance(TimeSpan now)
    {
        if (now <= _since) return;
        long ticks = (now - _since).Ticks;
        _since = now;
        Divide(ticks, Desired - Available);
        SurgeTicks += (Int128)ticks * Math.Max(0, Alive - Desired);
        HeldTicks += (Int128)ticks * Math.Max(0, Alive + Terminating - Desired);
        if (OldServing > 0 && NewServing > 0) MixedTicks += ticks;
        if (Desired == 0) return;
        double ratio = (double)Math.Min(Available, Desired) / Desired;
        if (!(ratio >= LowestRatio)) LowestRatio = ratio;
    }

    /// <summary>A pod serves no more.</summary>
    public void Lose(long pod, LossCause cause)
    {
        Available--;
        Open(pod, cause);
        CloseAllIfWhole();
    }

    /// <summary>A pod begins to serve.</summary>
    public void Gain(long pod)
    {
        Available++;
        if (!Close(pod)) CloseOldest();
        CloseAllIfWhole();
    }

    /// <summary>The service selects other pods: what is lacking then is the doing of whoever pointed it there. What a new one lacks (<paramref name="isLoss"/> false) was never there.</summary>
    public void Repoint(int available, bool isLoss)
    {
        Available = available;
        CloseAll();
        for (int lacking = isLoss ? Desired - available : 0; lacking > 0; lacking--) Open(-lacking, LossCause.Update);
    }

    public void Judge(TimeSpan now)
    {
        bool isDone = NewServing >= Desired && Old == 0;
        if (!isDone) DoneAt = null;
        else DoneAt ??= now;
    }

    /// <summary>A pod of the family holds a node when the update begins.</summary>
    public void PlaceBefore(NodeIndex node) => _placedBefore[node.Value] = _placedBefore.GetValueOrDefault(node.Value) + 1;

    /// <summary>Replicas that sit on another node than one of theirs did before.</summary>
    /// <param name="placed">Pods by node now.</param>
    public long Moved(IReadOnlyDictionary<int, int> placed)
    {
        long more = 0, less = 0;
        foreach ((int node, int count) in placed) more += Math.Max(0, count - _placedBefore.GetValueOrDefault(node));
        foreach ((int node, int count) in _placedBefore) less += Math.Max(0, count - placed.GetValueOrDefault(node));
        return Math.Min(more, less);
    }

    private void Divide(long ticks, int lacking)
    {
        for (int cause = 0; cause < Causes && lacking > 0; cause++)
        {
            int part = cause == (int)LossCause.Other ? lacking : Math.Min(lacking, _open[cause]);
            _deficit[cause] += (Int128)ticks * part;
            lacking -= part;
        }
    }

    private void Open(long pod, LossCause cause)
    {
        _losses.Add(pod, (cause, ++_lossNumber));
        _oldest.Enqueue((pod, _lossNumber));
        _open[(int)cause]++;
    }

    private bool Close(long pod)
    {
        if (!_losses.Remove(pod, out (LossCause Cause, long Number) loss)) return false;
        _open[(int)loss.Cause]--;
        return true;
    }

    private void CloseOldest()
    {
        while (_oldest.TryDequeue(out (long Pod, long Number) oldest))
        {
            // Closed already, and opened anew maybe.
            if (!_losses.TryGetValue(oldest.Pod, out (LossCause Cause, long Number) loss) || loss.Number != oldest.Number) continue;
            Close(oldest.Pod);
            return;
        }
    }

    private void CloseAllIfWhole()
    {
        if (Available >= Desired) CloseAll();
    }

    private void CloseAll()
    {
        _losses.Clear();
        _oldest.Clear();
        Array.Clear(_open);
    }
}
