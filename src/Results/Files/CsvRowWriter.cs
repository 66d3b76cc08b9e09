using System.Globalization;
using CsvHelper;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Files;

/// <summary>Rows of a result file: comma, RFC 4180 quotes where needed, <c>\n</c>, one line a row whatever a text holds.</summary>
internal sealed class CsvRowWriter : IDisposable
{
    private readonly CsvWriter _csv;

    public CsvRowWriter(TextWriter text, IEnumerable<string> header)
    {
        _csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        foreach (string name in header) _csv.WriteField(name);
        _csv.EndRecord();
    }

    public CsvRowWriter Text(string text)
    {
        _csv.WriteField(OneLine(text));
        return this;
    }

    public CsvRowWriter Number(double? value)
    {
        _csv.WriteField(ResultNumber.Format(value));
        return this;
    }

    public CsvRowWriter Whole(ulong value)
    {
        _csv.WriteField(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    public CsvRowWriter Ends(Interval? interval) => Number(interval?.Low).Number(interval?.High);

    public CsvRowWriter Key(CellKey key) => Combination(Schema.Combination.Of(key)).Text(key.Strategy).Whole(key.Seed);

    public CsvRowWriter Combination(Combination combination) =>
        Text(combination.Experiment).Text(combination.Fleet).Text(combination.Workload).Text(combination.Faults);

    public void End() => _csv.EndRecord();

    public void Dispose() => _csv.Dispose();

    /// <summary>Control characters become blanks: a message of an exception must not break a row.</summary>
    private static string OneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
