namespace SchedBench.Core.Scheduling;

/// <summary>What kind of value an option takes.</summary>
public enum StrategyOptionKind
{
    /// <summary>A whole number within the option's range.</summary>
    Integer,

    /// <summary>A decimal number within the option's range.</summary>
    Decimal,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A duration such as <c>5m</c>.</summary>
    Duration,

    /// <summary>One of the option's choices.</summary>
    Choice,
}

/// <summary>An option of a strategy.</summary>
/// <param name="Name">Key in the experiment file.</param>
/// <param name="Kind">Kind of value.</param>
/// <param name="Default">Value that holds when the option is not stated, in canonical text.</param>
/// <param name="Summary">What it does, in a line.</param>
public sealed record StrategyOption(string Name, StrategyOptionKind Kind, string Default, string Summary)
{
    /// <summary>Smallest value of a number.</summary>
    public decimal Min { get; init; } = long.MinValue;

    /// <summary>Largest value of a number.</summary>
    public decimal Max { get; init; } = long.MaxValue;

    /// <summary>Values of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}
