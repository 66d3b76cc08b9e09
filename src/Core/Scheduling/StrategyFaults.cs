namespace SchedBench.Core.Scheduling;

/// <summary>A strategy gave an answer that the contract does not allow. The decision is refused and counted; the run goes on.</summary>
public class StrategyFaultException : Exception
{
    /// <summary>Says what was wrong.</summary>
    public StrategyFaultException(string message)
        : base(message)
    {
    }
}

/// <summary>A cached score was no function of shape and node. The run ends: its result would depend on what happened to be cached.</summary>
public sealed class ImpureScoreException : Exception
{
    /// <summary>Says which node and both scores.</summary>
    public ImpureScoreException(string message)
        : base(message)
    {
    }
}
