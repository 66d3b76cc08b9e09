using SchedBench.Core.Input;
using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Tests;

/// <summary>A session ends when it is told to, and a case that somebody wrote wrongly is refused by its field.</summary>
public sealed class SessionTests
{
    [Fact]
    public void A_session_that_is_ended_keeps_what_was_done()
    {
        using var ends = new CancellationTokenSource();
        var session = FuzzSession.Play(1, _ => true, progress: (tally, _) =>
        {
            if (tally.Runs == 5) ends.Cancel();
        }, cancellation: ends.Token);
        Assert.True(session.WasStopped);
        Assert.Equal(5, session.Tally.Runs);
    }

    [Theory]
    [InlineData("\"strategy\": \"kube-scheduler\"", "\"strategy\": \"kube-schedular\"", "case.strategy", "kube-scheduler")]
    [InlineData("\"effect\": \"crash\"", "\"effect\": \"crush\"", "case.faults[0].effect", "crash")]
    [InlineData("\"whom\": \"nodes\"", "\"whom\": \"node\"", "case.faults[0].whom", "nodes")]
    [InlineData("\"format\": \"schedbench/fuzz-case/v1\"", "\"format\": \"v0\"", "format", null)]
    [InlineData("\"survivors\": 1", "\"survivors\": -1", "case.survivors", null)]
    public void A_case_that_is_wrong_gets_the_field_and_the_nearest_name(string right, string wrong, string field, string? nearest)
    {
        FuzzCase item = new() { Seed = 1, Strategy = "kube-scheduler", Nodes = [new("node-0", 1000, 1024, "a")], Faults = [new("f0", "crash", 10)] };
        string text = Text(item);
        Assert.Contains(right, text, StringComparison.Ordinal);
        InputException error = Assert.Throws<InputException>(() => CaseFile.Parse(text.Replace(right, wrong, StringComparison.Ordinal), "case.json"));
        InputProblem problem = Assert.Single(error.Problems);
        Assert.Equal((field, nearest), (problem.Field, problem.Nearest));
    }

    private static string Text(FuzzCase item) => CaseFile.Write(new CaseDocument(CaseFile.Format, "", "", item));
}
