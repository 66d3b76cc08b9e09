namespace SchedBench.Workloads.Readers.Reports;

/// <summary>Why a reader treats a row as it does. One list for all formats, so that equal things have equal names.</summary>
internal sealed class ReadReason
{
    public static readonly ReadReason UnsortedArrivals = new(
        "unsorted-arrivals", ReadNoteKind.Changed, "arrives before the row above it; the rows were sorted by arrival, equal arrivals in file order");

    public static readonly ReadReason NegativeStart = new(
        "negative-start", ReadNoteKind.Changed, "arrives before time 0; all times were shifted so that the first arrival is at 0");

    public static readonly ReadReason RoundedTime = new(
        "rounded-time", ReadNoteKind.Changed, "is finer than 100 ns, the step of virtual time; it was rounded to the nearest step");

    public static readonly ReadReason RoundedQuantity = new(
        "rounded-quantity", ReadNoteKind.Changed, "is finer than the unit kept (1m of CPU, one byte); it was rounded up");

    public static readonly ReadReason StartFromArrival = new(
        "start-from-arrival", ReadNoteKind.Changed, "has no recorded start; its duration was counted from its arrival");

    public static readonly ReadReason RequestedProcessors = new(
        "requested-processors", ReadNoteKind.Changed, "has no allocated processors; the requested ones were taken");

    public static readonly ReadReason UsedMemory = new(
        "used-memory", ReadNoteKind.Changed, "has no requested memory; the used memory was taken");

    public static readonly ReadReason UnknownMemory = new(
        "unknown-memory", ReadNoteKind.Changed, "states neither requested nor used memory; it asks for none");

    public static readonly ReadReason DuplicateJob = new(
        "duplicate-job", ReadNoteKind.Changed, "repeats a job number; its pods carry the line in their names");

    public static readonly ReadReason DuplicateName = new(
        "duplicate-name", ReadNoteKind.Changed, "repeats the name of a row above it; its pod carries the line in its name");

    public static readonly ReadReason EmptyModel = new(
        "empty-model", ReadNoteKind.Changed, "has an empty name in its list of GPU models; it was left out");

    public static readonly ReadReason AssumedRequest = new(
        "assumed-request", ReadNoteKind.Warning, "has no recorded CPU and memory; the stated amount for each GPU was taken");

    public static readonly ReadReason NoEnd = new(
        "no-end", ReadNoteKind.Censored, "has no recorded end; it runs on to the end of the replay");

    public static readonly ReadReason BeforeRecord = new(
        "before-record", ReadNoteKind.Censored, "was created before the record began; it arrives at time 0 and, where its end is known, runs until then");

    public static readonly ReadReason EndBeforeStart = new(
        "end-before-start", ReadNoteKind.Dropped, "ends before it starts");

    public static readonly ReadReason ZeroDuration = new(
        "zero-duration", ReadNoteKind.Dropped, "ends in the instant in which it starts");

    public static readonly ReadReason NoProcessors = new(
        "no-processors", ReadNoteKind.Dropped, "has neither allocated nor requested processors");

    public static readonly ReadReason NeverRan = new(
        "never-ran", ReadNoteKind.Dropped, "was cancelled before it ran");

    public static readonly ReadReason PartialExecution = new(
        "partial-execution", ReadNoteKind.Dropped, "is a part of a checkpointed job that has a row of its own (status 2, 3 or 4)");

    public static readonly ReadReason ExtraColumn = new(
        "extra-column", ReadNoteKind.Ignored, "is a column that the format does not have; it was not read");

    public static readonly ReadReason NoTimes = new(
        "no-times", ReadNoteKind.Warning, "the file has no column of creation times; all pods arrive at 0 and run on");

    public static readonly ReadReason ImplausibleSpan = new(
        "implausible-span", ReadNoteKind.Warning, "the record spans more than ten years in the format's unit of time");

    private ReadReason(string code, ReadNoteKind kind, string meaning) => (Code, Kind, Meaning) = (code, kind, meaning);

    /// <summary>Stable name.</summary>
    public string Code { get; }

    /// <summary>What it means for the row.</summary>
    public ReadNoteKind Kind { get; }

    /// <summary>The reason and what is done, as a sentence fragment.</summary>
    public string Meaning { get; }

    /// <summary>Every reason, for the documentation's test.</summary>
    public static IReadOnlyList<ReadReason> All { get; } =
    [
        UnsortedArrivals, NegativeStart, RoundedTime, RoundedQuantity, StartFromArrival, RequestedProcessors, UsedMemory, UnknownMemory, DuplicateJob, DuplicateName, EmptyModel,
        AssumedRequest, NoEnd, BeforeRecord, EndBeforeStart, ZeroDuration, NoProcessors, NeverRan, PartialExecution, ExtraColumn, NoTimes, ImplausibleSpan,
    ];
}
