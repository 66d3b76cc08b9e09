using SchedBench.Results.Files;

namespace SchedBench.Reporting.Tables;

/// <summary>Tables as files of a results folder.</summary>
public static class TableFiles
{
    /// <summary>Writes <c>NAME.md</c> and <c>NAME.tex</c>, each in one step.</summary>
    /// <param name="folder">The folder; created when missing.</param>
    /// <param name="table">The table; its name is the files' name.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(string folder, Table table)
    {
        (string Name, TableFormat Format)[] files = [(table.Name + ".md", TableFormat.Markdown), (table.Name + ".tex", TableFormat.Latex)];
        foreach ((string name, TableFormat format) in files) AtomicFile.WriteText(Path.Combine(folder, name), text => TableFormats.Write(table, format, text));
        return [.. files.Select(file => file.Name)];
    }

    /// <summary>Removes the files of a table that is no more; nothing happens when there are none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Name of the table.</param>
    /// <exception cref="ResultsUnwritableException">The operating system refused.</exception>
    public static void Delete(string folder, string name)
    {
        foreach (string extension in (string[])[".md", ".tex"]) AtomicFile.Delete(Path.Combine(folder, name + extension));
    }
}
