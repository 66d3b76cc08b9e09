namespace SchedBench.Core.Scheduling;

/// <summary>A strategy whose answers come from outside the program. The virtual clock stands still until an answer is there.</summary>
public interface IExternalStrategy : IDisposable
{
    /// <summary>How much virtual time the answers since the last call took: the scheduler is busy for as long, and bindings come after it. Zero unless the strategy charges for its answers.</summary>
    TimeSpan TakeDecisionTime();

    /// <summary>Real seconds that it waited for each answer, in order of the answers.</summary>
    IReadOnlyList<double> AnswerSeconds { get; }
}

/// <summary>A strategy cannot go on, and the run must not go on without it.</summary>
public sealed class StrategyEndsRunException : Exception
{
    /// <summary>Says what happened.</summary>
    public StrategyEndsRunException(string message)
        : base(message)
    {
    }
}
