using System.Text.Json;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Journal;

/// <summary>Cells to JSON documents and back: <c>Read(Write(cell))</c> equals the cell, bit by bit.</summary>
internal static class CellDocuments
{
    public static byte[] Write(int index, CellResult cell)
    {
        var document = new CellDocument(
            index, cell.Key, cell.Status, cell.Failure, cell.Fingerprint, Scalars(cell.Metrics), Runs(cell.Series), Columns(cell.Timeline), Scalars(cell.Timing),
            cell.KnewWorkload, cell.Services.Count == 0 ? null : new ServicesDocument([.. cell.Services.Select(v => v.Service)], [.. cell.Services.Select(v => v.Metric)], [.. cell.Services.Select(v => v.Value)]));
        return JsonSerializer.SerializeToUtf8Bytes(new EntryDocument(FilesWritten: false, document), JournalJson.Default.EntryDocument);
    }

    /// <summary>The note that the final files hold all cells.</summary>
    public static byte[] WriteFilesWritten() =>
        JsonSerializer.SerializeToUtf8Bytes(new EntryDocument(FilesWritten: true, Cell: null), JournalJson.Default.EntryDocument);

    /// <summary>The entry, and its cell unless it is a note.</summary>
    /// <exception cref="JsonException">The document is not an entry.</exception>
    public static (EntryDocument Entry, CellResult? Cell) Read(ReadOnlySpan<byte> document)
    {
        EntryDocument entry = JsonSerializer.Deserialize(document, JournalJson.Default.EntryDocument) ?? throw new JsonException("The document is null.");
        return (entry, entry.Cell is { } cell ? FromDocument(cell) : null);
    }

    private static CellResult FromDocument(CellDocument document)
    {
        TimelineDocument bars = document.Timeline;
        foreach (SeriesDocument series in document.Series) RequireEqual(series.X.Length, series.Values.Length);
        if (document.Services is { } services) RequireEqual(services.Services.Length, services.Metrics.Length, services.Values.Length);
        RequireEqual(bars.Nodes.Length, bars.Pods.Length, bars.Starts.Length, bars.Ends.Length, bars.Shares.Length);
        return new CellResult
        {
            Key = document.Key,
            Status = document.Status,
            Failure = document.Failure,
            Fingerprint = document.Fingerprint,
            KnewWorkload = document.KnewWorkload,
            Metrics = Scalars(document.Metrics),
            Series = [.. document.Series.SelectMany(s => s.X.Select((x, i) => new SeriesPoint(s.Metric, s.XName, x, s.Values[i])))],
            Services = document.Services is { } of ? [.. of.Services.Select((service, i) => new ServiceValue(service, of.Metrics[i], of.Values[i]))] : [],
            Timeline = [.. bars.Nodes.Select((node, i) => new TimelineBar(node, bars.Pods[i], bars.Starts[i], bars.Ends[i], bars.Shares[i]))],
            Timing = Scalars(document.Timing),
        };
    }

    private static ScalarsDocument Scalars(IReadOnlyList<MetricValue> values) => new([.. values.Select(v => v.Metric)], [.. values.Select(v => v.Value)]);

    private static MetricValue[] Scalars(ScalarsDocument scalars)
    {
        RequireEqual(scalars.Names.Length, scalars.Values.Length);
        return [.. scalars.Names.Select((name, i) => new MetricValue(name, scalars.Values[i]))];
    }

    /// <summary>Neighbouring points of one metric and axis form a document, so the order of the points survives.</summary>
    private static SeriesDocument[] Runs(IReadOnlyList<SeriesPoint> points)
    {
        var runs = new List<SeriesDocument>();
        for (int start = 0; start < points.Count;)
        {
            (string metric, string xName) = (points[start].Metric, points[start].XName);
            var x = new List<double>();
            var values = new List<double>();
            for (; start < points.Count && points[start].Metric == metric && points[start].XName == xName; start++)
            {
                x.Add(points[start].X);
                values.Add(points[start].Value);
            }

            runs.Add(new SeriesDocument(metric, xName, [.. x], [.. values]));
        }

        return [.. runs];
    }

    private static TimelineDocument Columns(IReadOnlyList<TimelineBar> bars) => new(
        [.. bars.Select(b => b.Node)], [.. bars.Select(b => b.Pod)],
        [.. bars.Select(b => b.StartSeconds)], [.. bars.Select(b => b.EndSeconds)], [.. bars.Select(b => b.Share)]);

    private static void RequireEqual(params ReadOnlySpan<int> lengths)
    {
        if (lengths.ContainsAnyExcept(lengths[0])) throw new JsonException("Columns of one list differ in length.");
    }
}
