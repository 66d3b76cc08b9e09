using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Files;

/// <summary>One strategy with its tie-break and options: a level of the factor <c>strategy</c>.</summary>
/// <param name="Name">Name in the catalog.</param>
/// <param name="TieBreak">Who wins among nodes of equal score.</param>
/// <param name="Options">Every option of the strategy, stated or default, by name in ordinal order; values in their canonical text.</param>
/// <param name="Label">What results call the level: the plain name unless the file gives a label or two levels share the name.</param>
public sealed record StrategySpec(string Name, TieBreak TieBreak, IReadOnlyList<KeyValuePair<string, string>> Options, string Label)
{
    /// <summary>Its configuration file, read; null for none.</summary>
    public StrategyFile? File { get; init; }

    /// <summary>Where that file is.</summary>
    public InputPath? FilePath { get; init; }

    /// <summary>Name of <see cref="TieBreak"/> in files and results.</summary>
    public string TieBreakName => Words.Of(Words.TieBreaks, TieBreak);
}

/// <summary>Gives levels their labels.</summary>
internal static class StrategyLabels
{
    /// <summary>Fills in the labels that the file leaves open. A level that alone has its name takes the name; levels that share one also say in what they
    /// differ: <c>fgd[tieBreak=uniform]</c>, <c>swarm-spread[tieBreak=uniform;maxFailures=3]</c>. (Semicolons, because commas part the conditions of a
    /// filter.)</summary>
    /// <param name="levels">Levels; an empty label is filled in.</param>
    public static IReadOnlyList<StrategySpec> Complete(IReadOnlyList<StrategySpec> levels)
    {
        return [.. levels.Select(level => level.Label.Length > 0 ? level : level with { Label = LabelOf(level) })];

        string LabelOf(StrategySpec level)
        {
            var peers = levels.Where(peer => peer.Name == level.Name).ToList();
            var differing = Settings(level)
                .Where(setting => peers.SelectMany(Settings).Any(other => other.Key == setting.Key && other.Value != setting.Value))
                .Select(setting => $"{setting.Key}={setting.Value}")
                .ToList();
            return differing.Count == 0 ? level.Name : $"{level.Name}[{string.Join(';', differing)}]";
        }

        IEnumerable<KeyValuePair<string, string>> Settings(StrategySpec level) =>
            level.Options.Prepend(new("config", level.File?.Name ?? "default")).Prepend(new("tieBreak", level.TieBreakName));
    }
}
