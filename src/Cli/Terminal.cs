using Spectre.Console;

namespace SchedBench.Cli;

/// <summary>Where a command writes: data on standard output, all else on standard error.</summary>
/// <param name="Out">Data.</param>
/// <param name="Error">Progress, notes and problems, as plain text.</param>
/// <param name="IsInteractive">Whether standard error is a terminal that may be redrawn.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive)
{
    /// <summary>Least width that a table is fitted into.</summary>
    private const int Narrowest = 40;

    /// <summary>Signs of a line of <see cref="Out"/>, when that is a terminal.</summary>
    public int Width { get; init; } = int.MaxValue;

    /// <summary>The process's own streams. Colour and redrawing only on a real terminal, and never with <c>NO_COLOR</c> or <c>TERM=dumb</c>.</summary>
    public static Terminal OfProcess()
    {
        bool interactive = !Console.IsErrorRedirected
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null);
        return new Terminal(Console.Out, Console.Error, interactive) { Width = Console.IsOutputRedirected || Console.WindowWidth < Narrowest ? int.MaxValue : Console.WindowWidth };
    }

    /// <summary>A console on standard error for progress.</summary>
    public IAnsiConsole ErrorConsole() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = IsInteractive ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = IsInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = IsInteractive ? InteractionSupport.Yes : InteractionSupport.No,
        Out = new AnsiConsoleOutput(Error),
    });

    /// <summary>A line on standard error.</summary>
    public void Note(string line) => Error.WriteLine(line);
}
