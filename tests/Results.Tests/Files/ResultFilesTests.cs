using System.Globalization;
using System.Text;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Files;

public sealed class ResultFilesTests
{
    private static readonly CellResult[] Small =
    [
        Cells.Of("best-fit", 42, 91.25) with
        {
            Fingerprint = 0xABC,
            Metrics = [new("pods_arrived_total", 12), new("gpu_allocated_percent", 91.25)],
            Series = [new("gpu_allocated_percent", "gpu_arrived_percent", 10, 9.9999999999)],
            Timing = [new("cell_wall_seconds", 0.25)],
        },
        Cells.Of("best-fit", 43, 91.75) with
        {
            Fingerprint = ulong.MaxValue,
            Metrics = [new("pods_arrived_total", 12), new("gpu_allocated_percent", 91.75), new("wait_seconds_max", null)],
        },
        Cells.Of("odd, \"quoted\"", 42, 95) with { Fingerprint = 1 },
        Cells.Failed("odd, \"quoted\"", 43, "boom,\nat line 2") with { Fingerprint = 2 },
    ];

    [Fact]
    public void Cells_are_a_row_each_with_a_column_for_every_metric_that_occurs() => Assert.Equal(
        """"
        experiment,fleet,workload,faults,strategy,seed,status,failure,fingerprint,gpu_allocated_percent,pods_arrived_total,wait_seconds_max
        tiny,small,default,none,best-fit,42,ok,,0000000000000abc,91.25,12,
        tiny,small,default,none,best-fit,43,ok,,ffffffffffffffff,91.75,12,
        tiny,small,default,none,"odd, ""quoted""",42,ok,,0000000000000001,95,,
        tiny,small,default,none,"odd, ""quoted""",43,failed,"boom, at line 2",0000000000000002,,,

        """".ReplaceLineEndings("\n"), Written(text => CellsCsv.Write(text, Small)));

    [Fact]
    public void Series_have_exactly_the_stated_columns() => Assert.Equal(
        """"
        experiment,fleet,workload,faults,strategy,seed,metric,x_name,x,value
        tiny,small,default,none,best-fit,42,gpu_allocated_percent,gpu_arrived_percent,10,10

        """".ReplaceLineEndings("\n"), Written(text => SeriesCsv.Write(text, Small)));

    [Fact]
    public void Services_are_a_row_a_metric_and_an_empty_sample_is_an_empty_field() => Assert.Equal(
        """"
        experiment,fleet,workload,faults,strategy,seed,service,metric,value
        tiny,small,default,none,best-fit,42,shop/web,requests_total,12
        tiny,small,default,none,best-fit,42,shop/web,request_availability_nines,

        """".ReplaceLineEndings("\n"), Written(text => ServicesCsv.Write(text, [Small[0] with { Services = [new("shop/web", "requests_total", 12), new("shop/web", "request_availability_nines", null)] }])));

    [Fact]
    public void Timing_has_exactly_the_stated_columns() => Assert.Equal(
        """"
        experiment,fleet,workload,faults,strategy,seed,metric,value
        tiny,small,default,none,best-fit,42,cell_wall_seconds,0.25

        """".ReplaceLineEndings("\n"), Written(text => TimingCsv.Write(text, Small)));

    [Fact]
    public void Summary_leaves_empty_what_a_sample_is_too_small_for() => Assert.Equal(
        """"
        experiment,fleet,workload,faults,strategy,metric,mean,stdev,n,ci95_low,ci95_high,min,p50,max
        tiny,small,default,none,best-fit,gpu_allocated_percent,91.5,0.353553391,2,88.3234488,94.6765512,91.25,91.25,91.75
        tiny,small,default,none,best-fit,pods_arrived_total,12,0,2,12,12,12,12,12
        tiny,small,default,none,best-fit,wait_seconds_max,,,0,,,,,
        tiny,small,default,none,"odd, ""quoted""",gpu_allocated_percent,95,,1,,,95,95,95
        tiny,small,default,none,"odd, ""quoted""",pods_arrived_total,,,0,,,,,
        tiny,small,default,none,"odd, ""quoted""",wait_seconds_max,,,0,,,,,

        """".ReplaceLineEndings("\n"), Written(text => SummaryCsv.Write(text, SummaryTable.Of(Small))));

    [Fact]
    public void Comparisons_name_the_baseline_and_the_power() => Assert.Equal(
        """"
        experiment,fleet,workload,faults,strategy,baseline,metric,n_pairs,zero_pairs,mean_difference,ci95_low,ci95_high,median_difference,median_ci95_low,median_ci95_high,wilcoxon_p,holm_p,a12,smallest_p
        tiny,small,default,none,"odd, ""quoted""",best-fit,gpu_allocated_percent,1,0,3.75,,,3.75,,,1,1,1,1
        tiny,small,default,none,"odd, ""quoted""",best-fit,pods_arrived_total,0,0,,,,,,,,,,
        tiny,small,default,none,"odd, ""quoted""",best-fit,wait_seconds_max,0,0,,,,,,,,,,

        """".ReplaceLineEndings("\n"), Written(text => ComparisonsCsv.Write(text, ComparisonTable.Of(Small, "best-fit"))));

    [Fact]
    public void Files_have_no_byte_order_mark_and_no_carriage_return()
    {
        using var folder = new TempFolder();
        ResultFiles.WriteAll(folder.Path, Small, "best-fit");
        string[] files = [.. Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(["cells.csv", "comparisons.csv", "series.csv", "summary.csv", "timing.csv"], files);
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(folder[file]);
            Assert.Equal((byte)'e', bytes[0]);
            Assert.Equal((byte)'\n', bytes[^1]);
            Assert.DoesNotContain((byte)'\r', bytes);
        }
    }

    [Fact]
    public void Reading_back_gives_what_was_printed()
    {
        using var folder = new TempFolder();
        ResultFiles.WriteAll(folder.Path, Cells.Study, "best-fit");
        IReadOnlyList<CellResult> cells = CellsCsv.Read(folder["cells.csv"]);
        Assert.Equal(Cells.Study.Select(c => (c.Key, c.Status, c.Fingerprint)), cells.Select(c => (c.Key, c.Status, c.Fingerprint)));
        Assert.Equal(File.ReadAllText(folder["cells.csv"]), Written(text => CellsCsv.Write(text, cells)));
        var series = SeriesCsv.Read(folder["series.csv"]);
        var timing = TimingCsv.Read(folder["timing.csv"]);
        IReadOnlyList<CellResult> full = [.. cells.Select(c => c with { Series = series[c.Key], Timing = timing[c.Key] })];
        Assert.Equal(File.ReadAllText(folder["series.csv"]), Written(text => SeriesCsv.Write(text, full)));
        Assert.Equal(File.ReadAllText(folder["timing.csv"]), Written(text => TimingCsv.Write(text, full)));
        Assert.Equal(File.ReadAllText(folder["summary.csv"]), Written(text => SummaryCsv.Write(text, SummaryCsv.Read(folder["summary.csv"]))));
        Assert.Equal(File.ReadAllText(folder["comparisons.csv"]), Written(text => ComparisonsCsv.Write(text, ComparisonsCsv.Read(folder["comparisons.csv"]))));
    }

    [Fact]
    public void Summary_and_comparisons_can_be_recomputed_from_the_cells_file_alone()
    {
        using var folder = new TempFolder();
        ResultFiles.WriteAll(folder.Path, Cells.Study, "best-fit");
        IReadOnlyList<CellResult> printed = CellsCsv.Read(folder["cells.csv"]);
        Assert.Equal(File.ReadAllText(folder["summary.csv"]), Written(text => SummaryCsv.Write(text, SummaryTable.Of(printed))));
        Assert.Equal(File.ReadAllText(folder["comparisons.csv"]), Written(text => ComparisonsCsv.Write(text, ComparisonTable.Of(printed, "best-fit"))));
    }

    [Fact]
    public void Culture_leaves_no_trace()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        string reference = Everything();
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        comma.TextInfo.ListSeparator = ";";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(reference, Everything());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static string Everything() => Written(text =>
        {
            CellsCsv.Write(text, Cells.Study);
            SeriesCsv.Write(text, Cells.Study);
            ComparisonsCsv.Write(text, ComparisonTable.Of(Cells.Study, "best-fit"));
        });
    }

    [Fact]
    public void Cell_that_breaks_a_rule_stops_the_writing_before_any_file_is_touched()
    {
        using var folder = new TempFolder();
        Assert.Throws<ArgumentException>(() => ResultFiles.WriteAll(folder.Path, [Cells.Of("a", 1, double.NaN)], "a"));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static string Written(Action<TextWriter> write)
    {
        using var folder = new TempFolder();
        AtomicFile.WriteText(folder["x"], write);
        return File.ReadAllText(folder["x"], new UTF8Encoding(false, throwOnInvalidBytes: true));
    }
}
