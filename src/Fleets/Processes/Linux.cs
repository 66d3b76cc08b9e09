using System.Globalization;
using System.Runtime.InteropServices;

namespace SchedBench.Fleets.Processes;

/// <summary>The few calls of Linux that the framework has no names for.</summary>
internal static partial class Linux
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCall(int pid, int signal);

    /// <summary>Sends a signal to a process, or with a negative number to a group. One that is not there any more is no error.</summary>
    public static void Kill(int pid, int signal)
    {
        // A process that is just being started has no group of its own yet.
        if (KillCall(pid, signal) != 0 && pid < 0) _ = KillCall(-pid, signal);
    }

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int priority);

    /// <summary>Gives the threads of this process precedence over what it measures, where it may (root). Threads that are made later have it from those that make them.</summary>
    public static void Precede()
    {
        if (!OperatingSystem.IsLinux()) return;
        const int precedence = -10;
        foreach (string task in Directory.GetDirectories("/proc/self/task")) _ = SetPriority(0, int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), precedence);
    }

    /// <summary>When a process was started, in ticks since the machine was: with its number it names one process for ever. Null when there is none.</summary>
    public static long? StartedAt(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            // The name, in parentheses, may hold anything; field 22 is counted from behind it.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
