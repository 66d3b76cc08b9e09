namespace SchedBench.Reporting.Charts;

/// <summary>A table of coloured cells with its scale beside it; cells that are large enough also print their value.</summary>
/// <param name="Rows">Names from top to bottom.</param>
/// <param name="Columns">Names from left to right.</param>
/// <param name="Values"><c>[row][column]</c>; <see langword="null"/> where there is no value.</param>
/// <param name="ValueTitle">What the colours mean, with the unit.</param>
public sealed record HeatMapChart(
    IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<double?>> Values, string ValueTitle) : ChartSpec
{
    private const int MostCells = 40_000;

    /// <summary>Title of the rows; empty for none.</summary>
    public string RowTitle { get; init; } = "";

    /// <summary>Title of the columns; empty for none.</summary>
    public string ColumnTitle { get; init; } = "";

    /// <summary>The neutral value of a two-sided scale (0 for differences), or <see langword="null"/> for a one-sided scale from light to dark.</summary>
    public double? Center { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        SpecCheck.DistinctNames(Rows, "row");
        SpecCheck.DistinctNames(Columns, "column");
        if (Center is { } center) SpecCheck.Value(center, AxisScale.Linear, ValueTitle, "the centre of the scale");
        if ((long)Rows.Count * Columns.Count > MostCells)
            throw new ArgumentException(SpecCheck.Invariant($"{Rows.Count} × {Columns.Count} cells, at most {MostCells} can be drawn; aggregate them first"));
        if (Values.Count != Rows.Count) throw new ArgumentException(SpecCheck.Invariant($"{Values.Count} rows of values for {Rows.Count} names"));
        for (int row = 0; row < Rows.Count; row++)
        {
            if (Values[row].Count != Columns.Count)
                throw new ArgumentException(SpecCheck.Invariant($"row '{Rows[row]}': {Values[row].Count} values for {Columns.Count} columns"));
            for (int column = 0; column < Columns.Count; column++)
            {
                if (Values[row][column] is { } value) SpecCheck.Value(value, AxisScale.Linear, Rows[row], $"the cell of '{Columns[column]}'");
            }
        }
    }
}
