using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Where the recorded decisions of the real kube-scheduler lie: the folder in <c>SCHEDBENCH_ORACLE</c>, or the one beside the checkout.</summary>
internal static class OracleFiles
{
    private const string Variable = "SCHEDBENCH_ORACLE";
    private const string Beside = "oracle/kube-scheduler";
    private const string InputEnding = ".input.json";

    /// <summary>The folder, or null.</summary>
    public static string? Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } stated) return Directory.Exists(stated) ? stated : null;
            string beside = Path.Combine(SharedFiles.RepositoryRoot, "..", "shared", Beside);
            return Directory.Exists(beside) ? beside : null;
        }
    }

    /// <summary>Names of the scenarios that are there; empty without the folder.</summary>
    public static IEnumerable<string> Names => Folder is null
        ? []
        : Directory.EnumerateFiles(Folder, "*" + InputEnding).Select(file => Path.GetFileName(file)[..^InputEnding.Length]).Order(StringComparer.Ordinal);

    /// <summary>The two files of a scenario; the test is skipped, with the reason, when the folder is not there.</summary>
    public static (string Input, string Expected) OrSkip(string name)
    {
        Skip.If(Folder is null, $"{Variable} names no folder, and {Beside} is not beside this checkout (../shared).");
        string input = Path.Combine(Folder!, name + InputEnding);
        return (input, input.Replace(InputEnding, ".expected.json", StringComparison.Ordinal));
    }
}
