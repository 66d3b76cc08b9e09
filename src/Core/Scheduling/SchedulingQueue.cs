using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Timing of the scheduling queue. Defaults are kube-scheduler's.</summary>
public sealed record QueueOptions
{
    /// <summary>Back-off after the first failed attempt; doubles with each further one.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest back-off.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A pod that stayed unschedulable this long is tried again without a reason.</summary>
    public TimeSpan UnschedulableTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the queue looks for such pods.</summary>
    public TimeSpan FlushPeriod { get; init; } = TimeSpan.FromSeconds(30);
}

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
/// Active is ordered by priority (higher first), then by the instant of entry, then by order of entry.
/// Unschedulable pods lie in buckets of one shape and priority, oldest first: a node that changed is asked once a bucket how many of them it could take, and
/// that many are tried again. Groups of equal pods lie in buckets of one shape, size and priority: equal groups fit or do not fit alike, so one of them is on
/// the way at a time, and the next follows when it was placed. So it is with pods whose rules depend on the pods of other nodes: they are asked about the whole cluster, when a node
/// changed and when a pod was placed that their rules count. Nothing is left lying while it fits and none of its equals is on the way (property tests).
/// </remarks>
internal sealed class SchedulingQueue(QueueOptions options)
{
    private const int None = -1;
    private readonly PriorityQueue<int, ActiveKey> _active = new(new ByPriority());
    private readonly PriorityQueue<int, (TimeSpan Until, ulong Sequence)> _backoff = new();
    private readonly List<Bucket> _buckets = [];
    private readonly Dictionary<(int Shape, int Priority, UnschedulableKind Kind, int Pods), int> _bucketIndex = [];
    private readonly List<int> _filled = [];
    private Entry[] _entries = new Entry[256];
    private ulong _sequence;
    private int _generation;

    private readonly record struct ActiveKey(int Priority, TimeSpan Since, ulong Sequence);

    private sealed class ByPriority : IComparer<ActiveKey>
    {
        public int Compare(ActiveKey left, ActiveKey right)
        {
            if (left.Priority != right.Priority) return right.Priority.CompareTo(left.Priority);
            return left.Since != right.Since ? left.Since.CompareTo(right.Since) : left.Sequence.CompareTo(right.Sequence);
        }
    }

    private struct Entry
    {
        public int Attempts;
        public int Priority;
        public int Bucket;
        public int WokenFrom;
        public int Next;
        public int Previous;
        public TimeSpan FailedAt;
    }

    private sealed class Bucket(ShapeIndex shape, int priority, UnschedulableKind kind)
    {
        public readonly ShapeIndex Shape = shape;
        public readonly int Priority = priority;
        public readonly UnschedulableKind Kind = kind;
        public int First = None;
        public int Last = None;

        /// <summary>Units woken and not decided on again.</summary>
        public int OnTheWay;
    }

    /// <summary>Units ready for a decision.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>Units in all three places.</summary>
    public int Count => _active.Count + _backoff.Count + UnschedulableCount;

    /// <summary>Units in back-off.</summary>
    public int BackoffCount => _backoff.Count;

    /// <summary>Units that wait for a change that can help.</summary>
    public int UnschedulableCount { get; private set; }

    /// <summary>When the next back-off ends.</summary>
    public TimeSpan? NextBackoffEnd => _backoff.TryPeek(out _, out (TimeSpan Until, ulong Sequence) key) ? key.Until : null;

    /// <summary>Failed attempts of a unit so far.</summary>
    public int Attempts(int unit) => _entries[unit].Attempts;

    /// <summary>A new unit enters active.</summary>
    public void Add(int unit, int priority, TimeSpan now)
    {
        Register(unit, priority);
        Activate(unit, now);
    }

    /// <summary>A pod that waits inside a group: no unit of its own, and no attempts yet.</summary>
    public void Register(int pod, int priority)
    {
        if (pod >= _entries.Length) Array.Resize(ref _entries, Math.Max(pod + 1, _entries.Length * 2));
        _entries[pod] = new Entry { Priority = priority, Bucket = None, WokenFrom = None, Next = None, Previous = None };
    }

    /// <summary>The attempt of the group that the pod waits in failed.</summary>
    public void CountAttempt(int pod) => _entries[pod].Attempts++;

    /// <summary>Takes the first unit of active.</summary>
    public bool TryPop(out int unit) => _active.TryDequeue(out unit, out _);

    /// <summary>The attempt failed: the unit lies unschedulable until a change that can help.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="shape">Shape of the pod, or of the members of a group.</param>
    /// <param name="kind">What can help it.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="pods">How many pods have to fit together.</param>
    public void Park(int unit, ShapeIndex shape, UnschedulableKind kind, TimeSpan now, int pods = 1)
    {
        Arrive(unit);
        ref Entry entry = ref _entries[unit];
        entry.Attempts++;
        entry.FailedAt = now;
        (int, int, UnschedulableKind, int) key = (shape.Value, entry.Priority, kind, pods);
        if (!_bucketIndex.TryGetValue(key, out int index))
        {
            index = _buckets.Count;
            _buckets.Add(new Bucket(shape, entry.Priority, kind));
            _bucketIndex.Add(key, index);
        }

        Bucket bucket = _buckets[index];
        entry.Bucket = index;
        entry.Previous = bucket.Last;
        entry.Next = None;
        if (bucket.Last == None)
        {
            bucket.First = unit;
            Insert(index);
        }
        else
        {
            _entries[bucket.Last].Next = unit;
        }

        bucket.Last = unit;
        UnschedulableCount++;
    }

    /// <summary>Wakes what a change of <paramref name="node"/> can help.</summary>
    /// <returns>How many units were moved.</returns>
    public int OnNodeChanged(ClusterState view, int node, TimeSpan now)
    {
        int moved = WakeSplit(view, now);
        for (int i = 0; i < _filled.Count; i++)
        {
            Bucket bucket = _buckets[_filled[i]];
            if (bucket.Kind == UnschedulableKind.Unknown)
            {
                while (bucket.First != None) moved += Wake(bucket.First, now);
            }
            else
            {
                if (bucket.Kind == UnschedulableKind.Group && bucket.OnTheWay > 0) continue;
                ref readonly PodShape shape = ref view.Shapes[bucket.Shape];
                if (shape.ClusterRules is not null)
                {
                    // A change here can make room elsewhere, for one more than there was: as with groups, one is on the way at a time.
                    if (bucket.OnTheWay > 0 || !view.FitsSomewhere(in shape)) continue;
                    moved += Wake(bucket.First, now);
                    if (bucket.First == None) _filled.RemoveAt(i--);
                    continue;
                }

                if (!view.Fits(in shape, node)) continue;
                long copies = bucket.Kind == UnschedulableKind.Group ? 1 : Copies(view, in shape, node);
                while (copies-- > 0 && bucket.First != None) moved += Wake(bucket.First, now);
            }

            if (bucket.First == None) _filled.RemoveAt(i--);
        }

        return moved;
    }

    /// <summary>Wakes what a pod that was placed can help: pods that want to be near it, and pods that may follow it without breaking the spread.</summary>
    /// <returns>How many units were moved.</returns>
    public int OnPodPlaced(ClusterState view, in PodShape placed, TimeSpan now)
    {
        if (UnschedulableCount == 0) return 0;
        int moved = WakeSplit(view, now);
        for (int i = 0; i < _filled.Count; i++)
        {
            Bucket bucket = _buckets[_filled[i]];
            ref readonly PodShape shape = ref view.Shapes[bucket.Shape];
            if (shape.ClusterRules is not { } rules || !rules.IsHelpedBy(view.Shapes.CountersOf(placed.Entry))) continue;
            if (bucket.Kind == UnschedulableKind.Unknown)
            {
                while (bucket.First != None) moved += Wake(bucket.First, now);
            }
            else if (bucket.OnTheWay == 0 && view.FitsSomewhere(in shape))
            {
                moved += Wake(bucket.First, now);
            }

            if (bucket.First == None) _filled.RemoveAt(i--);
        }

        return moved;
    }

    /// <summary>A unit was placed: room may be left for the next of its equals, where only one is on the way at a time.</summary>
    /// <returns>Whether one was woken.</returns>
    public bool OnUnitPlaced(ShapeTable shapes, int unit, TimeSpan now)
    {
        int from = _entries[unit].WokenFrom;
        if (from == None || Arrive(unit) is not { OnTheWay: 0 } bucket || bucket.First == None) return false;
        if (bucket.Kind == UnschedulableKind.Unknown || (bucket.Kind == UnschedulableKind.Pod && shapes[bucket.Shape].ClusterRules is null)) return false;
        Wake(bucket.First, now);
        if (bucket.First == None) _filled.Remove(from);
        return true;
    }

    /// <summary>Wakes every unit that has been unschedulable since before <paramref name="before"/>.</summary>
    public void Flush(TimeSpan before, TimeSpan now)
    {
        for (int i = 0; i < _filled.Count; i++)
        {
            Bucket bucket = _buckets[_filled[i]];
            while (bucket.First != None && _entries[bucket.First].FailedAt <= before) Wake(bucket.First, now);
            if (bucket.First == None) _filled.RemoveAt(i--);
        }
    }

    /// <summary>Moves units whose back-off is over to active.</summary>
    public void ReleaseBackoff(TimeSpan now)
    {
        while (_backoff.TryPeek(out int unit, out (TimeSpan Until, ulong Sequence) key) && key.Until <= now)
        {
            _backoff.Dequeue();
            Activate(unit, now);
        }
    }

    /// <summary>Shapes and priorities of unschedulable pods (not groups) that wait for room: for the property test.</summary>
    internal IEnumerable<(ShapeIndex Shape, int Priority)> WaitingShapes() =>
        _filled.Select(index => _buckets[index]).Where(bucket => bucket.Kind == UnschedulableKind.Pod).Select(bucket => (bucket.Shape, bucket.Priority));

    /// <summary>Whether some unit that is active or in back-off is one of these: for the property test.</summary>
    internal bool IsOnTheWay(Func<int, bool> isOne) => _active.UnorderedItems.Any(item => isOne(item.Element)) || _backoff.UnorderedItems.Any(item => isOne(item.Element));

    /// <summary>How many pods of the shape the node has room for, by its divisible resources.</summary>
    internal static long Copies(ClusterState view, in PodShape shape, int node)
    {
        long copies = view.FreePods[node];
        if (shape.CpuMilli > 0) copies = Math.Min(copies, view.FreeCpuMilli[node] / shape.CpuMilli);
        if (shape.MemoryBytes > 0) copies = Math.Min(copies, view.FreeMemoryBytes[node] / shape.MemoryBytes);
        if (shape.GpuCount > 0) copies = Math.Min(copies, view.FreeGpuMilli[node] / shape.GpuMilliTotal);
        return copies;
    }

    /// <summary>Shapes have split: what lies in one bucket may not be of one shape any more, so all is tried again.</summary>
    private int WakeSplit(ClusterState view, TimeSpan now)
    {
        if (_generation == view.Shapes.Generation) return 0;
        _generation = view.Shapes.Generation;
        int moved = 0;
        foreach (int index in _filled)
        {
            while (_buckets[index].First != None) moved += Wake(_buckets[index].First, now);
        }

        _filled.Clear();
        return moved;
    }

    private int Wake(int unit, TimeSpan now)
    {
        ref Entry entry = ref _entries[unit];
        Bucket bucket = _buckets[entry.Bucket];
        if (entry.Previous == None) bucket.First = entry.Next;
        else _entries[entry.Previous].Next = entry.Next;
        if (entry.Next == None) bucket.Last = entry.Previous;
        else _entries[entry.Next].Previous = entry.Previous;
        entry.WokenFrom = entry.Bucket;
        entry.Bucket = None;
        bucket.OnTheWay++;
        UnschedulableCount--;
        TimeSpan until = entry.FailedAt + Backoff(entry.Attempts);
        if (until > now) _backoff.Enqueue(unit, (until, _sequence++));
        else Activate(unit, now);
        return 1;
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

    private void Activate(int unit, TimeSpan now) => _active.Enqueue(unit, new ActiveKey(_entries[unit].Priority, now, _sequence++));

    private TimeSpan Backoff(int attempts)
    {
        TimeSpan backoff = options.InitialBackoff;
        for (int k = 1; k < attempts && backoff < options.MaxBackoff; k++) backoff *= 2;
        return backoff < options.MaxBackoff ? backoff : options.MaxBackoff;
    }

    /// <summary>Filled buckets stand by priority, higher first, then by age of the bucket.</summary>
    private void Insert(int index)
    {
        int at = _filled.Count;
        while (at > 0 && Before(index, _filled[at - 1])) at--;
        _filled.Insert(at, index);
    }

    private bool Before(int left, int right) => _buckets[left].Priority != _buckets[right].Priority
        ? _buckets[left].Priority > _buckets[right].Priority
        : left < right;
}

/// <summary>Why a unit is unschedulable, which decides what can help it.</summary>
internal enum UnschedulableKind
{
    /// <summary>A pod that fits on no node: a node with room for its shape can help.</summary>
    Pod,

    /// <summary>A group of equal pods that does not fit as a whole: a node with room for one of them can help.</summary>
    Group,

    /// <summary>The strategy let it wait, its answer was refused, or it is a group of different pods: any change may help.</summary>
    Unknown,
}
