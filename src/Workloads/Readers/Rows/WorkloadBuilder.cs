using System.Globalization;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Where time 0 of the workload lies.</summary>
internal enum TimeOrigin
{
    /// <summary>At the first arrival.</summary>
    FirstArrival,

    /// <summary>Where the trace puts it; only a trace whose first arrival is negative is shifted, and that is counted.</summary>
    AsRecorded,
}

/// <summary>A pod's life as recorded, in ticks of 100 ns.</summary>
/// <param name="Arrival">Instant of creation on the trace's own clock; nothing when that lies before the record, and the pod is there from time 0.</param>
/// <param name="Duration">Service time, &gt; 0, or nothing when it runs on.</param>
/// <param name="Outcome">How it ends.</param>
internal readonly record struct RecordedLife(Int128? Arrival, Int128? Duration, PodOutcome Outcome = PodOutcome.Succeeded);

/// <summary>Collects pods in file order and makes the sorted workload of them: the same rules for every format.</summary>
internal sealed class WorkloadBuilder
{
    private const long PlausibleTicks = 3652 * TimeSpan.TicksPerDay;

    private static readonly long MostTicks = TraceReadOptions.LongestSpan.Ticks;

    private readonly ReadLog _log;
    private readonly TraceReadOptions _options;
    private readonly SpecPool _specs = new();
    private readonly List<PodArrival> _pods = [];
    private readonly List<Int128?> _arrivals = [];
    private readonly List<PodGroupSpec> _groups = [];
    private readonly RequestSums _sums = new();
    private Int128 _first = Int128.MaxValue;
    private Int128 _previous = Int128.MinValue;
    private Int128 _end = -(Int128)MostTicks;
    private Int128 _longest;
    private bool _sorted = true;

    public WorkloadBuilder(ReadLog log, TraceReadOptions options)
    {
        _log = log;
        _options = options;
    }

    public int Groups => _groups.Count;

    /// <summary>Adds a job of one or more pods of equal specs, which all arrive together: a pod, or a group with its members.</summary>
    /// <param name="line">Line of the job's row.</param>
    /// <param name="name">Name of the pod, or of the group; members are called <c>name-0</c>, <c>name-1</c>, ….</param>
    /// <param name="spec">What each pod asks for.</param>
    /// <param name="members">Number of pods, ≥ 1; from 2 on they form a group.</param>
    /// <param name="life">Recorded life; not looked at when times are ignored.</param>
    public void AddJob(int line, string name, PodSpec spec, int members, in RecordedLife life)
    {
        CheckRoom(line, members);
        spec = _specs.Shared(spec);
        if (members == 1)
        {
            Add(line, name, spec, life, -1);
            return;
        }

        int group = AddGroup(new PodGroupSpec(name, members));
        for (int member = 0; member < members; member++) Add(line, MemberName(name, member), spec, life, group);
    }

    /// <summary>Adds a group and returns its index.</summary>
    public int AddGroup(PodGroupSpec group)
    {
        _groups.Add(group);
        return _groups.Count - 1;
    }

    /// <summary>Adds one pod. Members of a group are added one after another with one arrival.</summary>
    public void AddPod(int line, string name, PodSpec spec, in RecordedLife life, int group)
    {
        CheckRoom(line, 1);
        Add(line, name, _specs.Shared(spec), life, group);
    }

    public static string MemberName(string job, int member) => string.Create(CultureInfo.InvariantCulture, $"{job}-{member}");

    /// <summary>The workload, sorted by arrival, equal arrivals in file order. Nothing is left to do in the builder after it.</summary>
    /// <param name="origin">Where time 0 is put.</param>
    /// <param name="startSeconds">The recorded instant that became time 0.</param>
    public Workload Build(TimeOrigin origin, out decimal startSeconds)
    {
        startSeconds = 0;
        _log.ThrowIfProblems();
        if (_pods.Count == 0) return new Workload([], [.. _groups]);
        if (_first == Int128.MaxValue) _first = 0;
        Int128 start = origin == TimeOrigin.FirstArrival || _first < 0 ? _first : 0;
        if (origin == TimeOrigin.AsRecorded && _first < 0) _log.Note(ReadReason.NegativeStart, 0, "", Seconds(_first));
        CheckSpan(start);
        _log.ThrowIfProblems();
        startSeconds = (decimal)start / TimeSpan.TicksPerSecond;

        var pods = new PodArrival[_pods.Count];
        for (int i = 0; i < pods.Length; i++) pods[i] = _pods[i] with { Arrival = new TimeSpan((long)((_arrivals[i] ?? start) - start)) };
        if (!_sorted) pods = [.. pods.OrderBy(pod => pod.Arrival)]; // LINQ's sort is stable
        return new Workload(pods, [.. _groups]);
    }

    /// <summary>Refuses more pods than allowed before they are made.</summary>
    private void CheckRoom(int line, int pods)
    {
        if (_pods.Count + (long)pods > _options.MaxPods)
        {
            _log.Problem(line, "", null, string.Create(CultureInfo.InvariantCulture, $"expected at most {_options.MaxPods} pods"));
            _log.ThrowIfProblems();
        }
    }

    private void Add(int line, string name, PodSpec spec, in RecordedLife life, int group)
    {
        if (_sums.Add(spec) is string overflow)
        {
            _log.Problem(line, overflow, null, "expected requests whose sum over the trace stays below 2^63; this row exceeds it");
            _log.ThrowIfProblems();
        }

        Int128? arrival = _options.IgnoreTimes ? 0 : life.Arrival;
        Int128? duration = _options.IgnoreTimes ? null : life.Duration;
        if (duration > MostTicks)
        {
            _log.Problem(line, "", Seconds(duration.Value), $"expected a duration of at most {MostTicks / TimeSpan.TicksPerSecond} seconds");
            duration = MostTicks;
        }

        _longest = Int128.Max(_longest, duration ?? 0);
        if (arrival is Int128 at)
        {
            // Members of a group share their row: only its first pod can be out of order.
            if (at < _previous)
            {
                _sorted = false;
                _log.Note(ReadReason.UnsortedArrivals, line, "", name);
            }

            _previous = at;
            _first = Int128.Min(_first, at);
            _end = Int128.Max(_end, at + (duration ?? 0));
        }
        else
        {
            _sorted &= _previous == Int128.MinValue;
        }

        _arrivals.Add(arrival);
        _pods.Add(new PodArrival(name, spec, TimeSpan.Zero, duration is Int128 ticks ? new TimeSpan((long)ticks) : null, group, life.Outcome));
    }

    /// <summary>Refuses a span that does not fit, and names the likely unit of one that is implausible.</summary>
    private void CheckSpan(Int128 start)
    {
        Int128 span = Int128.Max(_end - start, _longest);
        if (span <= PlausibleTicks) return;
        string likely = LikelyUnit(span) is string unit ? $"; the times look like {unit}" : "";
        string found = $"a span of {Seconds(span)} seconds{likely}";
        if (span > MostTicks) _log.Problem(0, "", null, $"expected times that span at most {MostTicks / TimeSpan.TicksPerSecond} seconds; found {found}");
        else _log.Note(ReadReason.ImplausibleSpan, 0, "", found);
    }

    /// <summary>The unit in which the first instant would be a date from 1985 to 2096, or else the largest in which the span would be plausible.</summary>
    private string? LikelyUnit(Int128 span)
    {
        (string Unit, long Factor)[] units = [("milliseconds", 1_000), ("microseconds", 1_000_000), ("nanoseconds", 1_000_000_000)];
        Int128 earliest = (Int128)500_000_000 * TimeSpan.TicksPerSecond, latest = (Int128)4_000_000_000 * TimeSpan.TicksPerSecond;
        return units.FirstOrDefault(unit => _first / unit.Factor >= earliest && _first / unit.Factor <= latest).Unit
            ?? units.FirstOrDefault(unit => span / unit.Factor <= PlausibleTicks).Unit;
    }

    private static string Seconds(Int128 ticks) => ((decimal)ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);
}
