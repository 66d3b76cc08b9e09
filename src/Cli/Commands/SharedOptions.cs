using System.CommandLine;
using SchedBench.Core.Input;
using SchedBench.Core.Resources;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Plugins;
using SchedBench.Experiments.Runner;

namespace SchedBench.Cli.Commands;

/// <summary>Options that several commands share: which experiment, which part of it, and where its files lie.</summary>
/// <param name="argument">Name of the argument.</param>
/// <param name="description">What it is.</param>
internal sealed class ExperimentOptions(string argument = "experiment", string description = "Experiment file (YAML).")
{
    private readonly Argument<string> _experiment = new(argument) { Description = description };
    private readonly Option<string?> _data = new("--data") { Description = "Folder for files that are not beside the experiment.", HelpName = "DIR" };
    private readonly Option<string?> _seeds = new("--seeds") { Description = "Seeds instead of the file's: 42, 1..10, 3,4,5.", HelpName = "SEEDS" };
    private readonly Option<string?> _only = new("--only") { Description = "Only some cells: strategy=fgd,workload=default.", HelpName = "FILTER" };
    private readonly Option<string[]> _plugins = new("--plugin") { Description = "Assembly with strategies; may be given several times.", HelpName = "DLL", AllowMultipleArgumentsPerToken = false };

    /// <summary>Adds the options to a command.</summary>
    public ExperimentOptions AddTo(Command command)
    {
        command.Arguments.Add(_experiment);
        command.Options.Add(_data);
        command.Options.Add(_seeds);
        command.Options.Add(_only);
        command.Options.Add(_plugins);
        return this;
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="InputException">A value has the wrong form.</exception>
    public RunRequest Request(ParseResult parsed) => new()
    {
        ExperimentPath = parsed.GetValue(_experiment)!,
        DataFolder = Folder("--data", parsed.GetValue(_data)),
        Seeds = parsed.GetValue(_seeds) is { } seeds ? SeedList.Parse(seeds) : null,
        Only = parsed.GetValue(_only) is { } only ? CellFilter.Parse(only) : CellFilter.All,
        Plugins = parsed.GetValue(_plugins) ?? [],
    };

    /// <summary>A folder that has to exist; null when none was given.</summary>
    /// <exception cref="InputException">It does not exist.</exception>
    public static string? Folder(string option, string? path) => path is null || Directory.Exists(path)
        ? path
        : throw new InputException(new InputProblem(option, 0, 0, "", path, "expected an existing folder"));
}

/// <summary>Limits of the child processes in which cells of plug-ins run.</summary>
internal sealed class PluginLimitOptions
{
    private readonly Option<string?> _time = new("--plugin-time") { Description = "Longest time of one cell of a plug-in (default 10m).", HelpName = "TIME" };
    private readonly Option<string?> _memory = new("--plugin-memory") { Description = "Most memory of one cell of a plug-in (default 2Gi).", HelpName = "SIZE" };

    /// <summary>Adds the options to a command.</summary>
    public PluginLimitOptions(Command command)
    {
        command.Options.Add(_time);
        command.Options.Add(_memory);
    }

    /// <summary>The limits that were asked for.</summary>
    /// <exception cref="InputException">A value has the wrong form.</exception>
    public ChildLimits Of(ParseResult parsed)
    {
        var limits = new ChildLimits();
        if (parsed.GetValue(_time) is { } time) limits = limits with { Time = OptionValues.Duration("--plugin-time", time) };
        if (parsed.GetValue(_memory) is { } memory) limits = limits with { MemoryBytes = OptionValues.Bytes("--plugin-memory", memory) };
        return limits;
    }
}

/// <summary>Parsing of option values that System.CommandLine has no type for.</summary>
internal static class OptionValues
{
    /// <summary>A duration above 0.</summary>
    public static TimeSpan Duration(string option, string text) => DurationText.TryParse(text, out TimeSpan duration, out TextError error) && duration > TimeSpan.Zero
        ? duration
        : throw new InputException(new InputProblem(option, 0, 0, "", text, error.Expected ?? "expected a duration above 0, such as 90s or 10m"));

    /// <summary>A number of bytes above 0.</summary>
    public static long Bytes(string option, string text) => Quantity.TryParse(text, out Quantity quantity, out TextError error) && quantity.TryGetUnits(out long bytes, out _) && bytes > 0
        ? bytes
        : throw new InputException(new InputProblem(option, 0, 0, "", text, error.Expected ?? "expected a quantity above 0, such as 2Gi"));

    /// <summary>A parser of numbers: the library's own names a .NET type in its message.</summary>
    public static Func<System.CommandLine.Parsing.ArgumentResult, T> Number<T>(string option, string expected)
        where T : struct, IParsable<T> => result =>
    {
        string text = result.Tokens[0].Value;
        if (!T.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out T value)) result.AddError(new InputProblem(option, 0, 0, "", text, expected).ToString());
        return value;
    };

    /// <summary>As <see cref="Number{T}"/>, for whole numbers.</summary>
    public static Func<System.CommandLine.Parsing.ArgumentResult, int> Whole(string option) => Number<int>(option, $"expected a whole number of at most {int.MaxValue}");

    /// <summary>A whole number in a range.</summary>
    public static int Whole(string option, int value, int min, int max) => value >= min && value <= max
        ? value
        : throw new InputException(new InputProblem(option, 0, 0, "", value.ToString(System.Globalization.CultureInfo.InvariantCulture), $"expected a whole number from {min} to {max}"));
}
