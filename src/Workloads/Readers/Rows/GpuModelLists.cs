using System.Text;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Lists of GPU models written as <c>T4|V100</c>; equal texts share one list.</summary>
/// <param name="asPublished">Whether the file is a trace as it was published: <c>nan</c>, which data frames write for nothing, stands for no model, and an empty name in
/// a list (<c>T4|V100|</c>) is left out and counted.</param>
internal sealed class GpuModelLists(bool asPublished)
{
    /// <summary>Most devices of one pod or node.</summary>
    public const int MostDevices = 64;

    private readonly Dictionary<string, List> _lists = new(StringComparer.Ordinal);

    /// <summary>The models of this row's cell, sorted by ordinal, each once; none for an empty cell.</summary>
    public ValueList<string> Read(CsvRows rows, int column)
    {
        if (rows.Cell(column).IsEmpty || (asPublished && IsNone(rows.Cell(column)))) return default;
        string text = rows.Text(column);
        if (!_lists.TryGetValue(text, out List list)) _lists.Add(text, list = Parse(text));
        if (!list.IsSound) rows.Bad(column, "expected GPU models joined by '|' without blanks, or nothing");
        else if (list.HasEmptyName) rows.Note(ReadReason.EmptyModel, column);
        return list.Models;
    }

    private List Parse(string text)
    {
        string[] written = [.. text.Split('|').Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] models = asPublished ? [.. written.Where(model => model.Length > 0)] : written;
        bool isSound = models.Length > 0 && !Array.Exists(models, model => string.IsNullOrWhiteSpace(model) || model.Trim().Length != model.Length);
        return new List(ValueList.Create<string>(models), isSound, models.Length < written.Length);
    }

    /// <summary>Whether a cell says that there is no model: empty, or the <c>nan</c> that data frames write.</summary>
    public static bool IsNone(ReadOnlySpan<byte> cell) => cell.IsEmpty || Ascii.EqualsIgnoreCase(cell, "nan"u8);

    private readonly record struct List(ValueList<string> Models, bool IsSound, bool HasEmptyName);
}
