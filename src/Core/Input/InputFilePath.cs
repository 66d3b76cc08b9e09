namespace SchedBench.Core.Input;

/// <summary>Tells a path that names a regular, non-empty file from all the others, without opening it (opening a pipe would wait for its writer).</summary>
internal static class InputFilePath
{
    private const int MostNamesCompared = 10_000;

    /// <summary>The file behind <paramref name="path"/>, symbolic links followed.</summary>
    /// <exception cref="InputException">There is no such file, or it is something else.</exception>
    public static string RegularFile(string path, string displayName)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0')) throw Problem("expected the path of a file");
        try
        {
            if (Directory.Exists(path)) throw Problem("expected a file; this is a folder");
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            var file = new FileInfo(target);
            if (!file.Exists) throw target == path ? Missing() : Problem($"expected a file; this is a symbolic link to '{target}', which does not exist");

            // Pipes and devices have length 0 as well, and no portable call tells them from an empty file without opening them.
            if (file.Length == 0) throw Problem("expected a file with contents; this is empty (or a pipe or a device, which cannot be read twice and is not accepted)");
            return target;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing();
        }
        catch (UnauthorizedAccessException)
        {
            throw Problem("expected a file that may be read; permission is denied");
        }
        catch (IOException e)
        {
            throw Problem($"expected a file that can be opened: {e.Message}");
        }

        InputException Missing()
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
            return Directory.Exists(folder)
                ? Problem("expected an existing file", NearestName.Find(Path.GetFileName(path), NamesIn(folder)))
                : Problem($"expected an existing file; its folder '{folder}' does not exist or may not be read");
        }

        InputException Problem(string expected, string? nearest = null) => new(new InputProblem(displayName, 0, 0, "", null, expected, nearest));
    }

    private static List<string> NamesIn(string folder)
    {
        try
        {
            var names = Directory.EnumerateFiles(folder).Take(MostNamesCompared).Select(file => Path.GetFileName(file)!).ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
