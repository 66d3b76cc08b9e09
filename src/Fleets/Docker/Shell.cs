using System.Diagnostics;
using System.Globalization;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets.Docker;

/// <summary>Commands of the machine, each with a limit of time.</summary>
internal static class Shell
{
    private const int LimitMilliseconds = 30_000;

    /// <summary>Runs a script of the shell to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="EngineException">It failed, or took too long; what it said is in the message.</exception>
    public static string Run(string script)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo("sh", ["-ec", script]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false } };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new EngineException($"no shell: {error.Message}", error);
        }

        Task<string> said = process.StandardOutput.ReadToEndAsync(), complained = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LimitMilliseconds))
        {
            process.Kill(entireProcessTree: true);
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"'{First(script)}' took more than {LimitMilliseconds / 1000} s"));
        }

        if (process.ExitCode != 0) throw new EngineException($"'{First(script)}' failed: {complained.GetAwaiter().GetResult().ReplaceLineEndings(" ").Trim()}");
        return said.GetAwaiter().GetResult();
    }

    /// <summary>Runs a script of which each command may fail: for taking away what may be gone.</summary>
    public static void Try(string script)
    {
        try
        {
            Run($"set +e\n{script}\ntrue");
        }
        catch (EngineException)
        {
            // What cannot be taken away now is taken away the next time.
        }
    }

    private static string First(string script) => script.Trim().Split('\n')[0].Trim();
}
