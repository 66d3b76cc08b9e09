using System.Text;
using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Reporting.Tests.Charts;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tests.Tables;

/// <summary>Every table in every format, byte by byte.</summary>
public sealed class GoldenTableTests
{
    private static readonly PublishedRow[] Published =
    [
        .. from point in CurveTable.Of(SampleStudies.Saturation.Cells)
           where point.Combination.Workload == "default" && point.Strategy != "my_own|50%"
           let mean = point.Strategy == "fgd" && point.X == 100 ? 94.4 : Math.Min(point.X, 91.05)
           select new PublishedRow(
               new PublishedValue("default", point.Strategy, point.Metric, point.X, 10, mean, 0.25), point.Sample.Mean, point.Sample.StandardDeviation, point.Sample.Count),
        new(new PublishedValue("default", "fgd", "gpu_allocated_percent", 130, 10, 96, 0.25), null, null, 0),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string table in (string[])["comparison", "timed", "few-seeds", "summary", "differences", "curve", "published", "published-points"])
            {
                foreach ((string format, _) in TableFormats.Names) cases.Add(table, format);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Table_is_written_as_committed(string table, string format)
    {
        TableFormat chosen = TableFormats.Names.Single(name => name.Key == format).Value;
        string extension = format switch { "table" => "txt", "latex" => "tex", _ => format };
        Golden.Check($"tables/{table}.{extension}", () => Encoding.UTF8.GetBytes(TableFormats.ToText(Build(table), chosen)));
    }

    private static Table Build(string table)
    {
        Study study = SampleStudies.Saturation;
        return table switch
        {
            "comparison" => ComparisonTableBuilder.Of(study, new ComparisonTableOptions { Notes = ["fgd knew the workload's mix in advance."] }),
            "timed" => ComparisonTableBuilder.Of(SampleStudies.Timed),
            "few-seeds" => ComparisonTableBuilder.Of(SampleStudies.TooFewSeeds),
            "summary" => SummaryTableBuilder.Of(study.Summary),
            "differences" => DifferenceTableBuilder.Of(study.Comparisons, "Compared with best-fit", ["gpu_allocated_percent", "pods_arrived_total"]),
            "curve" => CurveTableBuilder.At(CurveTable.Of(study.Cells), "gpu_allocated_percent", [10, 50, 100, 130]),
            "published" => PublishedTableBuilder.Agreement(Published, "Weng et al., 2023", at: 100),
            "published-points" => PublishedTableBuilder.Points(Published, "Weng et al., 2023"),
            _ => throw new ArgumentOutOfRangeException(nameof(table)),
        };
    }
}
