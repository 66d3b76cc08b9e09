using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using SchedBench.Benchmarks.Harness;
using SchedBench.Benchmarks.Suites;
using SchedBench.Experiments.Runner;

// Options of our own; all others go to BenchmarkDotNet (--filter, --job, --list, …). README.md has the commands.
var rest = args.ToList();
bool check = rest.Remove("--check"), record = rest.Remove("--record");
if (rest.IndexOf("--data") is >= 0 and int at)
{
    if (at + 1 == rest.Count) return Refuse("--data: expected the folder with the openb files after it");
    Environment.SetEnvironmentVariable(Locations.OpenbVariable, Path.GetFullPath(rest[at + 1]));
    rest.RemoveRange(at, 2);
    if (Locations.Openb is null) return Refuse(Locations.OpenbMissing);
}

if (rest is ["--fill", var workload, .. var times])
{
    if (!FillPattern().IsMatch(workload)) return Refuse("--fill: expected basic, mixed or zones with a number of nodes, as in mixed/5000");
    KubeSchedulerFilling.Run(workload, times is [var text] && int.TryParse(text, out int count) ? count : 1);
    return 0;
}

Type[] suites = [typeof(EventQueueBenchmarks), typeof(CachedDecisionBenchmarks), typeof(WholeClusterDecisionBenchmarks), typeof(OpenbCellBenchmarks), typeof(CsvReadingBenchmarks), typeof(OrchestrationBenchmarks), typeof(KubeSchedulerBenchmarks), typeof(KubeSchedulerAdaptiveBenchmarks), typeof(KubeSchedulerFromScratchBenchmarks)];
if (Locations.Openb is null)
{
    Console.Error.WriteLine($"skipped: {Locations.OpenbMissing}");
    suites = [.. suites.Where(suite => suite != typeof(OpenbCellBenchmarks))];
}

IConfig config = DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default).AddColumn(StatisticColumn.OperationsPerSecond, new ThroughputColumn()).WithOption(ConfigOptions.JoinSummary, false);
Summary[] summaries = [.. BenchmarkSwitcher.FromTypes(suites).Run([.. rest], config)];
Expectation[] measured = [.. summaries.SelectMany(summary => ExpectationFile.Of(summary, ExperimentSession.Machine))];
var expectations = ExpectationFile.Read();
string[] misses = check ? [.. expectations.Misses(measured)] : [];
foreach (string miss in misses) Console.Error.WriteLine($"missed: {miss}");
if (record)
{
    expectations.With(measured).Write();
    foreach (Summary summary in summaries) ResultTables.Copy(summary);
}

bool failed = summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
return failed || misses.Length > 0 ? 1 : 0;

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}

/// <content>What is checked of arguments.</content>
internal sealed partial class Program
{
    [System.Text.RegularExpressions.GeneratedRegex("^(basic|mixed|zones)/[0-9]{1,6}$")]
    private static partial System.Text.RegularExpressions.Regex FillPattern();
}
