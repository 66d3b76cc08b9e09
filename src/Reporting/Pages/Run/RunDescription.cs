namespace SchedBench.Reporting.Pages.Run;

/// <summary>What ran, as <c>manifest.json</c> says it: everything a report tells beside the numbers.
/// Holds nothing of the section that may differ between equal runs.</summary>
internal sealed record RunDescription
{
    /// <summary>Name and version of the program that ran.</summary>
    public required string Product { get; init; }

    /// <summary>SHA-256 over everything the results depend on.</summary>
    public required string PlanFingerprint { get; init; }

    /// <summary>Name of the experiment.</summary>
    public required string Experiment { get; init; }

    /// <summary>The instant that virtual time 0 stands for, as RFC 3339 text.</summary>
    public required string Epoch { get; init; }

    /// <summary>The seeds, in order.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>The filter that kept a part of the cells; empty when all ran.</summary>
    public required string Only { get; init; }

    /// <summary>The fleets.</summary>
    public required IReadOnlyList<FleetText> Fleets { get; init; }

    /// <summary>The workloads.</summary>
    public required IReadOnlyList<WorkloadText> Workloads { get; init; }

    /// <summary>The strategies, in the order of the experiment.</summary>
    public required IReadOnlyList<StrategyText> Strategies { get; init; }

    /// <summary>Label of the baseline.</summary>
    public required string Baseline { get; init; }

    /// <summary>Headline metrics that the experiment asks for; empty for our choice.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>Kinds of figures that the experiment asks for; empty for all.</summary>
    public required IReadOnlyList<string> Figures { get; init; }

    /// <summary>Where the published values come from; empty when the experiment names none.</summary>
    public required string PublishedSource { get; init; }

    /// <summary>The fleet whose results stand beside the published values; empty when the experiment names none.</summary>
    public required string PublishedFleet { get; init; }

    /// <summary>Our name of the x of the published values; empty when the experiment names none.</summary>
    public required string PublishedX { get; init; }

    /// <summary>What every output has to say.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The files that were read.</summary>
    public required IReadOnlyList<InputText> Inputs { get; init; }

    /// <summary>Expectations, judged.</summary>
    public required IReadOnlyList<VerdictText> Verdicts { get; init; }

    /// <summary>The workload's name, with the label that compressed times carry in every output.</summary>
    public string NameOfWorkload(string workload)
    {
        string compress = Workloads.FirstOrDefault(known => known.Name == workload)?.Compress ?? "1";
        return compress == "1" ? workload : $"{workload} (inter-arrival times ÷ {compress})";
    }

    /// <summary>Sentences that belong beneath every table: compressed and jittered times, strategies that knew the workload,
    /// tie-breaks other than the first in order.</summary>
    public IEnumerable<string> TableNotes()
    {
        foreach (WorkloadText workload in Workloads)
        {
            if (workload.Compress != "1")
                yield return $"{workload.Name}: inter-arrival times are divided by {workload.Compress}; service times are as recorded.";
            if (workload.Shake == "0") continue;
            yield return $"{workload.Name}: gaps between arrivals and service times are jittered by the seed within ±{workload.Shake} of their length, "
                + "the same for every strategy.";
        }

        string[] clairvoyant = [.. Strategies.Where(strategy => strategy.KnowsWorkload).Select(strategy => strategy.Label)];
        if (clairvoyant.Length > 0)
        {
            string timed = Workloads.Any(workload => workload.Mode == "timed") ? " (clairvoyant in timed replays)" : "";
            yield return $"Given the workload's mix of requests beforehand{timed}: {string.Join(", ", clairvoyant)}.";
        }

        foreach (IGrouping<string, StrategyText> rule in Strategies.Where(strategy => strategy.HasUnmentionedTieBreak).GroupBy(strategy => strategy.TieBreak))
            yield return $"Ties settled by {rule.Key}: {string.Join(", ", rule.Select(strategy => strategy.Label))}.";
    }
}

/// <summary>A fleet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Nodes">Where its nodes come from, in a line.</param>
internal sealed record FleetText(string Name, string Nodes);

/// <summary>A workload.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Trace">Where its pods come from, in a line.</param>
/// <param name="Mode"><c>saturate</c>, <c>timed</c> or <c>cluster</c>.</param>
/// <param name="Replay">How it is replayed, in a line.</param>
/// <param name="Compress">Divisor of inter-arrival times as text; <c>1</c> leaves them alone.</param>
/// <param name="Shake">Share by which the seed jitters gaps and service times, as text; <c>0</c> leaves them alone.</param>
internal sealed record WorkloadText(string Name, string Trace, string Mode, string Replay, string Compress, string Shake);

/// <summary>A strategy.</summary>
/// <param name="Label">What results call it.</param>
/// <param name="Name">Its name in the catalog.</param>
/// <param name="TieBreak">Who wins among nodes of equal score.</param>
/// <param name="Options">Its options, in a line.</param>
/// <param name="KnowsWorkload">Whether it is given the workload's mix of requests beforehand.</param>
internal sealed record StrategyText(string Label, string Name, string TieBreak, string Options, bool KnowsWorkload)
{
    /// <summary>The tie-break that needs no mention.</summary>
    public const string DefaultTieBreak = "firstInOrder";

    /// <summary>Whether a reader has to be told the tie-break: it is not the default, and the label does not name it.</summary>
    public bool HasUnmentionedTieBreak => TieBreak != DefaultTieBreak && !Label.Contains(TieBreak, StringComparison.Ordinal);
}

/// <summary>One reading of input files.</summary>
/// <param name="Format">Format.</param>
/// <param name="Files">Name and SHA-256 of each file.</param>
/// <param name="RowsRead">Rows in the files.</param>
/// <param name="Pods">Pods made of them.</param>
/// <param name="Groups">Pod groups made of them.</param>
/// <param name="Nodes">Nodes made of them.</param>
/// <param name="Notes">What the reader changed, dropped or noticed.</param>
internal sealed record InputText(
    string Format, IReadOnlyList<(string Name, string Sha256)> Files, long RowsRead, long Pods, long Groups, long Nodes, IReadOnlyList<InputNote> Notes);

/// <summary>One kind of thing that a reader did.</summary>
/// <param name="Kind"><c>changed</c>, <c>dropped</c>, …</param>
/// <param name="Count">How often.</param>
/// <param name="Meaning">What and why.</param>
internal sealed record InputNote(string Kind, long Count, string Meaning);

/// <summary>An expectation, judged.</summary>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Statement">What was expected of whom, and what was found.</param>
internal sealed record VerdictText(bool Holds, string Statement);
