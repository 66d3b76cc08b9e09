using SchedBench.Core.Scheduling;

namespace SchedBench.Experiments.Files;

/// <summary>The names that experiment files may use besides those of formats, supplied by whoever knows what exists (catalogs and plug-ins).</summary>
public sealed record ExperimentVocabulary
{
    /// <summary>Strategies and their options.</summary>
    public required IStrategyDirectory Strategies { get; init; }

    /// <summary>Metrics, scalars and series alike.</summary>
    public required IReadOnlyCollection<string> Metrics { get; init; }

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
}
