using SchedBench.Core.Recording;

namespace SchedBench.Experiments.Decisions;

/// <summary>Where two runs part: the first decision that one of them makes differently, or does not make at all.</summary>
/// <param name="Equal">Decisions before it, which are equal in both; all decisions when the runs do not part.</param>
/// <param name="A">The decision of the one run; null when it makes no further one.</param>
/// <param name="B">The decision of the other run; null when it makes no further one.</param>
public sealed record Divergence(long Equal, LoggedDecision? A, LoggedDecision? B)
{
    /// <summary>Whether there is none: every decision is equal, and there are equally many.</summary>
    public bool IsNone => A is null && B is null;

    /// <summary>In what the two decisions differ; nothing when one of them is missing.</summary>
    public DecisionParts Parts => A is { } a && B is { } b ? a.DifferencesTo(in b) : DecisionParts.None;

    /// <summary>Reads both runs side by side until they part; holds one decision of each.</summary>
    public static Divergence Find(DecisionSource a, DecisionSource b)
    {
        for (long equal = 0; ; equal++)
        {
            LoggedDecision? ofA = a.TryNext(out LoggedDecision nextOfA) ? nextOfA : null;
            LoggedDecision? ofB = b.TryNext(out LoggedDecision nextOfB) ? nextOfB : null;
            if (ofA is null || ofB is null || nextOfA.DifferencesTo(in nextOfB) != DecisionParts.None) return new Divergence(equal, ofA, ofB);
        }
    }

    /// <summary>Runs a cell up to one of its decisions and records what was seen then.</summary>
    /// <param name="runner">Runs the cell.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="decision">Number of the decision, from 0.</param>
    /// <param name="rooms">Nodes whose room is recorded.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>Null when the run does not come so far.</returns>
    public static RecordedDecision? Recall(Runner.CellRunner runner, Plan.PlannedCell cell, long decision, IReadOnlyList<string> rooms, CancellationToken cancellation)
    {
        using var enough = new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellation);
        DecisionRecorder? recorder = null;
        try
        {
            runner.Observe(cell, scene => recorder = new DecisionRecorder(scene, decision, rooms, Stop), both.Token);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return recorder is { Decisions: [var recorded, ..] } ? recorded : null;

        void Stop()
        {
            enough.Cancel();
            throw new OperationCanceledException(enough.Token);
        }
    }
}
