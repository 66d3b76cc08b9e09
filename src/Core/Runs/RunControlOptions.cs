using SchedBench.Core.Intake;
using SchedBench.Core.Time;

namespace SchedBench.Core.Runs;

/// <summary>How a run is controlled from outside.</summary>
public sealed record RunControlOptions
{
    /// <summary>Source of real time; null for none: the run then has no pace and holds have no limit.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Seconds of the run per real second; null for as fast as possible.</summary>
    public double? Pace { get; init; }

    /// <summary>Limits of the API.</summary>
    public ApiIntakeOptions Api { get; init; } = new();

    /// <summary>Longest real time that a holder or a party may take for one answer; null for no limit.</summary>
    public TimeSpan? HoldLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What happens then.</summary>
    public HoldLapse OnLimit { get; init; } = HoldLapse.EndsRun;

    /// <summary>Whether a run in virtual time ends when nothing is left to be done in it and nobody holds it. Otherwise it waits for calls until <see cref="RunControl.CloseIntake"/>.</summary>
    public bool EndsWhenIdle { get; init; }
}

/// <summary>What a controlled run is doing.</summary>
public enum RunState : byte
{
    /// <summary>Not begun.</summary>
    Ready,

    /// <summary>Somebody drives it and time passes, or would if there was something to be done.</summary>
    Running,

    /// <summary>Somebody drives it and time stands: <see cref="RunControl.Pause"/>.</summary>
    Paused,

    /// <summary>Somebody drives it and time stands until somebody outside has answered.</summary>
    Held,

    /// <summary>Begun, and nobody drives it: between two steps.</summary>
    Stopped,

    /// <summary>It has ended as it should.</summary>
    Ended,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>An invariant, a step or a limit of a hold ended it.</summary>
    Failed,
}
