namespace SchedBench.Results.Tests;

/// <summary>The folder <c>shared</c> beside the repository; absent in most clones.</summary>
internal static class Shared
{
    /// <summary>A file or folder of it, or <see langword="null"/>.</summary>
    public static string? Find(params string[] names)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SchedBench.sln"))) folder = folder.Parent;
        if (folder is null) return null;
        string path = Path.Combine([folder.FullName, "..", "shared", .. names]);
        return Path.Exists(path) ? path : null;
    }
}
