using System.Globalization;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Refuses a name that stands in two rows: a name is an identity.</summary>
internal sealed class UniqueNames
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>The name in this row's cell, checked to be there and to be new.</summary>
    public string Read(CsvRows rows, int column)
    {
        string name = rows.Name(column);
        if (!_lines.TryAdd(name, rows.Line))
        {
            rows.Bad(column, string.Create(CultureInfo.InvariantCulture, $"expected every name once; line {_lines[name]} has this one"));
        }

        return name;
    }
}
