namespace SchedBench.EndToEnd.Tests.Support;

/// <summary>Where the sources are, and the shared data beside them when there is any.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string? Shared(string path)
    {
        string full = Path.GetFullPath(Path.Combine(Root, "..", "shared", path));
        return Path.Exists(full) ? full : null;
    }

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "SchedBench.sln"))) return folder;
        }

        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
