using SchedBench.Results.Files;

namespace SchedBench.Reporting.Tables;

/// <summary>Tables as files of a results folder.</summary>
public static class TableFiles
{
    private static readonly (string Extension, TableFormat Format)[] Files = [(".md", TableFormat.Markdown), (".tex", TableFormat.Latex)];

    /// <summary>Writes <c>NAME.md</c> and <c>NAME.tex</c>, each in one step.</summary>
    /// <param name="folder">The folder; created when missing.</param>
    /// <param name="table">The table; its name is the files' name.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(string folder, Table table)
    {
        foreach ((string extension, TableFormat format) in Files)
            AtomicFile.WriteText(Path.Combine(folder, table.Name + extension), text => TableFormats.Write(table, format, text));
        return [.. Files.Select(file => table.Name + file.Extension)];
    }

    /// <summary>Removes the files of a table that these results do not have; nothing happens when there are none.</summary>
    /// <param name="folder">The folder; it exists.</param>
    /// <param name="name">Name of the table.</param>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    public static void Delete(string folder, string name)
    {
        foreach ((string extension, _) in Files) AtomicFile.Delete(Path.Combine(folder, name + extension));
    }
}
