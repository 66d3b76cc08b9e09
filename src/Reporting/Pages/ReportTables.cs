using SchedBench.Reporting.Pages.Figures;
using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages;

/// <summary>The tables of a report.</summary>
internal static class ReportTables
{
    /// <summary>Arrival of a whole fleet's worth of requests: where allocation studies are read off.</summary>
    private const double WholeCapacity = 100;

    /// <summary>The comparison that stands first.</summary>
    public static Table Headline(ReportData data) => ComparisonTableBuilder.Of(data.Study, new ComparisonTableOptions
    {
        Metrics = data.Headline,
        Notes = [.. data.Run.TableNotes()],
    });

    /// <summary>Every metric over the seeds.</summary>
    public static Table Summary(ReportData data)
    {
        Table table = SummaryTableBuilder.Of(data.Study.Summary);
        return table with { Notes = [.. data.Run.TableNotes(), .. table.Notes] };
    }

    /// <summary>Published values and ours, or <see langword="null"/> when there are none.</summary>
    public static Table? Published(ReportData data)
    {
        if (data.Published.Count == 0) return null;
        double at = data.Published.Any(row => row.Published.X == WholeCapacity) ? WholeCapacity : data.Published.Max(row => row.Published.X);
        Table table = PublishedTableBuilder.Agreement(data.Published, data.Run.PublishedSource, at);
        string x = data.Run.PublishedX.Length == 0 ? "x" : CurveAxis.Of(data.Run.PublishedX, at).Spec.Title;
        string where = $"Both values stand where {x} is {ResultNumber.Format(at)}; mean |diff.| and largest are over all points of a curve.";
        if (data.Run.Fleets.Count > 1 && data.Run.PublishedFleet.Length > 0) where += $" Ours is the fleet {data.Run.PublishedFleet}.";
        return table with { Notes = [where, .. table.Notes, .. data.Run.TableNotes()] };
    }

    /// <summary>Tables by topic of studies of Kubernetes objects, and of their services; none for studies of traces.</summary>
    public static IReadOnlyList<Table> Topics(ReportData data)
    {
        Table? services = ServiceTableBuilder.Of(data.Study, data.Baseline ?? data.Strategies[0]);
        return [.. TopicTableBuilder.Of(data.Study), .. services is null ? (Table[])[] : [services]];
    }

    /// <summary>The names that <see cref="Topics"/> may have.</summary>
    public static IReadOnlyList<string> TopicNames { get; } = [.. TopicTableBuilder.Topics.Select(topic => topic.Name), ServiceTableBuilder.Name];
}
