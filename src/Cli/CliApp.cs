using System.CommandLine;
using System.CommandLine.Help;
using SchedBench.Cli.Commands;
using SchedBench.Core.Input;
using SchedBench.Results.Files;

namespace SchedBench.Cli;

/// <summary>The <c>schedbench</c> command: parses, runs, and turns every outcome into its exit code. Never shows a stack trace.</summary>
internal static class CliApp
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">Arguments without the program name.</param>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        RootCommand root = Root(terminal, cancellation);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            ReportErrors(parsed, terminal);
            string command = string.Join(' ', parsed.CommandResult.Tokens.Count == 0 && parsed.CommandResult.Command == root ? [] : [parsed.CommandResult.Command.Name]);
            terminal.Note($"schedbench: see 'schedbench {command}{(command.Length > 0 ? " " : "")}--help'");
            return ExitCode.InvalidInput;
        }

        return Guard(terminal, () => parsed.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false }));
    }

    /// <summary>An unknown word gets the nearest command or option; otherwise the parser's own messages.</summary>
    private static void ReportErrors(ParseResult parsed, Terminal terminal)
    {
        Command command = parsed.CommandResult.Command;
        string[] known = [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name), .. command.Options.Where(option => !option.Hidden).Select(option => option.Name)];
        foreach (string word in parsed.UnmatchedTokens)
        {
            string expected = command.Subcommands.Count > 0 ? $"expected one of {string.Join(", ", known)}" : "expected no such word or option here";
            terminal.Note($"schedbench: {new InputProblem(command is RootCommand ? "command" : command.Name, 0, 0, "", word, expected, NearestName.Find(word, known))}");
        }

        if (parsed.UnmatchedTokens.Count > 0) return;
        foreach (var error in parsed.Errors) terminal.Note($"schedbench: {error.Message}");
    }

    /// <summary>Runs a command and maps what it throws.</summary>
    private static int Guard(Terminal terminal, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (InputException error)
        {
            foreach (InputProblem problem in error.Problems) terminal.Note($"schedbench: {problem}");
            return ExitCode.InvalidInput;
        }
        catch (ResultsIncompleteException error)
        {
            terminal.Note($"schedbench: {error.Message}");
            return ExitCode.Incomplete;
        }
        catch (ResultsUnwritableException error)
        {
            terminal.Note($"schedbench: {error.Message}");
            terminal.Note("schedbench: finished cells are intact; run the same command again to go on");
            return ExitCode.Incomplete;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.Note($"schedbench: cannot be written: {error.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Incomplete;
        }
        catch (OperationCanceledException)
        {
            terminal.Note("schedbench: interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            terminal.Note($"schedbench: the program failed: {error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}");
            if (Environment.GetEnvironmentVariable("SCHEDBENCH_DEBUG") == "1") terminal.Note(error.ToString());
            else terminal.Note("schedbench: this is a bug; SCHEDBENCH_DEBUG=1 shows where");
            return ExitCode.RunFailed;
        }
    }

    private static RootCommand Root(Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootCommand("SchedBench replays recorded workloads under competing scheduling strategies and measures what they do.");
        foreach (Option option in root.Options)
        {
            if (option is not HelpOption) continue;
            option.Aliases.Remove("/?");
            option.Aliases.Remove("/h");
        }

        root.Subcommands.Add(RunCommand.Create(terminal, cancellation));
        root.Subcommands.Add(PlanCommand.Create(terminal));
        root.Subcommands.Add(ValidateCommand.Create(terminal));
        root.Subcommands.Add(StrategiesCommand.Create(terminal));
        root.Subcommands.Add(ExplainCommand.Create(terminal, cancellation));
        root.Subcommands.Add(DiffCommand.Create(terminal, cancellation));
        root.Subcommands.Add(SaveCommand.Create(terminal, cancellation));
        root.Subcommands.Add(ForkCommand.Create(terminal, cancellation));
        root.Subcommands.Add(ChaosCommand.Create(terminal));
        root.Subcommands.Add(FidelityCommand.Create(terminal, cancellation));
        root.Subcommands.Add(FleetCommands.Create(terminal, cancellation));
        root.Subcommands.Add(FuzzCommand.Create(terminal, cancellation));
        root.Subcommands.Add(TraceCommand.Create(terminal));
        root.Subcommands.Add(ReportCommand.Create(terminal));
        root.Subcommands.Add(CompareCommand.Create(terminal));
        root.Subcommands.Add(VerifyCommand.Create(terminal, cancellation));
        root.Subcommands.Add(CompletionCommand.Create(terminal));
        root.Subcommands.Add(VersionCommand.Create(terminal));
        root.Subcommands.Add(CellCommand.Create(cancellation));
        return root;
    }
}
