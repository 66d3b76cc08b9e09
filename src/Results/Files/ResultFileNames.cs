namespace SchedBench.Results.Files;

/// <summary>Names of the files of a results folder, and the stamp by which one is recognised.</summary>
public static class ResultFileNames
{
    /// <summary>A row a cell, in plan order.</summary>
    public const string Cells = "cells.csv";

    /// <summary>A row a point of a series.</summary>
    public const string Series = "series.csv";

    /// <summary>A row a combination, strategy and metric.</summary>
    public const string Summary = "summary.csv";

    /// <summary>A row a comparison with the baseline.</summary>
    public const string Comparisons = "comparisons.csv";

    /// <summary>A row a metric of a service; only for studies of Kubernetes objects.</summary>
    public const string Services = "services.csv";

    /// <summary>Everything that a wall clock measured.</summary>
    public const string Timing = "timing.csv";

    /// <summary>A row a published value, with ours beside it; only for experiments that name a published table.</summary>
    public const string Published = "published.csv";

    /// <summary>What ran. Its top-level properties <c>"kind"</c> and <c>"formatVersion"</c> hold <see cref="ManifestKind"/> and <see cref="FormatVersion"/>; readers look at nothing else before those agree.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>The manifest's <c>"kind"</c>.</summary>
    public const string ManifestKind = "schedbench-results";

    /// <summary>The manifest's <c>"formatVersion"</c>: of the files of this folder, all together.</summary>
    public const int FormatVersion = 1;
}
