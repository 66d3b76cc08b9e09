using System.Globalization;
using CsvHelper;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>The rows of a CSV file with a header, cell by cell; what is wrong with a cell is remembered with its line and column name.</summary>
/// <remarks>Comma-separated, RFC 4180 quotes, no line breaks inside cells, every row as long as the header, at most 1,000 columns and a row of at most 1 Mi characters.
/// A cell reader that meets a bad cell logs the problem, returns 0 and makes <see cref="RowIsSound"/> false.</remarks>
internal sealed class CsvRows : IDisposable
{
    private const int MostColumns = 1000;
    private const int LongestRowBytes = 4 << 20;

    private readonly InputFileText _text;
    private readonly CsvReader _reader;
    private readonly CsvLayout _layout;
    private readonly ReadLog _log;
    private readonly int[] _cells;
    private readonly int _columns;
    private int _problemsBefore;
    private CsvMalformedReason? _malformed;

    private CsvRows(InputFileText text, CsvLayout layout, ReadLog log)
    {
        _text = text;
        _layout = layout;
        _log = log;
        _reader = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            AllowLineBreaksInQuotes = false,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => _malformed = record.Reason,
            MaxRecordSize = LongestRowBytes,
            TrackLineNumbers = true,
        });
        if (!ReadRecord())
        {
            _log.Problem(0, "", null, "expected a header and rows; this file has neither");
            _log.ThrowIfProblems();
        }

        _columns = _reader.FieldCount;
        if (_columns > MostColumns)
        {
            _log.Problem(Line, "", null, string.Create(CultureInfo.InvariantCulture, $"expected at most {MostColumns} columns; this header has {_columns}"));
            _log.ThrowIfProblems();
        }

        string[] header = new string[_columns];
        for (int cell = 0; cell < _columns; cell++) header[cell] = _reader.GetString(cell);
        _cells = layout.Locate(header, Line, log);
    }

    /// <summary>One-based line of the current row.</summary>
    public int Line => (int)Math.Min(_reader.LineNumber, int.MaxValue);

    /// <summary>Rows read, the header not counted.</summary>
    public long Count { get; private set; }

    /// <summary>Whether no cell read so far in this row was bad.</summary>
    public bool RowIsSound => _log.Problems == _problemsBefore;

    /// <summary>Opens a file and finds its columns.</summary>
    /// <exception cref="InputException">It cannot be opened, or its header does not fit.</exception>
    public static CsvRows Open(string path, CsvLayout layout, ReadLog log)
    {
        InputFileText text = InputFile.OpenText(path, log.DisplayName);
        try
        {
            return new CsvRows(text, layout, log);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Goes to the next row of the right length. At the end, problems are thrown and the file is noted as read.</summary>
    /// <param name="required">Whether a file without rows is refused.</param>
    public bool Next(bool required = true)
    {
        while (ReadRecord())
        {
            Count++;
            _problemsBefore = _log.Problems;
            if (_reader.FieldCount == _columns) return true;
            string hint = _reader.FieldCount > _columns ? " (a decimal comma or an unquoted comma makes two cells of one)" : "";
            _log.Problem(Line, "", null, string.Create(CultureInfo.InvariantCulture, $"expected {_columns} cells as in the header; this row has {_reader.FieldCount}{hint}"));
        }

        if (required && Count == 0) _log.Problem(0, "", null, "expected rows; this file has only a header");
        _log.ThrowIfProblems();
        _log.FileRead(_text.Sha256Hex);
        return false;
    }

    /// <summary>Whether the file has the column.</summary>
    public bool Has(int column) => _cells[column] >= 0;

    /// <summary>The cell's bytes; empty where the file does not have the column. Valid until the next row.</summary>
    public ReadOnlySpan<byte> Cell(int column) => _cells[column] < 0 ? [] : _reader.GetSpan(_cells[column]);

    /// <summary>The cell's text; empty where the file does not have the column.</summary>
    public string Text(int column) => _cells[column] < 0 ? "" : _reader.GetString(_cells[column]);

    /// <summary>A text that must be there.</summary>
    public string Name(int column)
    {
        string name = Text(column);
        if (name.Length == 0) Bad(column, "expected a name");
        else if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])) Bad(column, "expected a name without blanks around it");
        return name;
    }

    /// <summary>A whole number from 0 to <paramref name="max"/>.</summary>
    public long Whole(int column, long max = long.MaxValue) => Whole(column, 0, max);

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public long Whole(int column, long min, long max) => TryWhole(column, min, max, out long value) ? value : 0;

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>; false when the cell is none and has been logged.</summary>
    public bool TryWhole(int column, long min, long max, out long value)
    {
        NumberOutcome outcome = NumberText.Whole(Cell(column), out value);
        if (outcome == NumberOutcome.Exact && value >= min && value <= max) return true;
        Bad(column, string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {min} to {max}"));
        return false;
    }

    /// <summary>A decimal from 0 up, in whole steps; a rest below a step is rounded up and counted.</summary>
    public long Quantity(int column, long stepsPerUnit)
    {
        ReadOnlySpan<byte> text = Cell(column);
        NumberOutcome outcome = NumberText.Decimal(text, stepsPerUnit, Rounding.Up, out Int128 steps);
        if (outcome is NumberOutcome.NotANumber or NumberOutcome.TooLarge || steps < 0 || steps > long.MaxValue)
        {
            Bad(column, string.Create(CultureInfo.InvariantCulture, $"expected a number from 0 to {long.MaxValue / stepsPerUnit}, with a decimal point and without exponent"));
            return 0;
        }

        if (outcome == NumberOutcome.Rounded) Note(ReadReason.RoundedQuantity, column);
        return (long)steps;
    }

    /// <summary>Seconds, in ticks of 100 ns, or nothing where the cell is empty. May be negative; <see cref="WorkloadBuilder"/> bounds the span.</summary>
    public Int128? Seconds(int column)
    {
        ReadOnlySpan<byte> text = Cell(column);
        if (text.IsEmpty) return null;
        NumberOutcome outcome = NumberText.Decimal(text, TimeSpan.TicksPerSecond, Rounding.Nearest, out Int128 ticks);
        if (outcome is NumberOutcome.NotANumber or NumberOutcome.TooLarge)
        {
            Bad(column, "expected seconds: a number of at most 19 digits and 40 decimals, with a decimal point and without exponent, or nothing");
            return 0;
        }

        if (outcome == NumberOutcome.Rounded) Note(ReadReason.RoundedTime, column);
        return ticks;
    }

    /// <summary>Logs a problem with a cell of this row.</summary>
    public void Bad(int column, string expected, string? nearest = null) => _log.Problem(Line, _layout[column].Name, Text(column), expected, nearest);

    /// <summary>Counts a case in this row.</summary>
    public void Note(ReadReason reason, int column) => _log.Note(reason, Line, _layout[column].Name, _log.WantsValue(reason) ? Text(column) : "");

    public void Dispose()
    {
        _reader.Dispose();
        _text.Dispose();
    }

    private bool ReadRecord()
    {
        _malformed = null;
        bool read;
        try
        {
            read = _reader.Read();
        }
        catch (CsvFormatException e)
        {
            throw Broken((int)Math.Min(e.LineNumber, int.MaxValue), string.Create(CultureInfo.InvariantCulture, $"expected rows of at most {LongestRowBytes} bytes"));
        }

        if (_malformed is CsvMalformedReason reason) throw Broken(Line, Explained(reason));
        return read;
    }

    private InputException Broken(int line, string expected) => new(new InputProblem(_log.DisplayName, line, 0, "", null, expected));

    private static string Explained(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => "expected a closing quote before the end of the file",
        CsvMalformedReason.LineBreakInQuotes => "expected a closing quote before the end of the line; line breaks inside cells are not accepted",
        CsvMalformedReason.TextAfterClosingQuote => "expected a comma after the closing quote",
        _ => "expected quotes only around whole cells, doubled inside",
    };
}
