using SchedBench.Core.Input;

namespace SchedBench.Experiments.External;

/// <summary>What happens when a strategy process hangs, dies, floods or answers nonsense.</summary>
internal enum ProcessFailureAction
{
    /// <summary>The decision is refused and counted; the process is started anew for the next one, a few times.</summary>
    Continue,

    /// <summary>The cell fails.</summary>
    Stop,
}

/// <summary>How much virtual time a decision takes.</summary>
internal enum AnswerCharge
{
    /// <summary>None: the clock waits.</summary>
    None,

    /// <summary>A fixed time.</summary>
    Fixed,

    /// <summary>As long as the answer really took. Such runs cannot be repeated.</summary>
    Measured,
}

/// <summary>The configuration file of a strategy that is a process of its own (<c>kind: ProcessStrategy</c>). Immutable.</summary>
internal sealed record ProcessStrategyConfig
{
    private const string ApiVersion = "schedbench/v1";
    private const string Kind = "ProcessStrategy";
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Program and arguments. It runs in the folder of the file.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Longest real time from the start to the first answer.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest real time of an answer.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest line that it may write.</summary>
    public int MaxLineBytes { get; init; } = 4 << 20;

    /// <summary>What a failure leads to.</summary>
    public ProcessFailureAction OnFailure { get; init; }

    /// <summary>How often it is started anew after a failure.</summary>
    public int Restarts { get; init; } = 3;

    /// <summary>Who pays for the time of answers.</summary>
    public AnswerCharge Charge { get; init; }

    /// <summary>Time of a decision with <see cref="AnswerCharge.Fixed"/>.</summary>
    public TimeSpan ChargedTime { get; init; }

    /// <summary>Reads the file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="name">The file as the experiment names it.</param>
    /// <param name="folder">Its folder, in which the command is looked for.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static ProcessStrategyConfig Read(string text, string name, string folder)
    {
        var reader = new YamlReader(name);
        YamlMap root = reader.Open(YamlDocument.ParseSingle(text, name));
        root.Required("apiVersion")?.OneOf([(ApiVersion, true)]);
        root.Required("kind")?.OneOf([(Kind, true)]);
        string[] command = [.. (root.Required("command")?.Items(1, 1000) ?? []).Select(item => item.Text() ?? "")];
        if (command.Length > 0 && command[0].Length > 0 && ProgramSearch.Find(command[0], folder) is null)
            root.Peek("command")!.Items()[0].Report(command[0].Contains('/', StringComparison.Ordinal) ? "expected a program file" : "expected a program: there is none of that name in the folder of this file or on the search path");
        var usual = new ProcessStrategyConfig { Command = command };
        YamlValue? charge = root.Optional("charge");
        bool isWord = charge is null || charge.PlainText is "none" or "measured";
        ProcessStrategyConfig config = usual with
        {
            StartTimeout = root.Optional("startTimeout")?.Duration(TimeSpan.FromMilliseconds(1), Longest) ?? usual.StartTimeout,
            AnswerTimeout = root.Optional("answerTimeout")?.Duration(TimeSpan.FromMilliseconds(1), Longest) ?? usual.AnswerTimeout,
            MaxLineBytes = (int?)root.Optional("maxLineBytes")?.Integer(1024, 1 << 30) ?? usual.MaxLineBytes,
            OnFailure = root.Optional("onFailure")?.OneOf([("continue", ProcessFailureAction.Continue), ("stop", ProcessFailureAction.Stop)]) ?? usual.OnFailure,
            Restarts = (int?)root.Optional("restarts")?.Integer(0, 1000) ?? usual.Restarts,
            Charge = !isWord ? AnswerCharge.Fixed : charge?.PlainText == "measured" ? AnswerCharge.Measured : AnswerCharge.None,
            ChargedTime = isWord ? TimeSpan.Zero : charge!.Duration(TimeSpan.FromTicks(1), Longest) ?? TimeSpan.Zero,
        };
        reader.Finish();
        return config;
    }
}

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramSearch
{
    /// <summary>The file of a program: in a folder, or on the search path when its name has no folder in it; null when there is none.</summary>
    public static string? Find(string program, string folder)
    {
        string here = Path.GetFullPath(Path.Combine(folder, program));
        if (File.Exists(here)) return here;
        if (program.Contains('/', StringComparison.Ordinal) || program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
        string[] endings = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd", ".bat"] : [""];
        foreach (string place in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string ending in endings)
            {
                string file = Path.Combine(place, program + ending);
                if (File.Exists(file)) return file;
            }
        }

        return null;
    }
}
