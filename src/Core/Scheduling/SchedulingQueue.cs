using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// The three places where a pod (or a group, by its first member) waits for a decision, after kube-scheduler's <c>pkg/scheduler/backend/queue</c>:
/// active, in back-off, unschedulable.
/// </summary>
/// <remarks><code>
///            add                    decision fails                  a change that can help
/// (new) ────────────► active ─────────────────────► unschedulable ──────────────┬──────────────► active
///                       ▲                                                        │ back-off not over
///                       └──────────────── back-off over ──────── backoff ◄──────┘
/// </code>
/// Active is ordered by priority (higher first), then by the order in which units arrived or failed last: kube-scheduler's PrioritySort over the queue's timestamp.
/// Unschedulable pods lie in buckets of one shape and priority: a node that changed is asked once a bucket how many of them it could take, and that many are tried
/// again, first those whose back-off is over, oldest first. Groups of equal pods lie in buckets of one shape, size and priority: equal groups fit or do not fit
/// alike, so one of them is on the way at a time, and the next follows when it was placed. So it is with pods whose rules
/// depend on the pods of other nodes: they are asked about the whole cluster, when a node changed and when a pod was placed that their rules count. Nothing is left lying while it fits and none of its equals is on the way
/// (property tests).
/// </remarks>
internal sealed partial class SchedulingQueue
{
    private const int None = -1;
    private readonly PriorityQueue<int, ActiveKey> _active;
    private readonly PriorityQueue<int, (TimeSpan Until, int Rank, ulong Order)> _backoff = new();
    private readonly PriorityQueue<int, (TimeSpan Until, ulong Order)> _errors = new();
    private readonly TimeSpan[] _backoffs;
    private readonly bool _popsFromBackoff;
    private readonly List<Bucket> _buckets = [];
    private readonly Dictionary<(int Shape, int Priority, UnschedulableKind Kind, int Pods, ClusterEvents HelpedBy), int> _bucketIndex = [];
    private readonly List<int> _filled = [];
    private Entry[] _entries = new Entry[256];
    private ulong _order;
    private int _generation;

    /// <summary>An empty queue.</summary>
    /// <param name="options">Timing.</param>
    /// <param name="order">Order of active; null for priority, then time in the queue.</param>
    public SchedulingQueue(QueueOptions options, IQueueOrder? order = null)
    {
        _active = new PriorityQueue<int, ActiveKey>(order is null ? new ByPriority() : new ByOrder(order, this));
        _backoffs = Backoffs(options);
        _popsFromBackoff = options.PopsFromBackoff;
    }

    private readonly record struct ActiveKey(int Priority, int Unit, ulong Order);

    private sealed class ByPriority : IComparer<ActiveKey>
    {
        public int Compare(ActiveKey left, ActiveKey right) =>
            left.Priority != right.Priority ? right.Priority.CompareTo(left.Priority) : left.Order.CompareTo(right.Order);
    }

    private sealed class ByOrder(IQueueOrder order, SchedulingQueue queue) : IComparer<ActiveKey>
    {
        public int Compare(ActiveKey left, ActiveKey right)
        {
            int compared = order.Compare(queue.Queued(in left), queue.Queued(in right));
            return compared != 0 ? compared : left.Order.CompareTo(right.Order);
        }
    }

    private QueuedPod Queued(in ActiveKey key) => new(new PodIndex(key.Unit), key.Priority, _entries[key.Unit].FailedAt, _entries[key.Unit].ArrivedAt);

    private struct Entry
    {
        public int Attempts;
        public int Priority;
        public int WokenFrom;
        public int ParkedIn;
        public bool IsInBackoff;
        public int Next;

        /// <summary>When it failed last, or arrived.</summary>
        public TimeSpan FailedAt;

        /// <summary>When it arrived.</summary>
        public TimeSpan ArrivedAt;

        /// <summary>Number of its arrival or last failure: grows with time.</summary>
        public ulong Order;
    }

    /// <summary>Units that can be helped alike. A line for each length of back-off, oldest first: within a line back-off ends in the same order.</summary>
    private sealed class Bucket(int index, ShapeIndex shape, int priority, UnschedulableKind kind, ClusterEvents helpedBy, int lines)
    {
        public readonly int Index = index;
        public readonly ShapeIndex Shape = shape;
        public readonly int Priority = priority;
        public readonly UnschedulableKind Kind = kind;
        public readonly ClusterEvents HelpedBy = helpedBy;
        public readonly int[] First = [.. Enumerable.Repeat(None, lines)];
        public readonly int[] Last = new int[lines];
        public int Count;

        /// <summary>Units woken and not decided on again.</summary>
        public int OnTheWay;
    }

    /// <summary>With <see cref="QueueOptions.PopsFromBackoff"/>, ends of back-off are cut to windows of this length, in which priority counts (<c>backoffQOrderingWindowDuration</c>).</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    /// <summary>Units ready for a decision.</summary>
    public int ActiveCount => _active.Count > 0 || !_popsFromBackoff ? _active.Count : _backoff.Count;

    /// <summary>Units in all three places.</summary>
    public int Count => _active.Count + BackoffCount + UnschedulableCount;

    /// <summary>Units in back-off.</summary>
    public int BackoffCount => _backoff.Count + _errors.Count;

    /// <summary>Units that wait for a change that can help.</summary>
    public int UnschedulableCount { get; private set; }

    /// <summary>Failed attempts of a unit so far.</summary>
    public int Attempts(int unit) => _entries[unit].Attempts;

    /// <summary>A new unit enters active.</summary>
    public void Add(int unit, int priority, TimeSpan now = default)
    {
        Register(unit, priority);
        _entries[unit].ArrivedAt = _entries[unit].FailedAt = now;
        _entries[unit].Order = _order++;
        Activate(unit);
    }

    /// <summary>A pod that waits inside a group: no unit of its own, and no attempts yet.</summary>
    public void Register(int pod, int priority)
    {
        if (pod >= _entries.Length) Array.Resize(ref _entries, Math.Max(pod + 1, _entries.Length * 2));
        _entries[pod] = new Entry { Priority = priority, WokenFrom = None, ParkedIn = None, Next = None };
    }

    /// <summary>The attempt of the group that the pod waits in failed.</summary>
    public void CountAttempt(int pod) => _entries[pod].Attempts++;

    /// <summary>Takes the first unit of active.</summary>
    public bool TryPop(out int unit)
    {
        if (_active.TryDequeue(out unit, out _)) return true;
        if (!_popsFromBackoff || !_backoff.TryDequeue(out unit, out _)) return false;
        _entries[unit].IsInBackoff = false;
        return true;
    }

    /// <summary>The attempt failed: the unit lies unschedulable until a change that can help.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="shape">Shape of the pod, or of the members of a group.</param>
    /// <param name="kind">What can help it.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="pods">How many pods have to fit together.</param>
    /// <param name="helpedBy">For <see cref="UnschedulableKind.Unknown"/>: which changes can help.</param>
    public void Park(int unit, ShapeIndex shape, UnschedulableKind kind, TimeSpan now, int pods = 1, ClusterEvents helpedBy = ClusterEvents.All)
    {
        _entries[unit].Attempts++;
        _entries[unit].FailedAt = now;
        _entries[unit].Order = _order++;
        LayAside(unit, shape, kind, pods, helpedBy);
    }

    /// <summary>The unit may not be decided on: it lies unschedulable as it came, no attempt counted.</summary>
    public void Gate(int unit, ShapeIndex shape, ClusterEvents helpedBy) => LayAside(unit, shape, UnschedulableKind.Unknown, 1, helpedBy);

    private void LayAside(int unit, ShapeIndex shape, UnschedulableKind kind, int pods, ClusterEvents helpedBy)
    {
        Arrive(unit);
        ref Entry entry = ref _entries[unit];
        entry.Next = None;
        (int, int, UnschedulableKind, int, ClusterEvents) key = (shape.Value, entry.Priority, kind, pods, helpedBy);
        if (!_bucketIndex.TryGetValue(key, out int index))
        {
            index = _buckets.Count;
            _buckets.Add(new Bucket(index, shape, entry.Priority, kind, helpedBy, _backoffs.Length));
            _bucketIndex.Add(key, index);
        }

        entry.ParkedIn = index;
        Bucket bucket = _buckets[index];
        int line = LineOf(in entry);
        if (bucket.First[line] == None) bucket.First[line] = unit;
        else _entries[bucket.Last[line]].Next = unit;
        bucket.Last[line] = unit;
        if (bucket.Count++ == 0) _filled.Add(index);
        UnschedulableCount++;
    }

    /// <summary>Wakes what a change of <paramref name="node"/> can help.</summary>
    /// <returns>How many units were moved.</returns>
    public int OnNodeChanged(ClusterState view, int node, TimeSpan now, ClusterEvents what = ClusterEvents.All)
    {
        int before = UnschedulableCount;
        WakeSplit(view, now);
        for (int i = 0; i < _filled.Count; i++)
        {
            Bucket bucket = _buckets[_filled[i]];
            if (bucket.Kind == UnschedulableKind.Unknown)
            {
                if ((bucket.HelpedBy & what) != ClusterEvents.None) WakeAll(bucket, now);
            }
            else
            {
                if (bucket.Kind == UnschedulableKind.Group && bucket.OnTheWay > 0) continue;
                ref readonly PodShape shape = ref view.Shapes[bucket.Shape];
                if (shape.ClusterRules is not null)
                {
                    // A change here can make room elsewhere, for one more than there was: as with groups, one is on the way at a time.
                    if (bucket.OnTheWay > 0 || !view.FitsSomewhere(in shape)) continue;
                    Wake(bucket, NextLine(bucket, now), now);
                    if (bucket.Count == 0) _filled.RemoveAt(i--);
                    continue;
                }

                if (!view.Fits(in shape, node)) continue;
                long copies = bucket.Kind == UnschedulableKind.Group ? 1 : Copies(view, in shape, node);
                while (copies-- > 0 && bucket.Count > 0) Wake(bucket, NextLine(bucket, now), now);
            }

            if (bucket.Count == 0) _filled.RemoveAt(i--);
        }

        return before - UnschedulableCount;
    }

    /// <summary>Wakes what a pod that was placed can help: pods that want to be near it, and pods that may follow it without breaking the spread.</summary>
    /// <returns>How many units were moved.</returns>
    public int OnPodPlaced(ClusterState view, in PodShape placed, TimeSpan now)
    {
        if (UnschedulableCount == 0) return 0;
        int before = UnschedulableCount;
        WakeSplit(view, now);
        for (int i = 0; i < _filled.Count; i++)
        {
            Bucket bucket = _buckets[_filled[i]];
            ref readonly PodShape shape = ref view.Shapes[bucket.Shape];
            if (shape.ClusterRules is not { } rules || !rules.IsHelpedBy(view.Shapes.CountersOf(placed.Entry))) continue;
            if (bucket.Kind == UnschedulableKind.Unknown)
            {
                if (bucket.HelpedBy.HasFlag(ClusterEvents.PodPlaced)) WakeAll(bucket, now);
            }
            else if (bucket.OnTheWay == 0 && view.FitsSomewhere(in shape))
            {
                Wake(bucket, NextLine(bucket, now), now);
            }

            if (bucket.Count == 0) _filled.RemoveAt(i--);
        }

        return before - UnschedulableCount;
    }

    /// <summary>A unit was placed: room may be left for the next of its equals, where only one is on the way at a time.</summary>
    /// <returns>Whether one was woken.</returns>
    public bool OnUnitPlaced(ShapeTable shapes, int unit, TimeSpan now)
    {
        if (Arrive(unit) is not { OnTheWay: 0, Count: > 0 } bucket || !GoesOneByOne(shapes, bucket)) return false;
        Wake(bucket, NextLine(bucket, now), now);
        if (bucket.Count == 0) _filled.Remove(bucket.Index);
        return true;
    }

    /// <summary>Wakes every unit that has been unschedulable since before <paramref name="before"/>.</summary>
    public void Flush(TimeSpan before, TimeSpan now)
    {
        for (int i = 0; i < _filled.Count; i++)
        {
            Bucket bucket = _buckets[_filled[i]];
            for (int line = 0; line < bucket.First.Length; line++)
            {
                while (bucket.First[line] != None && _entries[bucket.First[line]].FailedAt <= before) Wake(bucket, line, now);
            }

            if (bucket.Count == 0) _filled.RemoveAt(i--);
        }
    }

    /// <summary>Shapes and priorities of unschedulable pods (not groups) that wait for room: for the property test.</summary>
    internal IEnumerable<(ShapeIndex Shape, int Priority)> WaitingShapes() =>
        _filled.Select(index => _buckets[index]).Where(bucket => bucket.Kind == UnschedulableKind.Pod).Select(bucket => (bucket.Shape, bucket.Priority));

    /// <summary>Whether some unit that is active or in back-off is one of these: for the property test.</summary>
    internal bool IsOnTheWay(Func<int, bool> isOne) => _active.UnorderedItems.Any(item => isOne(item.Element)) || _backoff.UnorderedItems.Any(item => isOne(item.Element)) || _errors.UnorderedItems.Any(item => isOne(item.Element));

    /// <summary>How many pods of the shape the node has room for, by its divisible resources.</summary>
    internal static long Copies(ClusterState view, in PodShape shape, int node)
    {
        long copies = view.FreePods[node];
        if (shape.CpuMilli > 0) copies = Math.Min(copies, view.FreeCpuMilli[node] / shape.CpuMilli);
        if (shape.MemoryBytes > 0) copies = Math.Min(copies, view.FreeMemoryBytes[node] / shape.MemoryBytes);
        if (shape.GpuCount > 0) copies = Math.Min(copies, view.FreeGpuMilli[node] / shape.GpuMilliTotal);
        return copies;
    }

    /// <summary>Whether one of the bucket's units is on the way at a time.</summary>
    private static bool GoesOneByOne(ShapeTable shapes, Bucket bucket) =>
        bucket.Kind == UnschedulableKind.Group || (bucket.Kind == UnschedulableKind.Pod && shapes[bucket.Shape].ClusterRules is not null);

    /// <summary>Shapes have split: what lies in one bucket may not be of one shape any more, so all is tried again.</summary>
    private void WakeSplit(ClusterState view, TimeSpan now)
    {
        if (_generation == view.Shapes.Generation) return;
        _generation = view.Shapes.Generation;
        foreach (int index in _filled)
        {
            WakeAll(_buckets[index], now);
        }

        _filled.Clear();
    }

    /// <summary>Takes a unit out of wherever it is: its pod was deleted. Costs a pass over its line, or over the units that are active or in back-off.</summary>
    /// <returns>Whether one of its equals that waited for it was woken.</returns>
    public bool Forget(ShapeTable shapes, int unit, TimeSpan now)
    {
        if (_entries[unit].ParkedIn is var index && index != None)
        {
            Unlink(_buckets[index], unit);
            return false;
        }

        if (_entries[unit].IsInBackoff) LeaveBackoff(unit);
        else _active.Remove(unit, out _, out _);
        _entries[unit].IsInBackoff = false;
        return OnUnitPlaced(shapes, unit, now);
    }

    private void Unlink(Bucket bucket, int unit)
    {
        ref Entry entry = ref _entries[unit];
        int line = LineOf(in entry), before = None;
        for (int other = bucket.First[line]; other != unit; other = _entries[other].Next) before = other;
        if (before == None) bucket.First[line] = entry.Next;
        else _entries[before].Next = entry.Next;
        if (bucket.Last[line] == unit) bucket.Last[line] = before;
        entry.ParkedIn = None;
        UnschedulableCount--;
        if (--bucket.Count == 0) _filled.Remove(bucket.Index);
    }

    /// <summary>The line whose first goes next: the oldest of those whose back-off is over, or else the one whose back-off ends first.</summary>
    private int NextLine(Bucket bucket, TimeSpan now)
    {
        int next = None;
        (TimeSpan Ready, ulong Order) least = default;
        for (int line = 0; line < bucket.First.Length; line++)
        {
            if (bucket.First[line] == None) continue;
            ref readonly Entry entry = ref _entries[bucket.First[line]];
            TimeSpan until = entry.FailedAt + _backoffs[line];
            (TimeSpan Ready, ulong Order) candidate = (until > now ? until : now, entry.Order);
            if (next == None || candidate.CompareTo(least) < 0) (next, least) = (line, candidate);
        }

        return next;
    }

    private void WakeAll(Bucket bucket, TimeSpan now)
    {
        while (bucket.Count > 0) Wake(bucket, NextLine(bucket, now), now);
    }

    private void Wake(Bucket bucket, int line, TimeSpan now)
    {
        int unit = bucket.First[line];
        ref Entry entry = ref _entries[unit];
        bucket.First[line] = entry.Next;
        bucket.Count--;
        UnschedulableCount--;
        SendOn(unit, bucket, entry.Attempts == 0 ? now : entry.FailedAt + _backoffs[line], now);
    }

    /// <summary>A unit that was on the way has been decided on; the bucket it came from.</summary>
    private Bucket? Arrive(int unit)
    {
        int from = _entries[unit].WokenFrom;
        if (from == None) return null;
        _entries[unit].WokenFrom = None;
        _buckets[from].OnTheWay--;
        return _buckets[from];
    }

    private void Activate(int unit)
    {
        ref Entry entry = ref _entries[unit];
        entry.IsInBackoff = false;
        _active.Enqueue(unit, new ActiveKey(entry.Priority, unit, entry.Order));
    }
}
