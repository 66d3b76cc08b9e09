using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Resources;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Inspection;

/// <summary>A table to be printed: every row has as many cells as there are columns. Texts are invariant; an empty cell is an undefined figure.</summary>
/// <param name="Title">Title.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Cells, row by row.</param>
public sealed record InspectionTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>The tables that <c>trace inspect</c> prints.</summary>
public static class InspectionTables
{
    /// <summary>The tables of an inspection: overview, offered load, requests and their histograms, durations, gaps between arrivals, frequent shapes.</summary>
    public static IReadOnlyList<InspectionTable> Of(TraceInspection inspection)
    {
        var tables = new List<InspectionTable> { Overview(inspection) };
        if (inspection.OfferedLoads.Count > 0)
        {
            tables.Add(new("Offered load", ["resource", "load"], [.. inspection.OfferedLoads.Select(load => Row(load.Resource, Real(load.Load)))]));
        }

        tables.Add(new(
            "Requests of the pods that ask for some",
            ["resource", "pods", "sum", "min", "p50", "p90", "p99", "max", "mean"],
            [.. inspection.Resources.Select(resource => Summary(resource.Resource, resource.Requests, amount => Amount(resource.Resource, amount), Whole(resource.Requesting), Wide(resource.Sum)))]));
        foreach (ResourceFigures resource in inspection.Resources) tables.Add(Buckets($"Histogram of {resource.Resource}", resource.Requests, amount => Amount(resource.Resource, amount)));
        if (inspection.Durations is Histogram durations) tables.Add(Buckets("Histogram of durations", durations, Time));
        if (inspection.Gaps is Histogram gaps) tables.Add(Buckets("Histogram of times between arrivals", gaps, Time));
        tables.Add(Shapes(inspection));
        return tables;
    }

    /// <summary>The table of what a reader changed, censored, ignored and dropped.</summary>
    public static InspectionTable Of(ReadReport report) => new(
        "Reading",
        ["code", "kind", "count", "meaning", "examples"],
        [.. report.Notes.Select(note => Row(note.Code, note.Kind.ToString().ToLowerInvariant(), Whole(note.Count), note.Meaning, string.Join("; ", note.Examples.Select(Example))))]);

    private static InspectionTable Overview(TraceInspection inspection) => new("Overview", ["figure", "value"],
    [
        Row("pods", Whole(inspection.Pods)),
        Row("groups", Whole(inspection.Groups)),
        Row("pods in groups", Whole(inspection.GroupedPods)),
        Row("largest group", Whole(inspection.LargestGroup)),
        Row("distinct shapes", Whole(inspection.Shapes)),
        Row("apps", Whole(inspection.Apps)),
        Row("censored pods", Whole(inspection.Censored)),
        Row("censored share", Real(inspection.CensoredShare)),
        Row("failed pods", Whole(inspection.Failed)),
        Row("first arrival", DurationText.Format(inspection.FirstArrival)),
        Row("last arrival", DurationText.Format(inspection.LastArrival)),
        Row("last end", DurationText.Format(inspection.LastEnd)),
        .. Distribution("duration", inspection.Durations),
        .. Distribution("time between arrivals", inspection.Gaps),
    ]);

    private static IEnumerable<IReadOnlyList<string>> Distribution(string name, Histogram? times) => times is null
        ? []
        :
        [
            Row(name + ", mean", Time((long)times.Mean)), Row(name + ", p50", Time(times.P50)), Row(name + ", p90", Time(times.P90)), Row(name + ", p99", Time(times.P99)),
            Row(name + ", max", Time(times.Max)),
        ];

    private static string[] Summary(string name, Histogram histogram, Func<long, string> text, params ReadOnlySpan<string> first) =>
        [name, .. first, text(histogram.Min), text(histogram.P50), text(histogram.P90), text(histogram.P99), text(histogram.Max), text((long)histogram.Mean)];

    private static InspectionTable Buckets(string title, Histogram histogram, Func<long, string> text) => new(
        title,
        ["from", "below", "count", "share"],
        [.. histogram.Buckets.Select(bucket => Row(text(bucket.From), bucket.Below is long below ? text(below) : "", Whole(bucket.Count), Real((double)bucket.Count / histogram.Count)))]);

    private static InspectionTable Shapes(TraceInspection inspection) => new(
        "Most frequent shapes",
        ["pods", "share", "cpu", "memory", "gpus", "gpu_milli", "gpu_models", "app"],
        [
            .. inspection.FrequentShapes.Select(shape => Row(
                Whole(shape.Pods), Real((double)shape.Pods / inspection.Pods), Amount("cpu_milli", shape.Spec.CpuMilli), Amount("memory_bytes", shape.Spec.MemoryBytes),
                Whole(shape.Spec.GpuCount), Whole(shape.Spec.GpuMilliPerDevice), string.Join('|', shape.Spec.GpuModels), shape.Spec.App)),
        ]);

    private static string[] Row(params string[] cells) => cells;

    private static string Example(ReadExample example)
    {
        string where = example.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {example.Line}") : "";
        return string.Join(' ', new[] { where, example.Field, example.Value }.Where(part => part.Length > 0));
    }

    private static string Amount(string resource, long amount) => resource switch
    {
        "cpu_milli" => Quantity.FromMilli(amount).ToString(),
        "memory_bytes" or "ephemeral_storage_bytes" => Quantity.FromBytes(amount).ToString(),
        _ => Whole(amount),
    };

    private static string Time(long ticks) => DurationText.Format(new TimeSpan(ticks));

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Wide(Int128 value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Real(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}
