namespace SchedBench.Workloads.Tests;

/// <summary>The recorded traces that stand beside a checkout; tests of them are skipped where they are missing.</summary>
internal static class SharedTraces
{
    /// <summary>The full path of a file below <c>../shared/traces</c>, or a skipped test.</summary>
    public static string Path(string relative)
    {
        string path = RepositoryFiles.Path("../shared/traces/" + relative);
        Skip.IfNot(File.Exists(path), $"The recorded trace {relative} is not beside this checkout.");
        return path;
    }
}
