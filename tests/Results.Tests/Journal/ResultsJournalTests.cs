using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Input;
using SchedBench.Results.Files;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;
using SchedBench.Results.Tests.Statistics;

namespace SchedBench.Results.Tests.Journal;

public sealed class ResultsJournalTests
{
    [Fact]
    public void Appended_cells_are_found_again()
    {
        using var folder = new TempFolder();
        using (var journal = ResultsJournal.Open(folder["run"], Cells.Plan, 12, ResumePolicy.Continue))
        {
            Assert.Empty(journal.Finished);
            for (int i = 0; i < 12; i++) journal.Append(i, Cells.Study[i]);
            Assert.Equal(Cells.Study.Select(Cells.Describe), journal.InPlanOrder().Select(Cells.Describe));
        }

        using var again = ResultsJournal.Open(folder["run"], Cells.Plan, 12, ResumePolicy.Continue);
        Assert.Empty(again.Damage);
        Assert.Equal(Cells.Study.Select(Cells.Describe), again.InPlanOrder().Select(Cells.Describe));
    }

    [Fact]
    public void Any_finite_numbers_and_any_texts_come_back_bit_by_bit() => Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat[]>(), ArbMap.Default.ArbFor<NonNull<string>>(), (numbers, text) =>
        {
            CellResult cell = Cells.Of("random", 7) with
            {
                Status = CellStatus.Failed,
                Failure = text.Get + "\n\"\0é\u2028",
                Fingerprint = ulong.MaxValue,
                Series = [.. numbers.Select(x => new SeriesPoint("pending_pods_max", "time_seconds", x.Get, -x.Get))],
                Timeline = [.. numbers.Select(x => new TimelineBar("n", text.Get, x.Get, x.Get, double.Epsilon))],
            };
            using var folder = new TempFolder();
            using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 1, ResumePolicy.Continue)) journal.Append(0, cell);
            using var again = ResultsJournal.Open(folder.Path, Cells.Plan, 1, ResumePolicy.Continue);
            return Cells.Describe(again.Finished[0]) == Cells.Describe(cell);
        }).Check(Generators.Pinned.WithMaxTest(60));

    [Fact]
    public void What_is_handed_out_before_and_after_a_restart_is_the_same_even_for_broken_text()
    {
        // A lone surrogate cannot be written as UTF-8; it must not look different in an uninterrupted run.
        using var folder = new TempFolder();
        string before;
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 1, ResumePolicy.Continue))
        {
            journal.Append(0, Cells.Failed("random", 1, "half \uD800 a character"));
            before = Cells.Describe(journal.Finished[0]);
        }

        using var again = ResultsJournal.Open(folder.Path, Cells.Plan, 1, ResumePolicy.Continue);
        Assert.Equal(before, Cells.Describe(again.Finished[0]));
    }

    [Fact]
    public void Order_of_finishing_leaves_no_trace_in_the_final_files()
    {
        byte[][] reference = FilesAfter(Enumerable.Range(0, Cells.Study.Count));
        Prop.ForAll(Arb.From(Gen.Shuffle(Enumerable.Range(0, Cells.Study.Count).ToArray())), order =>
            FilesAfter(order).Zip(reference).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))).Check(Generators.Pinned.WithMaxTest(20));
    }

    [Fact]
    public void Threads_may_append_at_once()
    {
        const int Count = 200;
        using var folder = new TempFolder();
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, Count, ResumePolicy.Continue))
        {
            Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => journal.Append(i, Cells.Of("fgd", (ulong)i, i)));
        }

        using var again = ResultsJournal.Open(folder.Path, Cells.Plan, Count, ResumePolicy.Continue);
        Assert.Empty(again.Damage);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (double?)i), again.InPlanOrder().Select(cell => cell.Metrics[0].Value));
    }

    [Fact]
    public void Files_count_as_written_until_another_cell_is_appended()
    {
        using var folder = new TempFolder();
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 1, ResumePolicy.Continue))
        {
            Assert.Throws<InvalidOperationException>(journal.MarkFilesWritten);
            journal.Append(0, Cells.Study[0]);
            Assert.False(journal.AreFilesWritten);
            journal.MarkFilesWritten();
            journal.MarkFilesWritten();
            Assert.True(journal.AreFilesWritten);
        }

        using var again = ResultsJournal.Open(folder.Path, Cells.Plan, 1, ResumePolicy.Continue);
        Assert.True(again.AreFilesWritten);
        Assert.Equal(3, File.ReadAllLines(folder["journal", "cells.jsonl"]).Length);
    }

    [Fact]
    public void Looking_at_a_journal_takes_no_hold_of_it()
    {
        using var folder = new TempFolder();
        Assert.Null(ResultsJournal.Peek(folder.Path));
        using var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 2, ResumePolicy.Continue);
        journal.Append(1, Cells.Study[1]);
        Assert.Equal(new JournalState(Cells.Plan.Hash, 1, 2, AreFilesWritten: false), ResultsJournal.Peek(folder.Path));
        journal.Append(0, Cells.Study[0]);
        journal.MarkFilesWritten();
        Assert.Equal(new JournalState(Cells.Plan.Hash, 2, 2, AreFilesWritten: true), ResultsJournal.Peek(folder.Path));
    }

    [Fact]
    public void Cell_travels_in_a_file_of_its_own()
    {
        using var folder = new TempFolder();
        CellRecordFile.Write(folder["cell.json"], 7, Cells.Study[7]);
        Assert.Equal(Cells.Describe(Cells.Study[7]), Cells.Describe(CellRecordFile.Read(folder["cell.json"])!));
        File.WriteAllText(folder["cell.json"], "{\"filesWritten\":");
        Assert.Null(CellRecordFile.Read(folder["cell.json"]));
        Assert.Throws<ArgumentException>(() => CellRecordFile.Write(folder["cell.json"], 0, Cells.Of("a", 1, double.NaN)));
    }

    [Fact]
    public void Journal_of_another_plan_is_refused_and_says_what_differs()
    {
        using var folder = new TempFolder();
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue)) journal.Append(0, Cells.Study[0]);
        byte[] before = File.ReadAllBytes(folder["journal", "cells.jsonl"]);
        var other = new PlanFingerprint([new("experiment", "tiny"), new("seeds", "42..45"), new("nodes.csv", "ffff")]);
        var refusal = Assert.Throws<InputException>(() => ResultsJournal.Open(folder.Path, other, 4, ResumePolicy.Continue));
        Assert.Contains("seeds: '42..44': this plan has '42..45'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("nodes.csv: this plan has 'ffff'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("pods.csv: 'a1b2': this plan has no such part", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("cells: '3': this plan has '4'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("choose another results folder, or remove this one", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("experiment", refusal.Message.Replace(folder.Path, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["journal", "cells.jsonl"]));
    }

    [Fact]
    public void Same_parts_in_another_order_are_another_plan()
    {
        using var folder = new TempFolder();
        ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue).Dispose();
        var reordered = new PlanFingerprint(Cells.Plan.Parts.Reverse());
        Assert.NotEqual(Cells.Plan.Hash, reordered.Hash);
        Assert.Throws<InputException>(() => ResultsJournal.Open(folder.Path, reordered, 3, ResumePolicy.Continue));
    }

    [Fact]
    public void Journal_of_another_version_is_refused()
    {
        using var folder = new TempFolder();
        ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue).Dispose();
        byte[] header = JournalLine.Frame("""{"kind":"schedbench-journal","version":2,"invented":"later"}"""u8);
        File.WriteAllBytes(folder["journal", "cells.jsonl"], header);
        var refusal = Assert.Throws<InputException>(() => ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue));
        Assert.Contains("version: '2': this program reads journals of version 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Starting_over_discards_any_journal_and_require_new_refuses_one()
    {
        using var folder = new TempFolder();
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.RequireNew)) journal.Append(0, Cells.Study[0]);
        Assert.Throws<InputException>(() => ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.RequireNew));
        using var fresh = ResultsJournal.Open(folder.Path, new PlanFingerprint([new("experiment", "other")]), 9, ResumePolicy.StartOver);
        Assert.Empty(fresh.Finished);
        Assert.Equal(9, fresh.CellCount);
    }

    [Fact]
    public void Cells_that_break_a_rule_are_refused_and_leave_no_trace()
    {
        using var folder = new TempFolder();
        using var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue);
        journal.Append(1, Cells.Study[1]);
        byte[] before = ReadShared(folder["journal", "cells.jsonl"]);
        CellResult cell = Cells.Study[0];
        Assert.Throws<ArgumentException>(() => journal.Append(1, cell));
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.Append(3, cell));
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.Append(-1, cell));
        Assert.Throws<ArgumentException>(() => journal.Append(0, cell with { Metrics = [new("gpu_allocated_percent", double.NaN)] }));
        Assert.Throws<ArgumentException>(() => journal.Append(0, cell with { Metrics = [new("cell_wall_seconds", 1)] }));
        Assert.Throws<ArgumentException>(() => journal.Append(0, cell with { Timing = [new("gpu_allocated_percent", 1)] }));
        Assert.Throws<ArgumentException>(() => journal.Append(0, cell with { Metrics = [new("decisions_total", 1), new("decisions_total", 1)] }));
        Assert.Throws<ArgumentException>(() => journal.Append(0, cell with { Series = [new("gpu_allocated_percent", "time_seconds", double.PositiveInfinity, 1)] }));
        Assert.Throws<ArgumentException>(() => journal.Append(0, cell with { Series = [new("gpu_allocated_percent", "gpu_allocated_percent", 1, 1)] }));
        var unknown = Assert.Throws<ArgumentException>(() => journal.Append(0, cell with { Metrics = [new("gpu_alocated_percent", 1)] }));
        Assert.Contains("Did you mean 'gpu_allocated_percent'?", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(before, ReadShared(folder["journal", "cells.jsonl"]));
        Assert.Throws<InvalidOperationException>(journal.InPlanOrder);
    }

    private static byte[][] FilesAfter(IEnumerable<int> order)
    {
        using var folder = new TempFolder();
        using var journal = ResultsJournal.Open(folder.Path, Cells.Plan, Cells.Study.Count, ResumePolicy.Continue);
        foreach (int index in order) journal.Append(index, Cells.Study[index]);
        ResultFiles.WriteAll(folder.Path, journal.InPlanOrder(), "best-fit");
        return [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
