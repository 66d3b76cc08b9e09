using System.Globalization;
using System.Text;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Swf;

/// <summary>The job lines of an SWF file one after another, and its header. Fields are separated by blanks; a line of <c>;</c> is header or comment.</summary>
internal sealed class SwfJobs
{
    /// <summary>Steps in which memory is kept, for each unit of the file.</summary>
    public const int AmountsPerUnit = 1000;

    private const int Fields = (int)SwfField.ThinkTime + 1;
    private const int MostHeaderLines = 10_000;
    private const int MostFieldsLooked = 64;

    private static readonly string[] Names =
    [
        "job number", "submit time", "wait time", "run time", "allocated processors", "average CPU time", "used memory", "requested processors", "requested time",
        "requested memory", "status", "user", "group", "executable", "queue", "partition", "preceding job", "think time",
    ];

    private readonly InputFileText _text;
    private readonly ReadLog _log;
    private readonly List<KeyValuePair<string, string>> _header = [];
    private readonly Range[] _fields = new Range[MostFieldsLooked];
    private byte[] _line = new byte[1024];
    private int _problemsBefore;
    private int _mostFields = Fields;

    public SwfJobs(InputFileText text, ReadLog log)
    {
        _text = text;
        _log = log;
    }

    /// <summary>Job lines read.</summary>
    public long Count { get; private set; }

    /// <summary>What the header says, key by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Header => _header;

    public int Line => _text.Line;

    public bool RowIsSound => _log.Problems == _problemsBefore;

    /// <summary>Goes to the next sound job. At the end, problems are thrown and the file is noted as read.</summary>
    public bool Next(out SwfJob job)
    {
        while (_text.TryReadLine(out ReadOnlySpan<char> line))
        {
            line = line.Trim(" \t");
            if (line.IsEmpty) continue;
            if (line[0] == ';')
            {
                ReadHeader(line[1..].Trim(" \t"));
                continue;
            }

            Count++;
            _problemsBefore = _log.Problems;
            job = ReadJob(line);
            if (RowIsSound) return true;
        }

        if (Count == 0) _log.Problem(0, "", null, "expected jobs; this file has only comments");
        _log.ThrowIfProblems();
        _log.FileRead(_text.Sha256Hex);
        job = default;
        return false;
    }

    public void Note(ReadReason reason, SwfField field) => _log.Note(reason, Line, Names[(int)field], _log.WantsValue(reason) ? Text(field) : "");

    public void Bad(SwfField field, string expected) => _log.Problem(Line, Names[(int)field], Text(field), expected);

    private SwfJob ReadJob(ReadOnlySpan<char> line)
    {
        if (_line.Length < line.Length) Array.Resize(ref _line, line.Length);

        // Characters beyond ASCII become question marks, which no field accepts.
        Encoding.ASCII.GetBytes(line, _line);
        int count = Split(_line.AsSpan(0, line.Length));
        if (count < Fields)
        {
            _log.Problem(Line, "", null, string.Create(CultureInfo.InvariantCulture, $"expected {Fields} fields separated by blanks; this line has {count}"));
            return default;
        }

        for (; _mostFields < count; _mostFields++)
        {
            _log.Note(ReadReason.ExtraColumn, Line, string.Create(CultureInfo.InvariantCulture, $"field {_mostFields + 1}"), Encoding.ASCII.GetString(_line[_fields[_mostFields]]));
        }

        return new SwfJob(
            Whole(SwfField.Number, 0, long.MaxValue),
            Decimal(SwfField.SubmitTime, TimeSpan.TicksPerSecond, Rounding.Nearest),
            Decimal(SwfField.RunTime, TimeSpan.TicksPerSecond, Rounding.Nearest),
            (int)Whole(SwfField.AllocatedProcessors, -1, int.MaxValue),
            (int)Whole(SwfField.RequestedProcessors, -1, int.MaxValue),
            Amount(SwfField.UsedMemory),
            Amount(SwfField.RequestedMemory),
            (int)Whole(SwfField.Status, -1, 5));
    }

    private int Split(ReadOnlySpan<byte> line)
    {
        int count = 0, at = 0;
        while (true)
        {
            while (at < line.Length && line[at] is (byte)' ' or (byte)'\t') at++;
            if (at == line.Length) return count;
            int end = line[at..].IndexOfAny((byte)' ', (byte)'\t');
            end = end < 0 ? line.Length : at + end;
            if (count < MostFieldsLooked) _fields[count++] = at..end;
            at = end;
        }
    }

    private string Text(SwfField field) => Encoding.ASCII.GetString(_line[_fields[(int)field]]);

    private long Whole(SwfField field, long min, long max)
    {
        NumberOutcome outcome = NumberText.Whole(_line.AsSpan(_fields[(int)field]), out long value);
        if (outcome == NumberOutcome.Exact && value >= min && value <= max) return value;
        Bad(field, string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {min} to {max}"));
        return 0;
    }

    private Int128? Amount(SwfField field)
    {
        Int128? amount = Decimal(field, AmountsPerUnit, Rounding.Up);
        if (amount >= 0 || amount is null) return amount;
        Bad(field, "expected an amount of memory, or −1");
        return null;
    }

    /// <summary>A decimal in steps, or nothing for −1.</summary>
    private Int128? Decimal(SwfField field, long stepsPerUnit, Rounding rounding)
    {
        ReadOnlySpan<byte> text = _line.AsSpan(_fields[(int)field]);
        NumberOutcome outcome = NumberText.Decimal(text, stepsPerUnit, rounding, out Int128 steps);
        if (outcome is NumberOutcome.NotANumber or NumberOutcome.TooLarge)
        {
            Bad(field, "expected a number of at most 19 digits and 40 decimals, with a decimal point and without exponent, or −1");
            return null;
        }

        if (outcome == NumberOutcome.Rounded) Note(rounding == Rounding.Nearest ? ReadReason.RoundedTime : ReadReason.RoundedQuantity, field);
        return steps == -stepsPerUnit ? null : steps;
    }

    /// <summary><c>; Key: value</c> opens an entry; a line without a key goes on with the entry above it.</summary>
    private void ReadHeader(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty || _header.Count == MostHeaderLines) return;
        int colon = line.IndexOf(':');
        bool isKey = colon > 0 && line[..colon].IndexOfAnyExcept(Letters) < 0;
        if (isKey) _header.Add(new(line[..colon].ToString(), line[(colon + 1)..].Trim(" \t").ToString()));
        else if (_header.Count > 0) _header[^1] = new(_header[^1].Key, $"{_header[^1].Value} {line}");
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}
