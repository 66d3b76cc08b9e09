using SchedBench.Fuzzing.Canaries;
using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Tests;

/// <summary>Every planted bug is found within a number of cases, made smaller, and shown again by the file of the smaller case; without the bug that file shows nothing.</summary>
public sealed class CanaryCatalogTests
{
    /// <summary>Cases within which each has to be found.</summary>
    private const ulong Most = 400;

    public static TheoryData<string> Names => [.. CanaryCatalog.All.Select(canary => canary.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_is_found_made_smaller_and_repeated_from_its_file(string name)
    {
        Canary canary = CanaryCatalog.Find(name)!;
        bool isFound = false;
        var session = FuzzSession.Play(1, played => played < Most && !isFound, progress: (_, finding) => isFound |= finding?.Failure.Kind == canary.Breaks, seams: canary.Seams);

        FuzzFinding found = session.Findings.First(finding => finding.Failure.Kind == canary.Breaks);
        FuzzCase drawn = CaseDrawing.Draw(found.Seed);
        FuzzCase small = found.Shrunk!.Case;
        Assert.True(Size(small) <= Size(drawn), $"{Size(drawn)} parts became {Size(small)}");
        Assert.InRange(small.Workloads.Count, 0, 3);
        Assert.InRange(small.Faults.Count, 0, 1);

        string text = CaseFile.Write(new CaseDocument(CaseFile.Format, found.Shrunk.Failure.Kind, found.Shrunk.Failure.Message, small));
        FuzzCase read = CaseFile.Parse(text, "canary.json").Case;
        // The bug of one of them makes every run another one: not every play of it has two that differ.
        int plays = name == "draw-by-order" ? 20 : 1;
        FuzzFailure? again = Enumerable.Range(0, plays).Select(_ => FuzzRun.Play(read, canary.Seams).Failure).FirstOrDefault(failure => failure is not null);
        Assert.Equal(canary.Breaks, again?.Kind);
        if (name != "draw-by-order") Assert.Equal(found.Shrunk.Failure.Message, again?.Message);
        Assert.Null(FuzzRun.Play(read).Failure);
    }

    [Fact]
    public void Canaries_have_names_of_their_own() => Assert.Equal(CanaryCatalog.All.Count, CanaryCatalog.All.Select(canary => canary.Name).Distinct(StringComparer.Ordinal).Count());

    private static int Size(FuzzCase item) => item.Nodes.Count + item.Workloads.Count + item.Steps.Count + item.Faults.Count;
}
