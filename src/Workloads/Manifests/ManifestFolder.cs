using SchedBench.Core.Input;

namespace SchedBench.Workloads.Manifests;

/// <summary>Which files a path names.</summary>
public static class ManifestFolder
{
    private const int MostFiles = 10_000;
    private const int MostDepth = 32;

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>The file itself, or the manifests of the folder. Links to files are followed, links to folders are not.</summary>
    /// <param name="path">Where the file or folder is.</param>
    /// <param name="displayName">It as the user named it.</param>
    /// <exception cref="InputException">The folder cannot be read, holds no manifest or far too many.</exception>
    public static IReadOnlyList<(string Path, string DisplayName)> Files(string path, string displayName)
    {
        if (!Directory.Exists(path)) return [(path, displayName)];
        var relative = new List<string>();
        try
        {
            Collect(new DirectoryInfo(path), "", relative, 0, displayName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException(new InputProblem(displayName, 0, 0, "", null, $"expected a folder that can be read: {exception.Message}"));
        }

        if (relative.Count == 0) throw Problem(displayName, "expected a folder with at least one file *.yaml, *.yml or *.json");
        relative.Sort(StringComparer.Ordinal);
        return [.. relative.Select(name => (Path.Combine(path, name), $"{displayName.TrimEnd('/', '\\')}/{name}"))];
    }

    private static void Collect(DirectoryInfo folder, string prefix, List<string> relative, int depth, string displayName)
    {
        if (depth > MostDepth) throw Problem(displayName, $"expected at most {MostDepth} levels of folders");
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo below)
            {
                if (below.LinkTarget is null) Collect(below, $"{prefix}{below.Name}/", relative, depth + 1, displayName);
            }
            else if (Extensions.Contains(entry.Extension, StringComparer.Ordinal))
            {
                relative.Add(prefix + entry.Name);
                if (relative.Count > MostFiles) throw Problem(displayName, $"expected at most {MostFiles} files");
            }
        }
    }

    private static InputException Problem(string displayName, string expected) => new(new InputProblem(displayName, 0, 0, "", null, expected));
}
