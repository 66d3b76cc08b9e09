using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using BenchmarkDotNet.Reports;

namespace SchedBench.Benchmarks.Harness;

/// <summary>What one benchmark took when it was measured last.</summary>
/// <param name="Benchmark">Suite, method and parameters.</param>
/// <param name="Nanoseconds">Mean time of an operation.</param>
/// <param name="StandardDeviation">Its spread over the runs, in nanoseconds.</param>
/// <param name="Runs">Measured iterations.</param>
/// <param name="AllocatedBytes">Managed bytes allocated by an operation.</param>
/// <param name="Origin">Machine, runtime and job.</param>
internal sealed record Expectation(string Benchmark, double Nanoseconds, double StandardDeviation, int Runs, long AllocatedBytes, string Origin);

/// <summary>The file <c>expectations.json</c>: what is expected of each benchmark, and the margin by which a run may miss it.</summary>
/// <param name="TimeMarginRatio">A mean up to this many times the expected one is fine: machines differ, and so do moments.</param>
/// <param name="BytesMarginRatio">The same for allocated bytes; where 0 are expected, 0 it has to be.</param>
/// <param name="Expectations">One a benchmark, sorted by name.</param>
internal sealed record ExpectationFile(double TimeMarginRatio, double BytesMarginRatio, IReadOnlyList<Expectation> Expectations)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Path => System.IO.Path.Combine(Locations.Repository, "benchmarks", "expectations.json");

    /// <summary>Reads the file.</summary>
    public static ExpectationFile Read() => JsonSerializer.Deserialize<ExpectationFile>(File.ReadAllText(Path), Json)!;

    /// <summary>This file with the measured values in place of the old ones; benchmarks that did not run keep theirs.</summary>
    public ExpectationFile With(IEnumerable<Expectation> measured)
    {
        var all = new SortedDictionary<string, Expectation>(StringComparer.Ordinal);
        foreach (Expectation known in Expectations.Concat(measured)) all[known.Benchmark] = known;
        return this with { Expectations = [.. all.Values] };
    }

    /// <summary>Writes the file.</summary>
    public void Write() => File.WriteAllText(Path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>What the measured values miss, a line each; what was never measured before is a miss too.</summary>
    public IEnumerable<string> Misses(IEnumerable<Expectation> measured)
    {
        var known = Expectations.ToDictionary(expectation => expectation.Benchmark, StringComparer.Ordinal);
        foreach (Expectation now in measured)
        {
            if (!known.TryGetValue(now.Benchmark, out Expectation? before)) yield return $"{now.Benchmark}: nothing is expected of it yet (--record notes what it took)";
            else if (now.Nanoseconds > TimeMarginRatio * before.Nanoseconds) yield return Line(now.Benchmark, "ns", now.Nanoseconds, before.Nanoseconds, TimeMarginRatio);
            else if (now.AllocatedBytes > BytesMarginRatio * before.AllocatedBytes) yield return Line(now.Benchmark, "bytes", now.AllocatedBytes, before.AllocatedBytes, BytesMarginRatio);
        }
    }

    /// <summary>The measured values of a summary; benchmarks that failed are left out.</summary>
    public static IEnumerable<Expectation> Of(Summary summary, string machine)
    {
        foreach (BenchmarkReport report in summary.Reports)
        {
            if (report.ResultStatistics is not { } statistics) continue;
            string parameters = report.BenchmarkCase.Parameters.Count == 0 ? "" : report.BenchmarkCase.Parameters.DisplayInfo;
            string name = $"{report.BenchmarkCase.Descriptor.Type.Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}{parameters}";
            long bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
            string origin = $"{machine}; {report.BenchmarkCase.Job.ResolvedId}";
            yield return new Expectation(name, Math.Round(statistics.Mean, 3), Math.Round(statistics.StandardDeviation, 3), statistics.N, bytes, origin);
        }
    }

    private static string Line(string benchmark, string unit, double now, double before, double margin) =>
        string.Create(CultureInfo.InvariantCulture, $"{benchmark}: {now:G6} {unit} an operation, {before:G6} expected, at most {margin} times that allowed");
}
