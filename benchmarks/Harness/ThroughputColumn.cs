using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using SchedBench.Benchmarks.Suites;

namespace SchedBench.Benchmarks.Harness;

/// <summary>Megabytes (10⁶ bytes) read a second, for benchmarks that read a file.</summary>
internal sealed class ThroughputColumn : IColumn
{
    public string Id => nameof(ThroughputColumn);

    public string ColumnName => "MB/s";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Megabytes (10^6 bytes) of the file read a second";

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.All(IsReading);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (!IsReading(benchmarkCase) || summary[benchmarkCase]?.ResultStatistics is not { } statistics) return "-";
        long? bytes = CsvReadingBenchmarks.BytesOf((string)benchmarkCase.Parameters[nameof(CsvReadingBenchmarks.Format)]);
        // Nanoseconds: bytes/ns · 1000 = MB/s.
        return bytes is null ? "-" : (1000.0 * bytes.Value / statistics.Mean).ToString("F0", CultureInfo.InvariantCulture);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    private static bool IsReading(BenchmarkCase benchmarkCase) => benchmarkCase.Descriptor.Type == typeof(CsvReadingBenchmarks);
}
