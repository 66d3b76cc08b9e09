using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Files;

/// <summary>The names that experiment files may use besides those of formats and metrics, supplied by whoever knows what exists.</summary>
public sealed record ExperimentVocabulary
{
    /// <summary>Strategies and their options.</summary>
    public required IStrategyDirectory Strategies { get; init; }

    /// <summary>Figures that the report can draw.</summary>
    public required IReadOnlyCollection<string> Figures { get; init; }
}

/// <summary>Knows which strategies there are.</summary>
public interface IStrategyDirectory
{
    /// <summary>Names, in the order in which they are listed to users.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Options of the strategy of that name, which is one of <see cref="Names"/>.</summary>
    IReadOnlyList<StrategyOption> OptionsOf(string name);

    /// <summary>Tie-break of the strategy when the experiment states none.</summary>
    TieBreak TieBreakOf(string name) => TieBreak.FirstInOrder;

    /// <summary>Judges the configuration file of a strategy, and throws with all that is wrong with it; null for strategies that read none.</summary>
    Action<StrategyFile>? FileCheckOf(string name) => null;

    /// <summary>Whether a strategy needs a configuration file.</summary>
    bool NeedsFile(string name) => false;
}

/// <summary>The strategies of a catalog: the built-in ones and those of plug-ins.</summary>
/// <param name="catalog">The catalog; what is added to it later is seen.</param>
public sealed class CatalogStrategies(StrategyCatalog catalog) : IStrategyDirectory
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => [.. catalog.Entries.Select(entry => entry.Name)];

    /// <inheritdoc/>
    public IReadOnlyList<StrategyOption> OptionsOf(string name) =>
        catalog.Find(name)?.Options ?? throw new ArgumentException($"There is no strategy '{name}'.", nameof(name));

    /// <inheritdoc/>
    public TieBreak TieBreakOf(string name) => catalog.Find(name)?.TieBreak ?? TieBreak.FirstInOrder;

    /// <inheritdoc/>
    public Action<StrategyFile>? FileCheckOf(string name) => catalog.Find(name)?.CheckFile;

    /// <inheritdoc/>
    public bool NeedsFile(string name) => catalog.Find(name)?.NeedsFile ?? false;
}
