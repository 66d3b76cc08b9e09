namespace SchedBench.Workloads.Tests;

/// <summary>Files of the checkout that the tests run from.</summary>
internal static class RepositoryFiles
{
    /// <summary>The full path of a file, given relative to the folder of the solution.</summary>
    public static string Path(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "SchedBench.sln"))) return System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.FullName, relative));
        }

        throw new InvalidOperationException("SchedBench.sln is in no folder above the tests");
    }
}
