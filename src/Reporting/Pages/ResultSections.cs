using System.Globalization;
using SchedBench.Reporting.Pages.Html;
using SchedBench.Reporting.Pages.Run;
using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages;

/// <summary>The parts of a report that say what came out.</summary>
internal static class ResultSections
{
    public static void HowToRead(HtmlWriter html, ReportData data)
    {
        html.Element(
            "p",
            "A cell is one run of one strategy on one fleet and workload under one seed. Under a seed every strategy meets the same nodes, pods and arrivals, "
            + "in the same order, so differences between strategies are paired by seed and are not noise of the draw.");
        if (data.Baseline is { } baseline)
        {
            html.Element(
                "p",
                $"Δ is the mean over the seeds of strategy − {baseline}. Its stars come from the exact two-sided Wilcoxon signed-rank test, adjusted by Holm "
                + "for the number of strategies compared: * p ≤ 0.05, ** p ≤ 0.01, *** p ≤ 0.001. No star says that the seeds do not tell the two apart, "
                + "not that they are equal.");
        }

        html.Element(
            "p",
            "Intervals are 95 % intervals of the mean by Student's t over the seeds. They speak of other seeds of the same experiment, "
            + "not of other traces or fleets.");
    }

    /// <summary>Who is best in the headline metrics.</summary>
    public static void InShort(HtmlWriter html, ReportData data)
    {
        string[] winners = [.. data.Headline.Select(metric => Winners(data, metric)).OfType<string>()];
        if (winners.Length == 0) return;
        html.Element("p", $"Best means over {data.SeedWords}:", ("class", "short")).Start("ul");
        foreach (string winner in winners) html.Element("li", winner);
        html.End();
    }

    public static void Headline(HtmlWriter html, Table headline)
    {
        HtmlTable.Write(html, headline, $"{ResultsReport.TablesFolder}/{headline.Name}.md");
        html.Element("p", $"Every metric: {ResultsReport.TablesFolder}/summary.md. The same tables for LaTeX end in .tex.", ("class", "note"));
    }

    /// <summary>What users got, what an update cost, how Jobs and services fared.</summary>
    public static void Topics(HtmlWriter html, IReadOnlyList<Table> topics)
    {
        foreach (Table table in topics) HtmlTable.Write(html, table, $"{ResultsReport.TablesFolder}/{table.Name}.md");
    }

    public static void Published(HtmlWriter html, Table published) => HtmlTable.Write(html, published, $"{ResultsReport.TablesFolder}/{published.Name}.md");

    public static void Expectations(HtmlWriter html, ReportData data)
    {
        html.Start("ul");
        foreach (VerdictText verdict in data.Run.Verdicts.OrderBy(verdict => verdict.Holds))
        {
            html.Start("li").Start("span", ("class", verdict.Holds ? "good" : "bad")).Text(verdict.Holds ? "holds" : "fails").EndInline();
            html.Text(": " + verdict.Statement).End();
        }

        html.End();
    }

    public static void Failures(HtmlWriter html, ReportData data) => PlainTable.Write(
        html, "Cells that did not end well", ["strategy", "fleet", "workload", "faults", "seed", "status", "reason"],
        from cell in data.BadCells
        select (string[])
        [
            cell.Key.Strategy, cell.Key.Fleet, cell.Key.Workload, cell.Key.Faults, cell.Key.Seed.ToString(CultureInfo.InvariantCulture),
            cell.Status == CellStatus.Void ? "void" : "failed", cell.Failure,
        ]);

    public static void Metrics(HtmlWriter html, ReportData data)
    {
        HashSet<string> used =
        [
            .. data.Study.Summary.Where(row => row.Sample.Count > 0).Select(row => row.Metric),
            .. data.Curves.Select(curve => curve.Metric), .. data.Curves.Select(curve => curve.XName),
        ];
        PlainTable.Write(
            html, "Definitions of the metrics in these results", ["metric", "unit", "better", "definition", "taken over"],
            from metric in MetricCatalog.All
            where used.Contains(metric.Name) && metric.Place != MetricPlace.Timing
            orderby data.Headline.Contains(metric.Name, StringComparer.Ordinal) ? 0 : 1
            select (string[])
            [
                metric.Name, metric.Unit, metric.Better switch { MetricDirection.Higher => "higher", MetricDirection.Lower => "lower", _ => "" },
                metric.Definition, metric.Population,
            ]);
    }

    /// <summary>Who has the best mean of a metric in how many combinations; nothing when the metric has no better side or all are equal everywhere.</summary>
    private static string? Winners(ReportData data, string metric)
    {
        MetricDirection better = MetricCatalog.Get(metric).Better;
        string[] wins = [.. BestValues.Of([.. data.Study.Summary.Where(row => row.Metric == metric)]).Select(best => best.Strategy)];
        if (wins.Length == 0) return null;
        bool isOne = data.Combinations.Count == 1;
        string of = data.CombinationNoun == "workload" ? " workloads" : $" combinations of {data.CombinationNoun}";
        IEnumerable<string> counts = wins.GroupBy(strategy => strategy).OrderByDescending(group => group.Count())
            .Select(group => isOne ? group.Key : $"{group.Key} in {group.Count()} of {data.Combinations.Count}");
        string side = better == MetricDirection.Higher ? "Highest" : "Lowest";
        return $"{side} {MetricLabel.WithUnit(metric)}: {string.Join(", ", counts)}{(isOne ? "" : of)}.";
    }
}
