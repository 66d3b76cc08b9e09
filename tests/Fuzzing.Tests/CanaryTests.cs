using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Tests;

/// <summary>Planted bugs prove the pipeline: each is found within a few seeds, made smaller, and repeated by its file; without it the same file plays well.</summary>
public sealed class CanaryTests
{
    private const ulong First = 1, Most = 60;

    public static TheoryData<string> Names => [.. Planted.Bugs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_is_found_made_smaller_and_repeated_by_its_file(string name)
    {
        (string kind, FuzzSeams seams) = Planted.Bugs[name];
        bool isFound = false;
        var session = FuzzSession.Play(First, taken => taken < Most && !isFound, 1, (_, finding) => isFound |= finding?.Failure.Kind == kind, seams);
        FuzzFinding found = Assert.Single(session.Findings, finding => finding.Failure.Kind == kind && finding.Shrunk is not null);
        FuzzCase before = CaseDrawing.Draw(found.Seed), after = found.Shrunk!.Case;
        Assert.True(Size(after) < Size(before), $"{Size(after)} of {Size(before)}");
        Assert.InRange(after.Nodes.Count, 1, 3);
        Assert.InRange(after.Workloads.Count, 0, 2);
        Assert.Empty(after.Steps);
        string text = CaseFile.Write(new CaseDocument(CaseFile.Format, kind, found.Shrunk.Failure.Message, after));
        FuzzCase read = CaseFile.Parse(text, "case.json").Case;
        Assert.Equal(text, CaseFile.Write(new CaseDocument(CaseFile.Format, kind, found.Shrunk.Failure.Message, read)));
        Assert.Equal(kind, FuzzRun.Play(read, seams).Failure?.Kind);
        Assert.Null(FuzzRun.Play(read).Failure);
    }

    private static int Size(FuzzCase item) => item.Nodes.Count + item.Workloads.Sum(workload => 1 + workload.Replicas) + item.Steps.Count + item.Faults.Count;
}
