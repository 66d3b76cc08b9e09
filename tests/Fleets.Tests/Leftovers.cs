using System.Globalization;

namespace SchedBench.Fleets.Tests;

/// <summary>Pod servers that are still there.</summary>
internal static class Leftovers
{
    /// <summary>Processes of the pod server whose parent is this process.</summary>
    public static IReadOnlyList<int> OfThisProcess() =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(IsPodOfThisProcess),
    ];

    private static bool IsPodOfThisProcess(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat"), command = File.ReadAllText($"/proc/{pid}/cmdline");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] != "Z" && fields[1] == $"{Environment.ProcessId}" && command.Contains("PodServer", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
