using System.Diagnostics;
using System.Globalization;

namespace SchedBench.EndToEnd.Tests.Support;

/// <summary>Which processes there are, from Linux's <c>/proc</c>.</summary>
internal static class ProcessTable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static void SkipWithoutProc() => Skip.IfNot(Directory.Exists("/proc/self"), "This machine shows its processes in no /proc.");

    /// <summary>Waits until the process has started another one and returns its id.</summary>
    public static int WaitForChild(ProgramRun parent)
    {
        int? child = null;
        WaitUntil(() => (child = Children(parent.Id).FirstOrDefault()) is > 0 || parent.HasEnded, "a child process");
        Assert.False(parent.HasEnded, parent.Error);
        return child!.Value;
    }

    /// <summary>Waits until the process has ended (a zombie that nobody has collected has ended too).</summary>
    public static void WaitForEnd(int process) => WaitUntil(() => !IsAlive(process), $"the end of process {process}");

    public static bool IsAlive(int process) => StateOf(process) is { State: not ('Z' or 'X') };

    private static void WaitUntil(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (waited.Elapsed > Longest) throw new TimeoutException($"Waited {Longest} for {what}.");
            Thread.Sleep(20);
        }
    }

    private static IEnumerable<int> Children(int parent) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0
        where id > 0 && StateOf(id)?.Parent == parent
        select id;

    /// <summary>State and parent: the first fields after the name in parentheses.</summary>
    private static (char State, int Parent)? StateOf(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
