using CsvHelper;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>A table to be written: columns with their cells' texts, some only where a row needs them.</summary>
internal sealed class NativeTable<T>(ReadOnlyMemory<T> rows)
{
    private readonly List<(string Name, Func<T, string> Cell)> _columns = [];

    public void Always(string name, Func<T, string> cell) => _columns.Add((name, cell));

    /// <summary>A column that is written when a row needs it.</summary>
    public void Where(string name, Func<T, bool> needs, Func<T, string> cell)
    {
        foreach (T row in rows.Span)
        {
            if (!needs(row)) continue;
            _columns.Add((name, cell));
            return;
        }
    }

    public void Write(TextWriter destination, CsvWriterOptions options)
    {
        using var writer = CsvWriter.Create(destination, options, leaveOpen: true);
        foreach ((string name, _) in _columns) writer.WriteField(name);
        writer.EndRecord();
        foreach (T row in rows.Span)
        {
            foreach ((_, Func<T, string> cell) in _columns) writer.WriteField(cell(row));
            writer.EndRecord();
        }
    }
}
