namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The unit in which seconds are easiest to read on an axis.</summary>
/// <param name="Name">Its name, in the plural.</param>
/// <param name="Seconds">Its length.</param>
internal readonly record struct TimeUnit(string Name, double Seconds)
{
    private static readonly TimeUnit[] Units = [new("days", 86_400), new("hours", 3_600), new("minutes", 60)];

    /// <summary>The largest unit of which at least three fit into <paramref name="seconds"/>.</summary>
    public static TimeUnit For(double seconds) => Units.FirstOrDefault(unit => seconds >= 3 * unit.Seconds, new TimeUnit("seconds", 1));
}
