namespace SchedBench.Results.Journal;

/// <summary>What opening a journal does with an earlier one in the same folder.</summary>
public enum ResumePolicy
{
    /// <summary>Goes on with the journal of the same plan, or begins one where there is none; the journal of another plan is refused.</summary>
    Continue,

    /// <summary>Discards an earlier journal, whatever its plan, and begins a new one.</summary>
    StartOver,

    /// <summary>Begins a new journal; a folder that has one is refused.</summary>
    RequireNew,
}
