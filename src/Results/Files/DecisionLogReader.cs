using System.Globalization;
using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary>Reads a decision log row by row; holds one.</summary>
public sealed class DecisionLogReader : IDisposable
{
    private readonly CsvRowReader _rows;
    private readonly string _path;
    private CellKey? _cell;
    private LoggedDecision _next;
    private long _read;
    private bool _hasEnded;

    /// <summary>Opens a log and reads its first row.</summary>
    /// <exception cref="InputException">The file cannot be opened, or is no decision log.</exception>
    public DecisionLogReader(string path)
    {
        _path = path;
        _rows = new CsvRowReader(path, DecisionLogWriter.Columns);
        try
        {
            ReadRow();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The cell whose decisions these are.</summary>
    public CellKey Cell => _cell!;

    /// <summary>Why the run failed, once there is no further decision; empty when it did not.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>Whether a file begins as a decision log does; false as well for one that cannot be read.</summary>
    public static bool IsLog(string path)
    {
        string start = DecisionLogWriter.Columns[0] + ",";
        try
        {
            using InputFileText text = InputFile.OpenText(path);
            char[] read = new char[start.Length];
            return text.ReadBlock(read) == read.Length && start == new string(read);
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>Goes to the next decision.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    /// <exception cref="InputException">A row cannot be used, or the log was cut off.</exception>
    public bool TryNext(out LoggedDecision decision)
    {
        decision = _next;
        if (_hasEnded) return false;
        ReadRow();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private void ReadRow()
    {
        if (!_rows.Next()) throw new InputException(new InputProblem(_path, 0, 0, "", null, $"expected a last row with outcome {DecisionLogWriter.RunEnded}: this log was cut off"));
        CellKey cell = _rows.Key();
        if (cell != (_cell ??= cell)) throw _rows.Problem("strategy", cell.Strategy, "expected the decisions of one cell");
        if (_rows.Whole("decision") != (ulong)++_read) throw _rows.Problem("decision", _rows.Text("decision"), $"expected {_read}: decisions stand in order, none is left out");
        _hasEnded = _rows.Text("outcome") is DecisionLogWriter.RunEnded or DecisionLogWriter.RunFailed;
        if (_hasEnded)
        {
            if (_rows.Text("outcome") == DecisionLogWriter.RunFailed) Failure = _rows.Text("reasons");
            if (_rows.Next()) throw _rows.Problem("outcome", _rows.Text("outcome"), $"expected no row after the one that says that the run is over");
            return;
        }

        _next = new LoggedDecision(Time(), _rows.Text("pod"), _rows.Count("attempt"), Named<DecisionOutcome>("outcome"))
        {
            Refusal = _rows.Text("refusal").Length == 0 ? null : Named<RefusalReason>("refusal"),
            Node = _rows.Text("node"),
            Devices = Devices(),
            Preemption = _rows.Text("preemption"),
            Reasons = _rows.Text("reasons"),
        };
    }

    private TimeSpan Time() => decimal.TryParse(_rows.Text("time_seconds"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
        && seconds <= (decimal)TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond && seconds * TimeSpan.TicksPerSecond % 1 == 0
        ? new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond))
        : throw _rows.Problem("time_seconds", _rows.Text("time_seconds"), "expected seconds with at most 7 digits after the point");

    private T Named<T>(string column)
        where T : struct, Enum
    {
        string text = _rows.Text(column);
        string[] names = Enum.GetNames<T>();
        return names.Contains(text, StringComparer.Ordinal) ? Enum.Parse<T>(text) : throw _rows.Problem(column, text, $"expected one of {string.Join(", ", names)}");
    }

    private DeviceSet Devices()
    {
        string text = _rows.Text("devices");
        DeviceSet devices = DeviceSet.Empty;
        if (text.Length == 0) return devices;
        foreach (string part in text.Split('+'))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int device) || device >= DeviceSet.MaxDevices) throw _rows.Problem("devices", text, "expected numbers of devices, such as 0+3");
            devices = devices.With(device);
        }

        return devices;
    }
}
