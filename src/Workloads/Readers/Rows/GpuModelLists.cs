using System.Text;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Lists of GPU models written as <c>T4|V100</c>; equal texts share one list.</summary>
/// <param name="nanIsNone">Whether <c>nan</c>, which data frames write for nothing, stands for no model.</param>
internal sealed class GpuModelLists(bool nanIsNone)
{
    /// <summary>Most devices of one pod or node.</summary>
    public const int MostDevices = 64;

    private readonly Dictionary<string, ValueList<string>> _lists = new(StringComparer.Ordinal);

    /// <summary>The models of this row's cell, sorted by ordinal, each once; none for an empty cell.</summary>
    public ValueList<string> Read(CsvRows rows, int column)
    {
        if (rows.Cell(column).IsEmpty || (nanIsNone && IsNone(rows.Cell(column)))) return default;
        string text = rows.Text(column);
        if (_lists.TryGetValue(text, out ValueList<string> known)) return known;
        string[] models = [.. text.Split('|').Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (Array.Exists(models, model => string.IsNullOrWhiteSpace(model) || model.Trim().Length != model.Length))
        {
            rows.Bad(column, "expected GPU models joined by '|' without blanks, or nothing");
        }

        ValueList<string> list = ValueList.Create<string>(models);
        _lists.Add(text, list);
        return list;
    }

    /// <summary>Whether a cell says that there is no model: empty, or the <c>nan</c> that data frames write.</summary>
    public static bool IsNone(ReadOnlySpan<byte> cell) => cell.IsEmpty || Ascii.EqualsIgnoreCase(cell, "nan"u8);
}
