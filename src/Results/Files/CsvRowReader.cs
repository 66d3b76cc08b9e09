using System.Globalization;
using CsvHelper;
using SchedBench.Core.Input;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Files;

/// <summary>Reads a result file row by row; whatever does not belong there is an <see cref="InputException"/> with file, line, column and value.</summary>
internal sealed class CsvRowReader : IDisposable
{
    private const int MostColumns = 1000;
    private const int LongestRowBytes = 4 << 20;

    private readonly InputFileText _text;
    private readonly CsvReader _csv;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private CsvMalformedReason? _malformed;

    /// <summary>Opens a file whose header has all of <paramref name="required"/>, in any order.</summary>
    /// <exception cref="InputException">The file cannot be opened, or its header does not fit.</exception>
    public CsvRowReader(string path, IReadOnlyList<string> required)
    {
        _text = InputFile.OpenText(path);
        _csv = CsvReader.Create(_text, new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            AllowLineBreaksInQuotes = false,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => _malformed = record.Reason,
            MaxRecordSize = LongestRowBytes,
            TrackLineNumbers = true,
        });
        try
        {
            Header = ReadHeader(required);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The columns of the file.</summary>
    public IReadOnlyList<string> Header { get; }

    private int Line => (int)Math.Min(_csv.LineNumber, int.MaxValue);

    /// <summary>Goes to the next row.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool Next()
    {
        if (!NextRecord()) return false;
        return _csv.FieldCount == Header.Count ? true : throw Problem("", null, $"expected {Header.Count} fields, as in the header; found {_csv.FieldCount}");
    }

    public string Text(string column) => _csv.GetString(_columns[column]);

    public double? Optional(string column)
    {
        string text = Text(column);
        if (text.Length == 0) return null;
        return ResultNumber.TryParse(text, out double value) ? value : throw Problem(column, text, "expected a finite number, or nothing for an empty sample");
    }

    public double Number(string column) => Optional(column) ?? throw Problem(column, "", "expected a finite number");

    public int Count(string column) => int.TryParse(Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        ? value
        : throw Problem(column, Text(column), "expected a whole number from 0 to 2147483647");

    public ulong Whole(string column) => ulong.TryParse(Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
        ? value
        : throw Problem(column, Text(column), "expected a whole number from 0 to 18446744073709551615");

    public ulong Hex(string column) => Text(column).Length == 16 && ulong.TryParse(Text(column), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
        ? value
        : throw Problem(column, Text(column), "expected 16 hexadecimal digits");

    public Interval? Ends(string low, string high)
    {
        double? from = Optional(low), to = Optional(high);
        if (from is null != to is null) throw Problem(from is null ? low : high, "", "expected both ends of the interval, or neither");
        return from is null ? null : new Interval(from.Value, to!.Value);
    }

    public CellKey Key() => new(Text("experiment"), Text("fleet"), Text("workload"), Text("faults"), Text("strategy"), Whole("seed"));

    public Combination Combination() => new(Text("experiment"), Text("fleet"), Text("workload"), Text("faults"));

    /// <summary>A metric's name that the catalog knows and that may stand here.</summary>
    public string Metric(string column, MetricPlace place) => CheckMetric(column, Text(column), place);

    /// <summary>Checks a name that stands in the header as a column of its own.</summary>
    public string CheckMetric(string field, string name, MetricPlace place)
    {
        if (MetricCatalog.Find(name) is not { } metric)
        {
            throw new InputException(new InputProblem(_text.DisplayName, Line, 0, field, name, "expected a metric of the catalog", MetricCatalog.Nearest(name)));
        }

        return metric.Place == place ? name : throw Problem(field, name, $"this metric belongs to {metric.Place}, not to {place}");
    }

    /// <summary>A problem in the current row.</summary>
    public InputException Problem(string field, string? value, string expected) =>
        new(new InputProblem(_text.DisplayName, Line, 0, field, value, expected));

    public void Dispose()
    {
        _csv.Dispose();
        _text.Dispose();
    }

    private string[] ReadHeader(IReadOnlyList<string> required)
    {
        if (!NextRecord()) throw Problem("", null, "expected a header row");
        if (_csv.FieldCount > MostColumns) throw Problem("", null, $"expected at most {MostColumns} columns; found {_csv.FieldCount}");
        string[] header = new string[_csv.FieldCount];
        for (int column = 0; column < header.Length; column++)
        {
            header[column] = _csv.GetString(column);
            if (!_columns.TryAdd(header[column], column)) throw Problem(header[column], null, "this column stands in the header twice");
        }

        string? missing = required.FirstOrDefault(name => !_columns.ContainsKey(name));
        return missing is null ? header : throw Problem("", null, $"expected a column '{missing}'; this file is of another version or another program's");
    }

    private bool NextRecord()
    {
        _malformed = null;
        bool read;
        try
        {
            read = _csv.Read();
        }
        catch (CsvFormatException e)
        {
            throw new InputException(new InputProblem(
                _text.DisplayName, (int)Math.Min(e.LineNumber, int.MaxValue), 0, "", null, $"expected rows of at most {LongestRowBytes} bytes"));
        }

        return _malformed is null ? read : throw Problem("", null, "expected quotes only around whole fields, closed on the same line and doubled inside");
    }
}
