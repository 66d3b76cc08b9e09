using System.Globalization;
using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit;
using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests;

/// <summary>The first decision in which two runs of the repository's own experiments differ.</summary>
public sealed class DiffTests : IDisposable
{
    private readonly TinyExperiment _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Strategies_of_the_quickstart_part_in_a_node_and_repetitions_do_not()
    {
        string file = Workload("quickstart");
        using var same = ProgramRun.ToTheEnd("diff", file, "--only", "strategy=best-fit,seed=1");
        Assert.Matches("^equal: [0-9]{4,} decisions in both runs\n$", same.Ok().Error);
        using var parted = ProgramRun.ToTheEnd("diff", file, "--only", "seed=1", "--a", "strategy=best-fit", "--b", "strategy=dot-product");
        Assert.True(parted.ExitCode == 1, parted.Error);
        Assert.Matches("^the first [0-9]+ decisions are equal; decision [0-9]+ differs in node\n", parted.Error);
    }

    [Theory]
    [InlineData("node-crashes")]
    [InlineData("zone-outage")]
    [InlineData("partition")]
    public void Faults_change_no_decision_before_the_first_of_them(string faults)
    {
        string file = Workload("chaos");
        using var planned = ProgramRun.ToTheEnd("chaos", "plan", file, "--only", $"faults={faults},seed=1,strategy=kube-scheduler", "-o", "csv");
        string[] plan = planned.Ok().Out.TrimEnd('\n').Split('\n');
        int at = Array.IndexOf(plan[0].Split(','), "at_(s)");
        decimal first = plan.Skip(1).Min(row => Number(row.Split(',')[at]));
        Assert.True(first > 0);

        using var run = ProgramRun.ToTheEnd("diff", file, "--only", "seed=1,strategy=kube-scheduler", "--a", "faults=none", "--b", $"faults={faults}", "-o", "csv");
        Assert.True(run.ExitCode == 1, run.Error);
        string[] times = Assert.Single(run.Out.Split('\n'), row => row.StartsWith("time (s),", StringComparison.Ordinal)).Split(',');
        Assert.All(times[1..3].Where(time => time.Length > 0), time => Assert.True(Number(time) >= first, $"{time} s, first fault at {first} s"));
        // The runs had warmed up by then: what came before is no empty comparison.
        Assert.Matches("^the first [0-9]{3,} decisions are equal; ", run.Error);
    }

    [Fact]
    public void Logs_of_runs_with_objects_and_faults_part_where_the_runs_do()
    {
        string file = Workload("chaos"), calm = _folder.Path("calm.csv"), outage = _folder.Path("outage.csv");
        foreach ((string faults, string log) in ((string, string)[])[("none", calm), ("zone-outage", outage)])
        {
            using var logged = ProgramRun.ToTheEnd("explain", file, "--only", $"strategy=random,seed=1,faults={faults}", "--log", log);
            logged.Ok();
        }

        using var logs = ProgramRun.ToTheEnd("diff", calm, outage);
        using var runs = ProgramRun.ToTheEnd("diff", file, "--only", "strategy=random,seed=1", "--a", "faults=none", "--b", "faults=zone-outage");
        Assert.Equal((1, 1), (logs.ExitCode, runs.ExitCode));
        Assert.Equal(runs.Error.Split('\n')[0], logs.Error.Split('\n')[0]);
    }

    private static string Workload(string name) => Path.Combine(SharedFiles.RepositoryRoot, "workloads", name, "experiment.yaml");

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
