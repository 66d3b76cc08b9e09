using System.Globalization;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Sees to it that every row has a name of its own: a name is an identity.</summary>
/// <param name="areMade">Whether a name that stands in two rows is made unique and counted, for traces as they were published; otherwise it is refused, with both lines.</param>
internal sealed class UniqueNames(bool areMade = false)
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>The name of this row: what stands in its cell, checked to be there, and with the line behind it where a row above has it already.</summary>
    public string Read(CsvRows rows, int column)
    {
        string name = rows.Name(column);
        if (_lines.TryAdd(name, rows.Line)) return name;
        if (!areMade)
        {
            rows.Bad(column, string.Create(CultureInfo.InvariantCulture, $"expected every name once; line {_lines[name]} has this one"));
            return name;
        }

        rows.Note(ReadReason.DuplicateName, column);
        // Some row above may have the longer name, too.
        do name = string.Create(CultureInfo.InvariantCulture, $"{name}-line-{rows.Line}");
        while (!_lines.TryAdd(name, rows.Line));
        return name;
    }
}
