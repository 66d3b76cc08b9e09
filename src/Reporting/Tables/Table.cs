namespace SchedBench.Reporting.Tables;

/// <summary>How the texts of a column stand.</summary>
public enum ColumnAlignment
{
    /// <summary>Words.</summary>
    Left,

    /// <summary>Numbers.</summary>
    Right,
}

/// <summary>A column of a table.</summary>
/// <param name="Title">Head for people.</param>
/// <param name="Fields">Names of the machine columns that the cells of this column hold, snake_case: a column that shows <c>93.8 ± 0.3</c> holds two numbers.</param>
/// <param name="Alignment">How the texts stand.</param>
/// <param name="Unit">Unit behind the title, or empty.</param>
/// <param name="IsShown">Whether people see it; machine formats always have it.</param>
public sealed record TableColumn(
    string Title, IReadOnlyList<string> Fields, ColumnAlignment Alignment = ColumnAlignment.Right, string Unit = "", bool IsShown = true)
{
    /// <summary>Title and unit: <c>GPU allocated (%)</c>.</summary>
    public string Head => Unit.Length == 0 ? Title : $"{Title} ({Unit})";
}

/// <summary>One value for machines: a text, a number, or nothing. With both, a whole number and its exact digits, which a double may not hold.</summary>
/// <param name="Text">The text, or <see langword="null"/>.</param>
/// <param name="Number">The number, or <see langword="null"/>.</param>
public readonly record struct TableValue(string? Text, double? Number)
{
    /// <summary>A text.</summary>
    public static TableValue Of(string text) => new(text, Number: null);

    /// <summary>A number, or nothing.</summary>
    public static TableValue Of(double? number) => new(Text: null, number);
}

/// <summary>One cell: what people see, and what machines get.</summary>
/// <param name="Text">For people; numbers rounded to what they are good for, empty when there is nothing.</param>
/// <param name="Values">For machines, one for each of the column's fields, unrounded.</param>
/// <param name="Mark">What follows the text raised, such as <c>**</c>; explained in a note.</param>
/// <param name="IsBest">Whether it is set off as the best of its group.</param>
public sealed record TableCell(string Text, IReadOnlyList<TableValue> Values, string Mark = "", bool IsBest = false)
{
    /// <summary>A text for people and machines alike.</summary>
    public static TableCell Words(string text) => new(text, [TableValue.Of(text)]);

    /// <summary>A number; people see it with <paramref name="text"/>.</summary>
    public static TableCell Number(string text, double? number) => new(text, [TableValue.Of(number)]);
}

/// <summary>A row.</summary>
/// <param name="Cells">One a column.</param>
/// <param name="StartsGroup">Whether a rule stands above it where the format has rules; of no meaning in the first row.</param>
public sealed record TableRow(IReadOnlyList<TableCell> Cells, bool StartsGroup = false);

/// <summary>A table, free of any format. Writers: <see cref="TableFormats"/>.</summary>
public sealed record Table
{
    /// <summary>Makes a table and checks that its rows fit its columns.</summary>
    /// <param name="name">Short name for file names and labels: lower case, digits, hyphens.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ArgumentException">A row or a cell does not fit the columns, or a field's name is used twice.</exception>
    public Table(string name, IReadOnlyList<TableColumn> columns, IReadOnlyList<TableRow> rows)
    {
        (Name, Columns, Rows) = (name, columns, rows);
        foreach (TableRow row in rows)
        {
            if (row.Cells.Count != columns.Count) throw new ArgumentException($"A row of {row.Cells.Count} cells in a table of {columns.Count} columns.", nameof(rows));
            for (int c = 0; c < columns.Count; c++)
            {
                if (row.Cells[c].Values.Count != columns[c].Fields.Count) throw new ArgumentException($"A cell of '{columns[c].Title}' does not hold its fields.", nameof(rows));
            }
        }

        string[] fields = [.. columns.SelectMany(column => column.Fields)];
        if (fields.Distinct(StringComparer.Ordinal).Count() != fields.Length) throw new ArgumentException("Two fields have one name.", nameof(columns));
    }

    /// <summary>Short name for file names and labels.</summary>
    public string Name { get; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The rows.</summary>
    public IReadOnlyList<TableRow> Rows { get; }

    /// <summary>What the table shows, a sentence without full stop; may be empty.</summary>
    public string Caption { get; init; } = "";

    /// <summary>What a reader needs to know below the table: one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What "best" means here, such as <c>best mean of a fleet and workload</c>; empty when no cell is set off. Writers say how they set it off.</summary>
    public string BestMeans { get; init; } = "";

    /// <summary>Indices of the columns that people see.</summary>
    internal IReadOnlyList<int> ShownColumns => [.. Enumerable.Range(0, Columns.Count).Where(c => Columns[c].IsShown)];
}
