using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>A pod that a fault took from its services.</summary>
/// <param name="at">When it stopped answering.</param>
internal sealed class PodLoss(TimeSpan at)
{
    /// <summary>When it stopped answering.</summary>
    public TimeSpan At => at;

    /// <summary>When the control plane recorded its node as not ready, not before the loss; null before that.</summary>
    public TimeSpan? DetectedAt { get; set; }
}

/// <summary>What the time from the loss of a pod until a new one answers was spent on, in six phases that add up to it exactly.</summary>
/// <remarks>
/// <code>
/// loss -detect-> node not ready -evict-> replacement created -place-> bound -pull-> last image there -start-> process listens -ready-> answers well
/// </code>
/// An instant that lies before the end of the phase before it ends its own phase at once; one that the control plane never reached before the replacement was created (the node was not recorded as not
/// ready) leaves all the time until then to <c>detect</c>. A loss of a pod alone, such as a kill, has no node to detect: its first phase is 0. A replacement without a pull has its images when it is bound.
/// Which loss a pod replaces is the caller's rule. A pod that had answered before comes back by itself (its node returned, its container was started again): it is counted apart and enters no phase.
/// </remarks>
/// <param name="now">The current instant.</param>
internal sealed class RecoveryPhases(Func<TimeSpan> now)
{
    private static readonly string[] Names = ["detect", "evict", "place", "pull", "start", "ready"];

    private readonly Dictionary<long, Way> _ways = [];
    private readonly HashSet<int> _notReady = [];
    private readonly Dictionary<int, List<PodLoss>> _undetected = [];
    private readonly List<long>[] _ticks = [.. Names.Select(_ => new List<long>())];
    private readonly List<long> _whole = [];
    private long _returns;

    /// <summary>How far a pod has come.</summary>
    private sealed class Way(TimeSpan createdAt)
    {
        public readonly TimeSpan CreatedAt = createdAt;
        public TimeSpan? BoundAt;
        public TimeSpan? PulledAt;
        public TimeSpan? ListensAt;
        public bool HasAnswered;
    }

    /// <summary>A write was made.</summary>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Pod pod) return;
        if (change.After is null)
        {
            _ways.Remove(pod.Uid);
            return;
        }

        if (!_ways.TryGetValue(pod.Uid, out Way? way)) _ways.Add(pod.Uid, way = new Way(now()));
        if (pod.Node.IsNode) way.BoundAt ??= now();
    }

    /// <summary>A fact was recorded.</summary>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.ImagePulled when _ways.TryGetValue(fact.Uid, out Way? way):
                way.PulledAt = fact.At;
                break;
            case FactKind.NodeNotReady:
                _notReady.Add(fact.Node.Value);
                if (!_undetected.Remove(fact.Node.Value, out List<PodLoss>? losses)) break;
                foreach (PodLoss loss in losses) loss.DetectedAt = fact.At;
                break;
            case FactKind.NodeReady:
                _notReady.Remove(fact.Node.Value);
                break;
            default:
                break;
        }
    }

    /// <summary>The process of a pod accepts connections.</summary>
    public void OnListening(Pod pod)
    {
        if (_ways.TryGetValue(pod.Uid, out Way? way)) way.ListensAt = now();
    }

    /// <summary>A pod answers well, and has replaced what it replaces.</summary>
    public void OnFit(Pod pod)
    {
        if (_ways.TryGetValue(pod.Uid, out Way? way)) way.HasAnswered = true;
    }

    /// <summary>A pod is lost, with its node or alone.</summary>
    public PodLoss Lose(Pod pod, bool isOfNode)
    {
        var loss = new PodLoss(now());
        if (!isOfNode || _notReady.Contains(pod.Node.Value))
        {
            loss.DetectedAt = loss.At;
            return loss;
        }

        if (!_undetected.TryGetValue(pod.Node.Value, out List<PodLoss>? losses)) _undetected.Add(pod.Node.Value, losses = []);
        losses.Add(loss);
        return loss;
    }

    /// <summary>A pod that begins to answer well takes the place of a lost one.</summary>
    public void Replace(PodLoss loss, Pod pod)
    {
        if (!_ways.TryGetValue(pod.Uid, out Way? way) || way.HasAnswered)
        {
            _returns++;
            return;
        }

        TimeSpan detected = loss.DetectedAt is { } at && at < way.CreatedAt ? at : way.CreatedAt;
        Span<long> ticks = stackalloc long[Names.Length];
        Divide(loss.At, [detected, way.CreatedAt, way.BoundAt, way.PulledAt, way.ListensAt, now()], ticks);
        for (int phase = 0; phase < ticks.Length; phase++) _ticks[phase].Add(ticks[phase]);
        _whole.Add((now() - loss.At).Ticks);
    }

    /// <summary>Divides the time from an instant on into phases: each ends at its instant, or at once where that is unknown or past.</summary>
    /// <param name="from">Where the first phase begins.</param>
    /// <param name="ends">Ends of the phases; the last one ends them all.</param>
    /// <param name="ticks">Receives their lengths; they add up to the last end less the beginning.</param>
    public static void Divide(TimeSpan from, ReadOnlySpan<TimeSpan?> ends, Span<long> ticks)
    {
        for (int phase = 0; phase < ends.Length; phase++)
        {
            TimeSpan end = ends[phase] is { } known && known > from ? known : from;
            ticks[phase] = (end - from).Ticks;
            from = end;
        }
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(MetricSink sink)
    {
        sink.Add("replacements_total", _whole.Count);
        sink.Add("replacements_by_return_total", _returns);
        SampleFigures.MeanAndP95("recovery_seconds", _whole, sink);
        for (int phase = 0; phase < Names.Length; phase++) SampleFigures.MeanAndP95($"recovery_{Names[phase]}_seconds", _ticks[phase], sink);
    }
}
