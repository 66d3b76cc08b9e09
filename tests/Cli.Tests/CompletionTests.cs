using SchedBench.Cli.Tests.Support;

namespace SchedBench.Cli.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "complete -F _schedbench schedbench")]
    [InlineData("zsh", "#compdef schedbench")]
    [InlineData("fish", "complete -c schedbench")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName schedbench")]
    public void Every_shell_gets_a_script_that_asks_the_program(string shell, string expected)
    {
        CliRun run = CliRun.Of("completion", shell).Ok();
        Assert.Contains(expected, run.Out, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', run.Out);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData("st", "strategies")]
    [InlineData("ver", "verify version")]
    [InlineData("run --res", "--resume")]
    [InlineData("run x.yaml --cl", "--clock")]
    [InlineData("trace ins", "inspect")]
    [InlineData("plan x.yaml -o js", "json")]
    [InlineData("completion ba", "bash")]
    public void The_program_suggests_what_can_come_next(string line, string expected)
    {
        string[] suggestions = CliRun.Of($"[suggest:{line.Length}]", line).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string suggestion in expected.Split(' ')) Assert.Contains(suggestion, suggestions);
    }

    [Fact]
    public void The_command_for_child_processes_is_not_suggested() =>
        Assert.DoesNotContain("cell", CliRun.Of("[suggest:1]", "c").Ok().Out.Split('\n'));
}
