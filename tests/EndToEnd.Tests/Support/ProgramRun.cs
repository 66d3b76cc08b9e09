using System.Diagnostics;
using System.Text;

namespace SchedBench.EndToEnd.Tests.Support;

/// <summary>The built program in a process of its own.</summary>
internal sealed class ProgramRun : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly StringBuilder _out = new(), _error = new();
    private readonly Process _process;

    private ProgramRun(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        start.UseShellExecute = false;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_out, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool HasEnded => _process.HasExited;

    public string Out => Text(_out);

    public string Error => Text(_error);

    /// <summary>The executable, which the build puts beside the tests.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "schedbench.exe" : "schedbench");

    public static ProgramRun Start(params string[] args) => Start([], args);

    public static ProgramRun Start(IEnumerable<(string Name, string Value)> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Executable) { WorkingDirectory = Path.GetTempPath() };
        foreach (string arg in args) start.ArgumentList.Add(arg);
        return Start(environment, start);
    }

    /// <summary>Runs a command of the machine, for instance a shell that starts the program.</summary>
    public static ProgramRun Command(string file, IEnumerable<(string Name, string Value)> environment, params string[] args)
    {
        var start = new ProcessStartInfo(file);
        foreach (string arg in args) start.ArgumentList.Add(arg);
        return Start(environment, start);
    }

    public static ProgramRun ToTheEnd(params string[] args) => Start(args).WaitForEnd();

    public ProgramRun WaitForEnd()
    {
        if (!_process.WaitForExit(Longest)) throw new TimeoutException($"The program has not ended within {Longest}: {Error}");
        _process.WaitForExit();
        Assert.DoesNotContain((Out + Error).Split('\n'), line => line.StartsWith("   at ", StringComparison.Ordinal));
        return this;
    }

    public ProgramRun Ok()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return this;
    }

    /// <summary>Lets it run for a while, or to its end.</summary>
    public void Wait(TimeSpan time)
    {
        if (_process.WaitForExit(time)) _process.WaitForExit();
    }

    /// <summary>Ends the process without letting it do anything more.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal by its name.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private static ProgramRun Start(IEnumerable<(string Name, string Value)> environment, ProcessStartInfo start)
    {
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new ProgramRun(start);
    }

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
