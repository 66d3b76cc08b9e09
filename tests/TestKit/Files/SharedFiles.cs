namespace SchedBench.TestKit;

/// <summary>Recorded traces and published figures that stand beside a checkout, in <c>../shared</c>.</summary>
public static class SharedFiles
{
    /// <summary>The root of the repository: the folder that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Full path of a file below <c>../shared</c>, or null when it is not there.</summary>
    public static string? Find(string relative)
    {
        string path = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", relative));
        return File.Exists(path) ? path : null;
    }

    /// <summary>Full path of a file below <c>../shared</c>; the test is skipped, with the reason, when it is not there.</summary>
    public static string OrSkip(string relative)
    {
        string? path = Find(relative);
        Skip.If(path is null, $"{relative} is not beside this checkout (../shared).");
        return path!;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SchedBench.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("SchedBench.sln is in no folder above the tests.");
    }
}
