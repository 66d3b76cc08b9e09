using SchedBench.Core.Input;
using SchedBench.Fuzzing.Canaries;
using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Tests;

/// <summary>A session is the same for any number of jobs, ends when it is told to, and its cases are files that are read as they were written.</summary>
public sealed class SessionTests
{
    [Fact]
    public void What_comes_of_seeds_does_not_depend_on_how_many_are_played_at_once()
    {
        FuzzSession one = Leaky(1), two = Leaky(2);
        Assert.NotEmpty(one.Findings);
        Assert.Equal(one.Findings.Select(Told), two.Findings.Select(Told));
        Assert.Equal(one.Tally.Effects, two.Tally.Effects);
        Assert.Equal(one.Tally.Features, two.Tally.Features);
        Assert.Equal(one.Tally.Checks, two.Tally.Checks);

        static FuzzSession Leaky(int jobs) => FuzzSession.Play(1, taken => taken < 24, jobs, seams: CanaryCatalog.Find("leak")!.Seams);
        static string Told(FuzzFinding finding) => $"{finding.Seed} {finding.Failure.Message} {(finding.Shrunk is { } small ? CaseFile.Write(new CaseDocument(CaseFile.Format, "", "", small.Case)) : "")}";
    }

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

    [Fact]
    public void A_case_is_a_function_of_its_seed_and_survives_its_file()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            string text = Text(CaseDrawing.Draw(seed));
            Assert.Equal(text, Text(CaseDrawing.Draw(seed)));
            Assert.Equal(text, CaseFile.Write(CaseFile.Parse(text, "case.json")));
        }
    }

    [Fact]
    public void Every_effect_and_feature_is_drawn_within_two_thousand_seeds()
    {
        FuzzCase[] cases = [.. Enumerable.Range(1, 2000).Select(seed => CaseDrawing.Draw((ulong)seed))];
        Assert.Empty(CaseFeatures.All.Except(cases.SelectMany(CaseFeatures.Of)));
        Assert.Empty(Chaos.Effects.EffectCatalog.All.Select(effect => effect.Name).Except(cases.SelectMany(item => item.Faults).Select(fault => fault.Effect)));
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
