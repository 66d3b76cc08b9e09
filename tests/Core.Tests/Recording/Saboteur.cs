using System.Reflection;
using System.Runtime.CompilerServices;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Tests.Recording;

/// <summary>Corrupts a run from within when a fact of a kind is recorded for the n-th time: the planted bugs.</summary>
internal sealed class Saboteur(FactKind on, int nth, Action<Fact> strike) : IFactObserver
{
    private int _seen;

    public void Observe(in Fact fact)
    {
        if (fact.Kind == on && ++_seen == nth) strike(fact);
    }

    /// <summary>Lets a saboteur loose in a run.</summary>
    public static void In(ClusterRun run, FactKind on, Action<Fact> strike, int nth = 1) => run.Facts.Subscribe(new Saboteur(on, nth, strike));

    /// <summary>A pod's record, to write: nothing in the program can do this.</summary>
    public static ref PodRecord Record(ClusterRun run, PodIndex pod) => ref Unsafe.AsRef(in run.Store[pod]);

    /// <summary>Writes a private field.</summary>
    public static void Set(object target, string field, object value) => FieldOf(target, field).SetValue(target, value);

    /// <summary>Reads a private field.</summary>
    public static T Get<T>(object target, string field) => (T)FieldOf(target, field).GetValue(target)!;

    /// <summary>Puts an event into the queue at an instant that lies in the past.</summary>
    public static void ScheduleInThePast(EventLoop loop, TimeSpan due, EventData data) =>
        Get<PriorityQueue<EventData, EventKey>>(loop, "_queue").Enqueue(data, new EventKey(due, 1_000_000));

    private static FieldInfo FieldOf(object target, string field) =>
        target.GetType().GetField(field, BindingFlags.NonPublic | BindingFlags.Instance)
        ?? throw new MissingFieldException(target.GetType().Name, field);
}
