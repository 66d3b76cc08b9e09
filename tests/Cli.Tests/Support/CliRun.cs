using System.Text;

namespace SchedBench.Cli.Tests.Support;

/// <summary>What a command line left behind. Whatever it was, no stack trace and no colour are in it.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public static CliRun Of(params string[] args) => Of(args, new StringWriter { NewLine = "\n" }, CancellationToken.None);

    /// <summary>Runs a command and cancels it as soon as it has written <paramref name="signal"/> to standard error.</summary>
    public static CliRun CancelledAt(string signal, params string[] args)
    {
        using var source = new CancellationTokenSource();
        return Of(args, new CancellingWriter(signal, source) { NewLine = "\n" }, source.Token);
    }

    /// <summary>The run, which is known to have gone well.</summary>
    public CliRun Ok()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return this;
    }

    /// <summary>Requires an exit code, nothing on standard output and a text on standard error.</summary>
    public void Fails(int exitCode, params string[] expected)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}: {Error}{Out}");
        Assert.Equal("", Out);
        foreach (string text in expected) Assert.Contains(text, Error, StringComparison.Ordinal);
    }

    private static CliRun Of(string[] args, StringWriter error, CancellationToken cancellation)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using (error)
        {
            int exitCode = CliApp.Run(args, new Terminal(output, error, IsInteractive: false), cancellation);
            var run = new CliRun(exitCode, output.ToString(), error.ToString());
            Assert.DoesNotContain((run.Out + run.Error).Split('\n'), line => line.StartsWith("   at ", StringComparison.Ordinal));
            Assert.DoesNotContain("SCHEDBENCH_DEBUG", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b", run.Out + run.Error, StringComparison.Ordinal);
            return run;
        }
    }

    private sealed class CancellingWriter(string signal, CancellationTokenSource source) : StringWriter
    {
        private readonly StringBuilder _seen = new();

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (_seen.Append(value).Append('\n').ToString().Contains(signal, StringComparison.Ordinal)) source.Cancel();
        }
    }
}
