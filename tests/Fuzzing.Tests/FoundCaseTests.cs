using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;
using SchedBench.TestKit;

namespace SchedBench.Fuzzing.Tests;

/// <summary>Cases that once failed, as shrinking left them: <c>docs/track-record.md</c> says what was wrong.</summary>
public sealed class FoundCaseTests
{
    private static readonly string Folder = Path.Combine(SharedFiles.RepositoryRoot, "tests", "Fuzzing.Tests", "Cases");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_case_that_was_found_shows_nothing_any_more(string file)
    {
        CaseDocument document = CaseFile.Read(Path.Combine(Folder, file));
        Assert.NotEmpty(document.Failure);
        FuzzOutcome outcome = FuzzRun.Play(document.Case);
        Assert.True(outcome.Failure is null, $"{outcome.Failure?.Message}\n{outcome.Failure?.Trace}");
        // What was in the way is still there: a world that refuses the effect would prove nothing.
        Assert.Empty(outcome.Refused);
    }
}
