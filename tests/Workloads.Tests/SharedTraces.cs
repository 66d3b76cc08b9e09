namespace SchedBench.Workloads.Tests;

/// <summary>The recorded traces that stand beside a checkout; tests of them are skipped where they are missing.</summary>
internal static class SharedTraces
{
    /// <summary>The full path of a file below <c>../shared/traces</c>, or a skipped test.</summary>
    public static string Path(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "SchedBench.sln"))) continue;
            string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.FullName, "..", "shared", "traces", relative));
            Skip.IfNot(File.Exists(path), $"The recorded trace {relative} is not beside this checkout.");
            return path;
        }

        throw new InvalidOperationException("SchedBench.sln is in no folder above the tests");
    }
}
