using SchedBench.TestKit;

namespace SchedBench.EndToEnd.Tests.Support;

/// <summary>The plug-ins that are built beside the tests, in the tests' own configuration.</summary>
internal static class PluginAssemblies
{
    public static string Naughty { get; } = Of("tests/NaughtyStrategies", "NaughtyStrategies.dll");

    public static string Sample { get; } = Of("samples/TightestCpu", "TightestCpu.dll");

    private static string Of(string project, string file)
    {
        string framework = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), configuration = Path.GetDirectoryName(framework)!;
        return Path.Combine(SharedFiles.RepositoryRoot, project, "bin", Path.GetFileName(configuration), Path.GetFileName(framework), file);
    }
}
