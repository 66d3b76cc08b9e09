using System.Text.RegularExpressions;
using SchedBench.EndToEnd.Tests.Support;

namespace SchedBench.EndToEnd.Tests;

/// <summary>What a person at a terminal meets: colour only where it is wanted, completion in the shell.</summary>
[Collection(SweepCollection.Name)]
public sealed class TerminalTests(FinishedSweep finished)
{
    [SkippableTheory]
    [InlineData("TERM=xterm-256color", true)]
    [InlineData("TERM=xterm-256color NO_COLOR=1", false)]
    [InlineData("TERM=dumb", false)]
    public void A_terminal_shows_a_bar_unless_it_cannot_or_the_user_wants_none(string variables, bool drawn)
    {
        Skip.IfNot(File.Exists("/usr/bin/script"), "There is no 'script' that makes a terminal.");
        string folder = finished.Experiment.Path($"terminal-{variables}");
        (string, string)[] environment = [("NO_COLOR", ""), .. variables.Split(' ').Select(pair => (pair.Split('=')[0], pair.Split('=')[1]))];
        string command = $"'{ProgramRun.Executable}' run '{finished.Experiment.File}' --seeds 1 --out '{folder}'";
        using var run = ProgramRun.Command("/usr/bin/script", environment, "-qec", command, "/dev/null");
        string screen = run.WaitForEnd().Ok().Out;
        Assert.Contains("Strategies compared", screen, StringComparison.Ordinal);
        // Colours and erased lines; the runtime itself sets the mode of the keypad, which draws nothing.
        Assert.Equal(drawn, Regex.IsMatch(screen, "\u001b\\[[0-9;]*[mKJA]", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [SkippableFact]
    public void Completion_works_in_bash()
    {
        Skip.IfNot(File.Exists("/usr/bin/bash") || File.Exists("/bin/bash"), "There is no bash.");
        const string Script = """
            schedbench() { "$0" "$@"; }
            source <(schedbench completion bash)
            try() { COMP_LINE="$1" COMP_POINT=${#1}; read -ra COMP_WORDS <<< "$1"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _schedbench; echo "${COMPREPLY[*]}"; }
            try "schedbench strat"
            try "schedbench run x.yaml --res"
            try "schedbench trace gen"
            """;
        using var run = ProgramRun.Command("bash", [], "-c", Script, ProgramRun.Executable);
        Assert.Equal("strategies\n--resume\ngenerate\n", run.WaitForEnd().Ok().Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public void Data_goes_to_standard_output_and_the_rest_to_standard_error()
    {
        using var plan = ProgramRun.ToTheEnd("plan", finished.Experiment.File, "-o", "csv");
        Assert.Equal(11, plan.Ok().Out.Split('\n').Length);
        Assert.StartsWith("9 cells, plan ", plan.Error, StringComparison.Ordinal);
        using var mistake = ProgramRun.ToTheEnd("plann", finished.Experiment.File);
        Assert.Equal((2, ""), (mistake.ExitCode, mistake.Out));
        Assert.Contains("did you mean 'plan'?", mistake.Error, StringComparison.Ordinal);
    }
}
