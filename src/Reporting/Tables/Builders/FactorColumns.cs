using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>The columns that say where a row belongs. People see those that vary; machines get all.</summary>
internal sealed class FactorColumns
{
    private readonly (string Title, Func<Combination, string> Level)[] _factors =
        [("experiment", c => c.Experiment), ("fleet", c => c.Fleet), ("workload", c => c.Workload), ("faults", c => c.Faults)];

    public FactorColumns(IEnumerable<Combination> combinations)
    {
        Combination[] all = [.. combinations.Distinct()];
        Columns = [.. _factors.Select(f => new TableColumn(f.Title, [f.Title], ColumnAlignment.Left, IsShown: all.Select(f.Level).Distinct(StringComparer.Ordinal).Count() > 1))];
        Constant = all.Length == 0
            ? ""
            : string.Join(", ", _factors.Where((f, i) => !Columns[i].IsShown && !(f.Title == "faults" && f.Level(all[0]) == "none")).Select(f => $"{f.Title} {f.Level(all[0])}"));
        IsOne = all.Length <= 1;
    }

    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The factors that do not vary, for a caption: <c>experiment fgd, fleet openb-gpu</c>. Without faults none are named.</summary>
    public string Constant { get; }

    /// <summary>Whether all rows belong to one combination.</summary>
    public bool IsOne { get; }

    public IEnumerable<TableCell> Cells(Combination combination) => _factors.Select(f => TableCell.Words(f.Level(combination)));

    /// <summary>The varying levels of a combination, for a note: <c>default/none</c>.</summary>
    public string NameOf(Combination combination) => string.Join('/', _factors.Where((_, i) => Columns[i].IsShown).Select(f => f.Level(combination)));

    /// <summary>Caption and constant factors: <c>Strategies compared (fleet small)</c>.</summary>
    public string Caption(string caption) => Constant.Length == 0 ? caption : $"{caption} ({Constant})";
}
