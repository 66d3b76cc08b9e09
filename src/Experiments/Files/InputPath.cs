using SchedBench.Core.Input;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Experiments.Files;

/// <summary>A file that an experiment names, or a folder of files of one kind.</summary>
/// <param name="Written">The path as the experiment states it: what results and messages call the file.</param>
/// <param name="FullPath">Where it was found on this machine. Goes into no result.</param>
public sealed record InputPath(string Written, string FullPath)
{
    private static readonly string[] TableEndings = [".csv", ".csv.gz"];

    /// <summary>Whether it is a file of manifests or a folder of them, with the folders in it; otherwise a folder holds CSV files.</summary>
    public bool IsManifests { get; init; }

    /// <summary>The file itself, or the files of the folder by name: CSV files (compressed ones too), or manifests.</summary>
    public IReadOnlyList<InputPath> Files
    {
        get
        {
            // The reader's own rule: what is hashed is what is read.
            if (IsManifests) return [.. ManifestFolder.Files(FullPath, Written).Select(file => new InputPath(file.DisplayName, file.Path))];
            if (!Directory.Exists(FullPath)) return [this];
            return
            [
                .. Directory.EnumerateFiles(FullPath)
                    .Where(file => TableEndings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)))
                    .Order(StringComparer.Ordinal)
                    .Select(file => new InputPath(Written.TrimEnd('/') + "/" + Path.GetFileName(file), file)),
            ];
        }
    }
}

/// <summary>Finds the files an experiment names: beside the experiment first, then in the data folder.</summary>
/// <param name="experimentFolder">Folder of the experiment file.</param>
/// <param name="dataFolder">Folder given with <c>--data</c>, or <see langword="null"/>.</param>
internal sealed class InputPaths(string experimentFolder, string? dataFolder)
{
    private const int NamesCompared = 10_000;

    /// <summary>The file, or <see langword="null"/> with what to tell the user.</summary>
    /// <param name="written">The path as stated.</param>
    /// <param name="mayBeFolder">Whether a folder will do: of CSV files, or of manifests.</param>
    /// <param name="expected">What to tell the user when there is none.</param>
    /// <param name="nearest">The nearest file name in the folders that were searched.</param>
    /// <param name="isManifests">Whether manifests are looked for instead of CSV files; their reader judges what a folder holds.</param>
    public InputPath? Find(string written, bool mayBeFolder, out string expected, out string? nearest, bool isManifests = false)
    {
        (expected, nearest) = ("expected the path of a file", null);
        if (string.IsNullOrWhiteSpace(written) || written.Contains('\0', StringComparison.Ordinal)) return null;

        string?[] folders = [experimentFolder, dataFolder];
        string[] places = [.. folders.OfType<string>().Select(folder => Path.Combine(folder, written)).Distinct(StringComparer.Ordinal)];
        foreach (string place in places)
        {
            var found = new InputPath(written, Path.GetFullPath(place)) { IsManifests = isManifests };
            if (File.Exists(place) || (mayBeFolder && Directory.Exists(place) && (isManifests || found.Files.Count > 0))) return found;
        }

        bool isFolder = places.Any(Directory.Exists);
        expected = (isFolder, mayBeFolder) switch
        {
            (true, true) => "expected a folder with CSV files",
            (true, false) => "expected a file, found a folder",
            (false, true) => "expected an existing file or folder",
            _ => "expected an existing file",
        } + $"; looked for {string.Join(" and ", places.Select(place => $"'{place}'"))}";
        if (dataFolder is null && !Path.IsPathRooted(written)) expected += "; --data DIR adds a folder to look in";
        nearest = isFolder ? null : Nearest(places, mayBeFolder);
        return null;
    }

    /// <summary>The nearest name of a file, or of a folder where one will do, in the folders that were searched.</summary>
    private static string? Nearest(string[] places, bool mayBeFolder)
    {
        foreach (string place in places)
        {
            string? folder = Path.GetDirectoryName(Path.GetFullPath(place));
            if (folder is null || !Directory.Exists(folder)) continue;
            try
            {
                IEnumerable<string> entries = mayBeFolder ? Directory.EnumerateFileSystemEntries(folder) : Directory.EnumerateFiles(folder);
                var names = entries.Take(NamesCompared).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
                if (NearestName.Find(Path.GetFileName(place), names) is { } name) return name;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A folder that cannot be listed has no suggestions to make; the missing file is reported all the same.
            }
        }

        return null;
    }
}
