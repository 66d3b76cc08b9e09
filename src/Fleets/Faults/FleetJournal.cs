using System.Globalization;

namespace SchedBench.Fleets.Faults;

/// <summary>What a run has made on this machine, written down before it is used, so that whoever comes after a run that was killed can take it away: one file a run, a line a thing.</summary>
/// <remarks>Lines are <c>KIND ARGUMENT …</c>, parted by blanks; a line that was cut off by a crash is ignored. The file goes when all is taken away. Its first line names the process that owns it: only what belongs to
/// a process that is gone is ever taken away by another; a file without that line is of a run that is just beginning.</remarks>
internal sealed class FleetJournal : IDisposable
{
    private const string Suffix = ".fleet";
    private readonly Lock _lock = new();
    private readonly StreamWriter _writer;

    private FleetJournal(string path, string run)
    {
        (Path, Run) = (path, run);
        _writer = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
    }

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>Name of the run, unique on this machine: what all that it makes is labelled with.</summary>
    public string Run { get; }

    /// <summary>Where journals are kept.</summary>
    public static string Folder => System.IO.Path.Combine(System.IO.Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"schedbench-fleets-{Environment.UserName}"));

    /// <summary>Begins the journal of this process.</summary>
    /// <param name="kind">Kind of the fleet.</param>
    public static FleetJournal Begin(string kind)
    {
        Directory.CreateDirectory(Folder);
        string run = string.Create(CultureInfo.InvariantCulture, $"{kind}-{Environment.ProcessId}-{Guid.NewGuid():N}")[..40].TrimEnd('-');
        var journal = new FleetJournal(System.IO.Path.Combine(Folder, run + Suffix), run);
        journal.Write("owner", Environment.ProcessId, Processes.Linux.StartedAt(Environment.ProcessId) ?? 0);
        return journal;
    }

    /// <summary>Journals of runs whose process is gone, with their lines.</summary>
    /// <param name="kind">Kind of the fleet.</param>
    public static IEnumerable<(string Path, string Run, IReadOnlyList<string[]> Lines)> Orphans(string kind) => All(kind).Where(journal => journal.Lines is [["owner", var pid, var started], ..] && !IsAlive(pid, started));

    /// <summary>All journals of a kind, with their lines.</summary>
    /// <param name="kind">Kind of the fleet.</param>
    public static IEnumerable<(string Path, string Run, IReadOnlyList<string[]> Lines)> All(string kind)
    {
        if (!Directory.Exists(Folder)) yield break;
        foreach (string path in Directory.GetFiles(Folder, $"{kind}-*{Suffix}").Order(StringComparer.Ordinal))
        {
            string text;
            try
            {
                using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
                text = reader.ReadToEnd();
            }
            catch (IOException)
            {
                // Its owner is done with it.
                continue;
            }

            // The last piece is empty, or was cut off.
            string[][] lines = [.. text.Split('\n')[..^1].Select(line => line.Split(' '))];
            yield return (path, System.IO.Path.GetFileNameWithoutExtension(path), lines);
        }
    }

    /// <summary>Whether a process is the one that was written down.</summary>
    public static bool IsAlive(string pid, string started) =>
        int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && long.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out long at) && Processes.Linux.StartedAt(number) == at;

    /// <summary>Writes a line.</summary>
    public void Write(string kind, params ReadOnlySpan<object> arguments)
    {
        string line = kind;
        foreach (object argument in arguments) line += string.Create(CultureInfo.InvariantCulture, $" {argument}");
        lock (_lock) _writer.Write(line + "\n");
    }

    /// <summary>All is taken away.</summary>
    public void Finish()
    {
        Dispose();
        File.Delete(Path);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
