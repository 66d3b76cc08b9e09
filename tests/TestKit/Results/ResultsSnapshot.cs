using System.Text;

namespace SchedBench.TestKit.Results;

/// <summary>What of a results folder has to be equal between equal runs: the bytes of every file but <c>timing.csv</c> and the journal, and the manifest up to its section <c>volatile</c>.</summary>
public static class ResultsSnapshot
{
    /// <summary>The files by their path in the folder.</summary>
    public static IReadOnlyDictionary<string, byte[]> Of(string folder)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (name == "timing.csv" || name.StartsWith("journal/", StringComparison.Ordinal)) continue;
            byte[] bytes = File.ReadAllBytes(path);
            files.Add(name, name == "manifest.json" ? WithoutVolatile(bytes) : bytes);
        }

        return files;
    }

    /// <summary>Names of the files that are not equal in two folders, or in one of them alone.</summary>
    public static IReadOnlyList<string> Differences(string one, string other)
    {
        IReadOnlyDictionary<string, byte[]> left = Of(one), right = Of(other);
        return [.. left.Keys.Union(right.Keys).Where(name => !left.TryGetValue(name, out byte[]? a) || !right.TryGetValue(name, out byte[]? b) || !a.AsSpan().SequenceEqual(b)).Order(StringComparer.Ordinal)];
    }

    private static byte[] WithoutVolatile(byte[] manifest)
    {
        int at = manifest.AsSpan().IndexOf("\n  \"volatile\": {"u8);
        return at > 0 ? manifest[..at] : throw new InvalidOperationException($"The manifest has no section 'volatile': {Encoding.UTF8.GetString(manifest)}");
    }
}
