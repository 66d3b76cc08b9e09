using SchedBench.Cli.Tests.Support;

namespace SchedBench.Cli.Tests;

/// <summary>Command lines that are not valid end with exit code 2 before anything is run or written.</summary>
[Collection(FinishedRunCollection.Name)]
public sealed class UsageTests(FinishedRun finished)
{
    public static TheoryData<string> AllCommands =>
    [
        "run", "plan", "validate", "strategies", "explain", "diff", "save", "fork", "fuzz", "trace", "trace inspect", "trace convert", "trace generate", "trace fit", "report", "compare", "verify", "completion", "version",
    ];

    [Theory]
    [MemberData(nameof(AllCommands))]
    public void Every_command_has_help(string command)
    {
        CliRun run = CliRun.Of([.. command.Split(' '), "--help"]).Ok();
        Assert.Contains($" {command} ", run.Out.Split("Usage:\n")[1].Split('\n')[0] + " ", StringComparison.Ordinal);
        Assert.StartsWith("Description:\n  ", run.Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public void Help_lists_every_command_of_the_user_and_no_other()
    {
        string help = CliRun.Of("--help").Ok().Out;
        foreach (string command in (string[])["run", "plan", "validate", "strategies", "explain", "diff", "trace", "report", "compare", "verify", "completion", "version"])
            Assert.Contains($"\n  {command} ", help, StringComparison.Ordinal);
        Assert.DoesNotContain("\n  cell ", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("trace")]
    public void A_command_is_required(string command) => CliRun.Of(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Fails(2, "Required command", "--help");

    [Theory]
    [InlineData("runn", "'runn'", "did you mean 'run'?")]
    [InlineData("strategy", "'strategy'", "did you mean 'strategies'?")]
    [InlineData("verfy out", "'verfy'", "did you mean 'verify'?")]
    [InlineData("trace inspct", "'inspct'", "did you mean 'inspect'?")]
    [InlineData("plan FILE --seed 3", "'--seed'", "did you mean '--seeds'?")]
    [InlineData("run FILE --job 3", "'--job'", "did you mean '--jobs'?")]
    [InlineData("run FILE --ressume", "'--ressume'", "did you mean '--resume'?")]
    public void What_is_unknown_is_answered_with_the_nearest_name(string line, string value, string nearest)
    {
        CliRun run = CliRun.Of(Arguments(line));
        run.Fails(2, value, nearest);
        Assert.DoesNotContain("Required command", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xyzzy")]
    [InlineData("version 3")]
    [InlineData("run FILE second.yaml")]
    [InlineData("run FILE --xyzzy")]
    public void What_is_unknown_and_near_to_nothing_is_named(string line) => CliRun.Of(Arguments(line)).Fails(2, $"'{line.Split(' ')[^1]}'", "--help");

    [Theory]
    [InlineData("--jobs 0", "--jobs: '0': expected a whole number from 1 to 1024")]
    [InlineData("--jobs -1", "--jobs: '-1': expected a whole number from 1 to 1024")]
    [InlineData("--jobs abc", "--jobs: 'abc': expected a whole number")]
    [InlineData("--jobs 99999999999", "--jobs: '99999999999': expected a whole number")]
    [InlineData("--clock wall --pace abc", "--pace: 'abc': expected a finite number above 0")]
    [InlineData("--invariants x", "--invariants: 'x': expected a whole number")]
    [InlineData("--jobs", "--jobs")]
    [InlineData("--seeds -1", "expected a seed from 0 to 18446744073709551615")]
    [InlineData("--seeds 18446744073709551616", "expected a seed from 0 to 18446744073709551615")]
    [InlineData("--seeds abc", "--seeds:1:1: 'abc'")]
    [InlineData("--seeds 1,2,1", "every seed once")]
    [InlineData("--seeds 5..1", "from the smaller seed to the larger")]
    [InlineData("--seeds 1..9999999", "at most 100000 seeds")]
    [InlineData("--seeds ,", "--seeds:1:1")]
    [InlineData("--only strategy", "expected factor=level")]
    [InlineData("--only stratgy=fgd", "did you mean 'strategy'?")]
    [InlineData("--only strategy=fdg", "did you mean 'fgd'?")]
    [InlineData("--only workload=mixd", "did you mean 'mixed'?")]
    [InlineData("--only seed=77", "--only")]
    [InlineData("--data /no/such/folder", "--data: '/no/such/folder': expected an existing folder")]
    [InlineData("--clock wal", "did you mean 'wall'?")]
    [InlineData("--pace 3", "expected --clock wall beside it")]
    [InlineData("--clock wall --pace 0", "--pace: '0': expected a finite number above 0")]
    [InlineData("--clock wall --pace -2", "expected a finite number above 0")]
    [InlineData("--clock wall --pace NaN", "expected a finite number above 0")]
    [InlineData("--clock wall --pace 1e999", "expected a finite number above 0")]
    [InlineData("--invariants -1", "--invariants: '-1'")]
    [InlineData("--plugin-time 5", "--plugin-time: '5'")]
    [InlineData("--plugin-time 0s", "--plugin-time: '0s'")]
    [InlineData("--plugin-memory 1.1.M", "--plugin-memory: '1.1.M'")]
    [InlineData("--plugin-memory -1Gi", "--plugin-memory: '-1Gi'")]
    [InlineData("--plugin /no/such.dll", "/no/such.dll")]
    [InlineData("-o jsn", "'jsn': expected one of table, json, csv, md, latex")]
    [InlineData("--resume --fresh", "either --resume or --fresh")]
    public void A_value_that_an_option_cannot_have_is_rejected(string options, string expected)
    {
        string folder = finished.Experiment.Path("never-written");
        CliRun.Of([.. Arguments("run FILE"), "--out", folder, .. options.Split(' ')]).Fails(2, expected);
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("verify RESULTS --sample -1", "--sample: '-1'")]
    [InlineData("verify RESULTS --experiment /no/such.yaml", "/no/such.yaml: expected an existing file")]
    [InlineData("verify /no/such/results", "there is no such folder")]
    [InlineData("report /no/such/results", "there is no such folder")]
    [InlineData("compare RESULTS /no/such/results", "there is no such folder")]
    [InlineData("report FOLDER", "it has no manifest.json")]
    [InlineData("compare FOLDER RESULTS", "it has no manifest.json")]
    [InlineData("explain FILE --pod pod-05 --nodes -1", "--nodes: '-1'")]
    [InlineData("explain FILE", "--pod")]
    [InlineData("explain FILE --log FOLDER/never.csv --pod pod-05", "never.csv': expected no --pod beside it")]
    [InlineData("diff", "Required argument")]
    [InlineData("diff FILE", "--a: expected a filter that leaves one cell of tiny, found 9: add strategy= one of best-fit, random, fgd; seed= one of 1, 2, 3")]
    [InlineData("diff FILE --only seed=1 --a strategy=random --b workload=mixed", "--b: 'seed=1,workload=mixed': expected a filter that leaves one cell of tiny, found 3: add strategy= one of")]
    [InlineData("diff FILE --a strategy=randon,seed=1 --b seed=1", "--a: 'randon': expected one of the strategies best-fit, random, fgd; did you mean 'random'?")]
    [InlineData("diff FILE --a strategy=random,seed=1 --b seeds=1", "--b:1:1: 'seeds': expected one of the factors fleet, workload, faults, strategy, seed; did you mean 'seed'?")]
    [InlineData("diff FILE --only strategy=fgd --a seed=1 --b seed=9", "--b: '9': expected one of the seeds 1, 2, 3")]
    [InlineData("diff FILE /no/such.yaml --only strategy=fgd,seed=1", "/no/such.yaml: expected an existing file")]
    [InlineData("diff FILE --only strategy=fgd,seed=1 --b-data /no/such", "--b-data: '/no/such': expected an existing folder")]
    [InlineData("diff FILE --only strategy=fgd,seed=1 --nodes -1", "--nodes: '-1'")]
    [InlineData("diff FILE --only strategy=fgd,seed=1 --nodes x", "--nodes: 'x': expected a whole number")]
    [InlineData("completion tcsh", "expected one of bash, zsh, fish, pwsh")]
    [InlineData("completion bsh", "did you mean 'bash'?")]
    [InlineData("completion", "Required argument")]
    [InlineData("trace inspect /no/such.swf", "/no/such.swf")]
    [InlineData("trace inspect FILE", "expected a format for")]
    [InlineData("trace inspect FILE --format opneb", "did you mean 'openb'?")]
    [InlineData("trace inspect FOLDER/trace --set x", "expected name=value")]
    [InlineData("trace convert FOLDER/trace", "--out")]
    [InlineData("trace generate /no/such.yaml --out FOLDER/never", "/no/such.yaml")]
    [InlineData("trace generate FILE --out FOLDER/never --seed -1", "--seed: '-1': expected a seed from 0 to 18446744073709551615")]
    [InlineData("verify RESULTS --sample x", "--sample: 'x': expected a whole number")]
    [InlineData("trace generate FILE --out FOLDER/never", "tiny.yaml:")]
    [InlineData("run /?", "/?: expected an existing file")]
    [InlineData("plan", "Required argument")]
    public void Other_commands_reject_what_they_cannot_use(string line, string expected) => CliRun.Of(Arguments(line)).Fails(2, expected);

    [Theory]
    [InlineData("strategies --plugin PIPE", "expected a .NET assembly; this is empty, a pipe or a device")]
    [InlineData("report RESULTS --pdf-font PIPE", "expected a TrueType font")]
    [InlineData("diff PIPE PIPE", "pipe")]
    public async Task A_pipe_in_place_of_a_file_is_rejected_without_waiting(string line, string expected)
    {
        if (OperatingSystem.IsWindows()) return;
        string pipe = finished.Experiment.Path(Path.GetRandomFileName());
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe)) await make.WaitForExitAsync();
        string[] arguments = Arguments(line.Replace("PIPE", pipe, StringComparison.Ordinal));
        await Task.Run(() => CliRun.Of(arguments).Fails(2, expected)).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Question_marks_in_the_manner_of_dos_are_no_help() => CliRun.Of("/?").Fails(2, "'/?'");

    private string[] Arguments(string line) =>
        [.. line.Split(' ').Select(word => word
            .Replace("FILE", finished.Experiment.File, StringComparison.Ordinal)
            .Replace("FOLDER", finished.Experiment.Folder, StringComparison.Ordinal)
            .Replace("RESULTS", finished.Results, StringComparison.Ordinal))];
}
