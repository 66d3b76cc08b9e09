using SchedBench.Core.Arrivals;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Which pod has to arrive next, and when: read from the plan alone.</summary>
internal sealed class ArrivalBooks(ArrivalPlan plan)
{
    private int _next;
    private bool _started;

    /// <summary>The pod of an ordinal.</summary>
    public ref readonly PodArrival Pod(int uid) => ref plan.Workload.Pods.Span[plan.Order is null ? uid : plan.Order[uid]];

    /// <summary>Groups of the workload.</summary>
    public IReadOnlyList<PodGroupSpec> Groups => plan.Workload.Groups;

    /// <summary>Takes the next arrival and says what is wrong with it, or null.</summary>
    public Finding? Next(int uid, TimeSpan at)
    {
        if (!_started)
        {
            _started = true;
            while (!plan.AllAtOnce && _next < plan.Count && Pod(_next).Arrival < plan.From) _next++;
        }

        if (_next >= plan.Count) return new Finding(Invariant.SameArrivals, "arrival", "none: the plan is over", $"pod {uid}");
        int expected = _next++;
        if (uid != expected) return new Finding(Invariant.SameArrivals, "arrival", $"pod {expected}", $"pod {uid}");
        TimeSpan due = Due(expected);
        return due == at ? null : new Finding(Invariant.SameArrivals, "instant of arrival", $"{due}", $"{at}");
    }

    private TimeSpan Due(int uid)
    {
        if (plan.AllAtOnce) return TimeSpan.Zero;
        TimeSpan since = Pod(uid).Arrival - plan.From;
        return plan.Compression == 1 ? since : TimeSpan.FromTicks((long)(since.Ticks / plan.Compression));
    }
}
