namespace SchedBench.Core.Intake;

/// <summary>Limits of what callers outside may ask of a run.</summary>
public sealed record ApiIntakeOptions
{
    /// <summary>Calls that may wait to be executed; one more is answered with 429. kube-apiserver's <c>--max-requests-inflight</c> (400) and <c>--max-mutating-requests-inflight</c> (200)
    /// together; its priority levels and queues are not modelled.</summary>
    public int MostWaiting { get; init; } = 600;

    /// <summary>Events that a watch may be behind before it ends with 410.</summary>
    public int WatchBuffer { get; init; } = 16_384;

    /// <summary>Time of the run after which a watch that asks for bookmarks is sent one, if there is anything that it says (kube-apiserver's <c>bookmarkFrequency</c>).</summary>
    public TimeSpan BookmarkPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether changes are kept from the first list or watch on, as long as the run lasts: a watch that begins where a list ended finds them. Without, only while a watch is open.</summary>
    public bool KeepsHistory { get; init; } = true;
}
