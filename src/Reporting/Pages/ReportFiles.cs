using SchedBench.Reporting.Tables;

namespace SchedBench.Reporting.Pages;

/// <summary>What a report consists of.</summary>
/// <param name="Headline">The comparison table that stands first.</param>
/// <param name="Page">The report, relative to the results folder.</param>
/// <param name="Files">Every file written, relative to the results folder with <c>/</c>, in the order of writing; <paramref name="Page"/> is the last.</param>
public sealed record ReportFiles(Table Headline, string Page, IReadOnlyList<string> Files);
