using System.Globalization;
using SchedBench.Core.Recording;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary>Writes the decision log of a cell: a row a decision, and a last row that says that the run is over, by which a log that was cut off is told from a short one.</summary>
/// <remarks>Times are exact: seconds with up to seven digits after the point, which is the clock's tick of 100 ns.</remarks>
public sealed class DecisionLogWriter : IDisposable
{
    internal const string RunEnded = "RunEnded";
    internal const string RunFailed = "RunFailed";
    internal static readonly string[] Columns =
        ["experiment", "fleet", "workload", "faults", "strategy", "seed", "decision", "time_seconds", "pod", "attempt", "outcome", "refusal", "node", "devices", "preemption", "reasons"];

    private readonly CsvRowWriter _rows;
    private readonly CellKey _cell;
    private TimeSpan _last;

    /// <summary>Begins a log.</summary>
    /// <param name="text">Where it goes; stays open.</param>
    /// <param name="cell">The cell.</param>
    public DecisionLogWriter(TextWriter text, CellKey cell)
    {
        _rows = new CsvRowWriter(text, Columns);
        _cell = cell;
    }

    /// <summary>Decisions written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Writes the next decision.</summary>
    public void Write(LoggedDecision decision)
    {
        Count++;
        _last = decision.At;
        _rows.Key(_cell).Whole((ulong)Count).Text(Seconds(decision.At)).Text(decision.Pod).Whole((ulong)decision.Attempt).Text(decision.Outcome.ToString()).Text(decision.Refusal?.ToString() ?? "")
            .Text(decision.Node).Text(decision.Devices.ToString()).Text(decision.Preemption).Text(decision.Reasons).End();
    }

    /// <summary>The run is over: the row after the last decision, numbered like one.</summary>
    /// <param name="failure">Why it failed; empty when it did not.</param>
    public void End(string failure = "") => _rows.Key(_cell).Whole((ulong)Count + 1).Text(Seconds(_last)).Text("").Whole(0).Text(failure.Length == 0 ? RunEnded : RunFailed)
        .Text("").Text("").Text("").Text("").Text(failure).End();

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private static string Seconds(TimeSpan at) => ((decimal)at.Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);
}
