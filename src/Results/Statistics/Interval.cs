namespace SchedBench.Results.Statistics;

/// <summary>A closed interval on the real line, in the unit of the sample it was computed from.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end, never below <paramref name="Low"/>.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Half the distance between the ends: what follows the ± sign in a table.</summary>
    public double HalfWidth => (High - Low) / 2;
}
