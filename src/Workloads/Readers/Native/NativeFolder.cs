using SchedBench.Core.Input;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>Finds the files of a native trace: a folder with pods.csv, groups.csv and nodes.csv (each may be compressed), or one file alone.</summary>
internal static class NativeFolder
{
    /// <summary>The file to read for <paramref name="name"/>: path and display name; or nothing when it is absent and not <paramref name="required"/>.</summary>
    /// <exception cref="InputException">It is required and absent, or there both plain and compressed.</exception>
    public static (string Path, string DisplayName)? Find(string folder, string displayName, string name, bool required)
    {
        string plain = Path.Combine(folder, name), compressed = plain + ".gz";
        string shown = displayName.TrimEnd('/', '\\') + "/" + name;
        bool hasPlain = File.Exists(plain), hasCompressed = File.Exists(compressed);
        if (hasPlain && hasCompressed) throw Problem($"expected either {name} or {name}.gz; this folder has both");
        if (hasPlain) return (plain, shown);
        if (hasCompressed) return (compressed, shown + ".gz");
        return required ? throw Problem($"expected a native trace: a folder with {name} or {name}.gz") : null;

        InputException Problem(string expected) => new(new InputProblem(displayName, 0, 0, "", null, expected));
    }
}
