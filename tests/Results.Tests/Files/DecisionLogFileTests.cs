using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Tests.Files;

public sealed class DecisionLogFileTests : IDisposable
{
    private static readonly CellKey Cell = new("tiny", "small", "mixed", "none", "best-fit, tuned", ulong.MaxValue);

    private static readonly LoggedDecision[] Decisions =
    [
        new(TimeSpan.FromTicks(1), "a", 1, DecisionOutcome.Placed) { Node = "n0", Devices = new DeviceSet(0b1001) },
        new(TimeSpan.FromTicks(123_456_789_012_345), "shop/\"b\", c", 7, DecisionOutcome.NoNodeFits) { Preemption = "n1: a, d", Reasons = "InsufficientCpu 6, UntoleratedTaint 2" },
        new(TimeSpan.MaxValue, "d", int.MaxValue, DecisionOutcome.Refused) { Refusal = RefusalReason.InvalidDevices },
        new(TimeSpan.MaxValue, "e", 1, DecisionOutcome.Placed) { Node = "n1", Devices = DeviceSet.Of(63) },
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("InvalidOperationException: no, \"never\"")]
    public void What_is_written_is_read_back(string failure)
    {
        string path = Written(failure);
        Assert.True(DecisionLogReader.IsLog(path));
        using var log = new DecisionLogReader(path);
        Assert.Equal(Cell, log.Cell);
        foreach (LoggedDecision decision in Decisions)
        {
            Assert.True(log.TryNext(out LoggedDecision read));
            Assert.Equal(decision, read);
        }

        Assert.False(log.TryNext(out _));
        Assert.False(log.TryNext(out _));
        Assert.Equal(failure, log.Failure);
    }

    [Fact]
    public void Times_are_seconds_to_the_last_digit() =>
        Assert.Equal(["0.0000001", "12345678.9012345"], File.ReadLines(Written()).Skip(1).Take(2).Select(row => row.Split(',')[8]));

    [Fact]
    public void A_log_of_no_decision_has_its_cell_and_its_end()
    {
        using (var text = new StreamWriter(_folder["log.csv"]))
        using (var log = new DecisionLogWriter(text, Cell)) log.End();
        using var reader = new DecisionLogReader(_folder["log.csv"]);
        Assert.Equal((Cell, false), (reader.Cell, reader.TryNext(out _)));
    }

    [Fact]
    public void A_log_that_was_cut_off_between_two_rows_is_noticed()
    {
        string path = Written();
        string[] rows = File.ReadAllLines(path);
        for (int kept = 1; kept < rows.Length; kept++)
        {
            File.WriteAllLines(path, rows.Take(kept));
            Assert.Contains("this log was cut off", Error(path), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(",2,12345678", ",3,12345678", "log.csv:3: decision: '3': expected 2: decisions stand in order")]
    [InlineData("0.0000001", "0.00000001", "log.csv:2: time_seconds: '0.00000001': expected seconds with at most 7 digits after the point")]
    [InlineData("0.0000001", "-1", "log.csv:2: time_seconds: '-1': expected seconds")]
    [InlineData("0.0000001", "1e3", "log.csv:2: time_seconds: '1e3': expected seconds")]
    [InlineData("0.0000001", "9223372036854775807", "log.csv:2: time_seconds: '9223372036854775807': expected seconds")]
    [InlineData("NoNodeFits", "Nothing", "log.csv:3: outcome: 'Nothing': expected one of Placed, NoNodeFits,")]
    [InlineData("NoNodeFits", "1", "log.csv:3: outcome: '1': expected one of Placed, NoNodeFits,")]
    [InlineData("InvalidDevices", "Bad", "log.csv:4: refusal: 'Bad': expected one of UnknownNode,")]
    [InlineData("0+3", "0+64", "log.csv:2: devices: '0+64': expected numbers of devices, such as 0+3")]
    [InlineData("0+3", "0+", "log.csv:2: devices: '0+': expected numbers of devices, such as 0+3")]
    [InlineData(",e,1,", ",e,x,", "log.csv:5: attempt: 'x': expected a whole number")]
    [InlineData("tuned\",18446744073709551615,4,", "other\",18446744073709551615,4,", "log.csv:5: strategy: 'best-fit, other': expected the decisions of one cell")]
    [InlineData("outcome,", "result,", "log.csv:1: expected a column 'outcome'")]
    public void A_damaged_row_is_named(string old, string replacement, string expected)
    {
        string path = Written();
        string text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        int at = text.IndexOf(old, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + replacement + text[(at + old.Length)..]);
        Assert.Contains(expected, Error(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_after_the_end_are_refused()
    {
        string path = Written();
        string last = File.ReadAllLines(path)[^1];
        File.AppendAllText(path, last + "\n");
        Assert.Contains("expected no row after", Error(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: schedbench/v1\n")]
    [InlineData("experiment: x\n")]
    [InlineData("")]
    public void Other_files_are_no_logs(string text)
    {
        File.WriteAllText(_folder["other"], text);
        Assert.False(DecisionLogReader.IsLog(_folder["other"]));
        Assert.False(DecisionLogReader.IsLog(_folder["missing"]));
        Assert.False(DecisionLogReader.IsLog(_folder.Path));
    }

    private string Written(string failure = "")
    {
        string path = _folder["log.csv"];
        AtomicFile.WriteText(path, text =>
        {
            using var log = new DecisionLogWriter(text, Cell);
            foreach (LoggedDecision decision in Decisions) log.Write(decision);
            log.End(failure);
        });
        return path;
    }

    private static string Error(string path) => Assert.Throws<InputException>(() =>
    {
        using var log = new DecisionLogReader(path);
        while (log.TryNext(out _))
        {
        }
    }).Message;
}
