using System.Collections.Frozen;
using SchedBench.Core.Input;

namespace SchedBench.Results.Schema;

/// <summary>Every metric there is, in the order in which <c>cells.csv</c> lists them. A metric that is not defined here does not enter a result file.</summary>
public static partial class MetricCatalog
{
    /// <summary>All metrics: placement, queueing and completion, requests, rollouts, autoscaling, cost of scheduling, axes, timing.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } = [.. Placement(), .. Queueing(), .. Requests(), .. Rollouts(), .. Autoscaling(), .. Faults(), .. Cost(), .. Axes(), .. Timing()];

    private static readonly FrozenDictionary<string, int> Positions =
        All.Select((metric, position) => (metric.Name, position)).ToFrozenDictionary(entry => entry.Name, entry => entry.position, StringComparer.Ordinal);

    /// <summary>The definition of <paramref name="name"/>, or <see langword="null"/>.</summary>
    public static MetricDefinition? Find(string name) => Positions.TryGetValue(name, out int position) ? All[position] : null;

    /// <summary>The definition of <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">The catalog has no such metric; the message names the nearest.</exception>
    public static MetricDefinition Get(string name) => All[PositionOf(name)];

    /// <summary>The metric's place in <see cref="All"/>: the order of columns and rows.</summary>
    /// <exception cref="ArgumentException">The catalog has no such metric; the message names the nearest.</exception>
    public static int PositionOf(string name)
    {
        if (Positions.TryGetValue(name, out int position)) return position;
        string hint = Nearest(name) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        throw new ArgumentException($"'{name}' is not in the metric catalog.{hint}", nameof(name));
    }

    /// <summary>The catalog's name that a mistyped one most likely meant, or <see langword="null"/>.</summary>
    public static string? Nearest(string name) => NearestName.Find(name, All.Select(metric => metric.Name));

    private static MetricDefinition Higher(string name, string unit, string definition, string population, string reference) =>
        new(name, unit, definition, MetricDirection.Higher, population, reference);

    private static MetricDefinition Lower(string name, string unit, string definition, string population, string reference) =>
        new(name, unit, definition, MetricDirection.Lower, population, reference);

    private static MetricDefinition Neither(string name, string unit, string definition, string population, string reference) =>
        new(name, unit, definition, MetricDirection.Neither, population, reference);
}
