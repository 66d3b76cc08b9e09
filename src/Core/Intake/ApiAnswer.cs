using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Intake;

/// <summary>What the API answered to a call from outside.</summary>
/// <param name="Error">Why it was refused; null when it was done.</param>
/// <param name="At">Instant of the run at which it was executed.</param>
/// <param name="ResourceVersion">The store's version after it.</param>
public record ApiAnswer(ApiError? Error, TimeSpan At, long ResourceVersion)
{
    /// <summary>The object as it is stored now, or would be after a dry run; null where there is none.</summary>
    public KubeObject? Object { get; init; }

    /// <summary>Whether it was done.</summary>
    public bool IsOk => Error is null;
}

/// <summary>A list, or a page of it.</summary>
/// <param name="Error">Why it was refused; null when it was done.</param>
/// <param name="At">Instant of the run at which it was executed.</param>
/// <param name="ResourceVersion">The version that the whole list shows: a watch from here on misses nothing.</param>
public sealed record ListAnswer(ApiError? Error, TimeSpan At, long ResourceVersion) : ApiAnswer(Error, At, ResourceVersion)
{
    /// <summary>Objects by namespace and name.</summary>
    public IReadOnlyList<KubeObject> Items { get; init; } = [];

    /// <summary>Token of the next page, of the same snapshot; empty at the end.</summary>
    public string Continue { get; init; } = "";

    /// <summary>Objects on later pages.</summary>
    public int Remaining { get; init; }
}

/// <summary>A watch that was opened.</summary>
/// <param name="Error">Why it was refused; null when it was done.</param>
/// <param name="At">Instant of the run at which it was opened.</param>
/// <param name="ResourceVersion">The store's version then.</param>
public sealed record WatchAnswer(ApiError? Error, TimeSpan At, long ResourceVersion) : ApiAnswer(Error, At, ResourceVersion)
{
    /// <summary>The watch; null when it was refused.</summary>
    public OutsideWatch? Watch { get; init; }
}
