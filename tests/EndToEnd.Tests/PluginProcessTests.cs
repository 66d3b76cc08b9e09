using System.Diagnostics;
using System.Globalization;
using SchedBench.EndToEnd.Tests.Support;

namespace SchedBench.EndToEnd.Tests;

/// <summary>Child processes of plug-ins: none outlives the run, whatever happens to the run, and none keeps it from ending.</summary>
[Collection(SweepCollection.Name)]
public sealed class PluginProcessTests(FinishedSweep finished)
{
    [SkippableFact]
    public void A_strategy_that_hangs_ends_with_the_run_that_is_killed()
    {
        ProcessTable.SkipWithoutProc();
        using ProgramRun run = Start("killed-beside-plugin", "naughty-hang");
        int child = ProcessTable.WaitForChild(run);
        run.Kill();
        ProcessTable.WaitForEnd(child);
    }

    [SkippableFact]
    public void A_strategy_that_hangs_ends_with_the_run_that_is_interrupted()
    {
        ProcessTable.SkipWithoutProc();
        using ProgramRun run = Start("interrupted-beside-plugin", "naughty-hang");
        int child = ProcessTable.WaitForChild(run);
        run.Signal("TERM");
        run.WaitForEnd();
        Assert.Equal(130, run.ExitCode);
        ProcessTable.WaitForEnd(child);
    }

    [SkippableFact]
    public void A_process_that_a_strategy_leaves_behind_holds_nobody_up()
    {
        ProcessTable.SkipWithoutProc();
        string pidFile = finished.Experiment.Path("left-behind.pid");
        using ProgramRun run = Start("littering", "naughty-litter", ("NAUGHTY_PID_FILE", pidFile));
        run.WaitForEnd().Ok();
        int left = int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture);
        try
        {
            Assert.True(ProcessTable.IsAlive(left), "The run waited for the end of a process that is none of its own.");
        }
        finally
        {
            using var process = Process.GetProcessById(left);
            process.Kill();
        }
    }

    [Fact]
    public void Verify_repeats_cells_of_plug_ins_under_the_same_limits()
    {
        string folder = finished.Experiment.Path("verified-plugin"), file = Write("verified", "naughty-not, naughty-hang, naughty-exit-0");
        string[] limits = ["--plugin", PluginAssemblies.Naughty, "--plugin-time", "8s"];
        using (var run = ProgramRun.ToTheEnd(["run", file, "--seeds", "1", "--out", folder, .. limits])) Assert.Equal(1, run.ExitCode);
        using var verify = ProgramRun.ToTheEnd(["verify", folder, "--sample", "0", .. limits]);
        Assert.Equal(
            "equal small mixed none best-fit 1\nequal small mixed none naughty-not 1\nequal small mixed none naughty-hang 1\nequal small mixed none naughty-exit-0 1\n",
            verify.Ok().Out);
    }

    private ProgramRun Start(string name, string strategy, params (string Name, string Value)[] environment) => ProgramRun.Start(
        environment, "run", Write(name, strategy), "--plugin", PluginAssemblies.Naughty, "--seeds", "1", "--jobs", "1", "--only", $"strategy={strategy}", "--out", finished.Experiment.Path(name));

    private string Write(string name, string strategies) =>
        finished.Experiment.WriteWith($"{name}.yaml", "[best-fit, random, { name: fgd, tieBreak: uniform }]", $"[best-fit, {strategies}]");
}
