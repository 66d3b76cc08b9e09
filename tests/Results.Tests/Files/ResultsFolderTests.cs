using System.Text;
using SchedBench.Core.Input;
using SchedBench.Results.Files;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Tests.Files;

public sealed class ResultsFolderTests
{
    [Fact]
    public void Complete_folder_is_read_back_in_full()
    {
        using TempFolder folder = Complete();
        var results = ResultsFolder.Load(folder.Path);
        Assert.Equal("best-fit", results.Baseline);
        Assert.Equal(12, results.Summary.Count);
        Assert.Equal(8, results.Comparisons.Count);
        CellResult first = results.Cells[0];
        Assert.Equal(Cells.Study[0].Key, first.Key);
        Assert.Equal(4, first.Series.Count);
        Assert.Equal(123456.789, first.Timing[1].Value);
        Assert.Equal(Cells.Study[0].Timeline, first.Timeline);
        Assert.Empty(results.Cells[1].Timeline);
        Assert.Equal(Cells.Study[0].Services.Select(v => (v.Service, v.Metric)), first.Services.Select(v => (v.Service, v.Metric)));
        Assert.Null(results.Cells[3].Services[1].Value);
    }

    [Fact]
    public void A_study_without_services_has_no_file_of_them_and_an_earlier_one_goes()
    {
        using TempFolder folder = Complete();
        Assert.True(File.Exists(folder[ResultFileNames.Services]));
        ResultFiles.WriteAll(folder.Path, [.. Cells.Study.Select(cell => cell with { Services = [] })], "best-fit");
        Assert.False(File.Exists(folder[ResultFileNames.Services]));
        Assert.All(ResultsFolder.Load(folder.Path).Cells, cell => Assert.Empty(cell.Services));
    }

    [Fact]
    public void Final_files_without_their_journal_are_complete()
    {
        using TempFolder folder = Complete();
        Directory.Delete(folder["journal"], recursive: true);
        Assert.Equal(12, ResultsFolder.Load(folder.Path).Cells.Count);
    }

    [Fact]
    public void Interrupted_run_is_incomplete_and_says_how_far_it_came()
    {
        using var folder = new TempFolder();
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 12, ResumePolicy.Continue))
        {
            for (int i = 0; i < 5; i++) journal.Append(i, Cells.Study[i]);

            // Also while the other process is still running.
            Assert.Throws<ResultsIncompleteException>(() => ResultsFolder.Load(folder.Path));
        }

        var incomplete = Assert.Throws<ResultsIncompleteException>(() => ResultsFolder.Load(folder.Path));
        Assert.Equal((5, 12), (incomplete.Finished, incomplete.Total));
        Assert.Contains("5 of 12 cells have finished", incomplete.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Earlier_final_files_beside_a_newer_unfinished_journal_do_not_count()
    {
        using TempFolder folder = Complete();
        ResultsJournal.Open(folder.Path, Cells.Plan, 12, ResumePolicy.StartOver).Dispose();
        Assert.Throws<ResultsIncompleteException>(() => ResultsFolder.Load(folder.Path));
    }

    [Fact]
    public void Missing_folder_and_foreign_folder_are_refused()
    {
        using var folder = new TempFolder();
        Assert.Contains("there is no such folder", Refusal(folder["absent"]), StringComparison.Ordinal);
        Assert.Contains("it has no manifest.json", Refusal(folder.Path), StringComparison.Ordinal);
        File.WriteAllText(folder["manifest.json"], """{"name":"a web app"}""");
        Assert.Contains("another program's", Refusal(folder.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"schedbench-results","formatVersion":2}""", "formatVersion: '2': this program reads results of version 1")]
    [InlineData("""{"kind":"schedbench-results"}""", "formatVersion: 'none'")]
    [InlineData("""{"kind":"schedbench-results","formatVersion":"1"}""", "formatVersion")]
    [InlineData("""{"kind":7}""", "another program's")]
    [InlineData("[]", "another program's")]
    [InlineData("{\n  \"kind\": ", "this is damaged")]
    public void Manifest_of_another_version_or_kind_is_refused(string manifest, string expected)
    {
        using TempFolder folder = Complete();
        File.WriteAllText(folder["manifest.json"], manifest);
        Assert.Contains(expected, Refusal(folder.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cells.csv")]
    [InlineData("series.csv")]
    [InlineData("summary.csv")]
    [InlineData("comparisons.csv")]
    [InlineData("timing.csv")]
    public void Missing_file_is_named(string file)
    {
        using TempFolder folder = Complete();
        File.Delete(folder[file]);
        Assert.Contains(file, Refusal(folder.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cells.csv", "fingerprint", "fingerprnt", "expected a column 'fingerprint'")]
    [InlineData("cells.csv", "gpu_allocated_percent", "gpu_alocated_percent", "did you mean 'gpu_allocated_percent'?")]
    [InlineData("cells.csv", "gpu_allocated_percent", "cell_wall_seconds", "belongs to Timing")]
    [InlineData("cells.csv", "gpu_allocated_percent", "gpu_fragmented_percent", "stands in the header twice")]
    [InlineData("cells.csv", ",42,ok,", ",-1,ok,", "cells.csv:2: seed: '-1'")]
    [InlineData("cells.csv", ",42,ok,", ",18446744073709551616,ok,", "seed: '18446744073709551616'")]
    [InlineData("cells.csv", ",42,ok,", ",43,ok,", "stands in the file twice")]
    [InlineData("cells.csv", ",42,ok,", ",42,fine,", "expected ok, failed or void")]
    [InlineData("cells.csv", ",42,ok,", ",42,o\"k,", "expected quotes only around whole fields")]
    [InlineData("cells.csv", ",42,ok,", ",42,\"ok,", "expected quotes only around whole fields")]
    [InlineData("cells.csv", ",42,ok,", ",42,ok,,", "expected 13 fields, as in the header; found 14")]
    [InlineData("cells.csv", ",42,ok,", ",42;ok,", "expected 13 fields, as in the header; found 12")]
    [InlineData("cells.csv", ",88.5,", ",1e999,", "cells.csv:4: gpu_allocated_percent: '1e999': expected a finite number")]
    [InlineData("cells.csv", ",88.5,", ",NaN,", "'NaN'")]
    [InlineData("cells.csv", ",88.5,", ", 88.5,", "' 88.5'")]
    [InlineData("series.csv", ",10,", ",,", "expected a finite number")]
    [InlineData("series.csv", "gpu_arrived_percent", "gpu_allocated_percent", "belongs to Result, not to Axis")]
    [InlineData("summary.csv", ",4,", ",-4,", "expected a whole number")]
    [InlineData("comparisons.csv", "n_pairs", "pairs", "expected a column 'n_pairs'")]
    [InlineData("timing.csv", "cell_wall_seconds", "cell_wall_second", "did you mean 'cell_wall_seconds'?")]
    public void Damaged_file_is_refused_with_its_place(string file, string found, string replacement, string expected)
    {
        using TempFolder folder = Complete();
        string text = File.ReadAllText(folder[file]);
        int at = text.IndexOf(found, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the test expects '{found}' in {file}");
        File.WriteAllText(folder[file], text[..at] + replacement + text[(at + found.Length)..]);
        Assert.Contains(expected, Refusal(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_an_interval_is_refused()
    {
        using TempFolder folder = Complete();
        string[] lines = File.ReadAllLines(folder["summary.csv"]);
        string[] fields = lines[1].Split(',');
        fields[9] = "";
        lines[1] = string.Join(',', fields);
        File.WriteAllText(folder["summary.csv"], string.Join('\n', lines) + "\n");
        Assert.Contains("ci95_low: '': expected both ends", Refusal(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_order_mark_windows_line_ends_and_reordered_columns_are_accepted()
    {
        using TempFolder folder = Complete();
        var swapped = File.ReadAllLines(folder["timing.csv"]).Select(line => line.Split(',')).Select(f => string.Join(',', [f[7], .. f[..7]]));
        File.WriteAllText(folder["timing.csv"], string.Join("\r\n", swapped) + "\r\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(123456.789, ResultsFolder.Load(folder.Path).Cells[0].Timing[1].Value);
    }

    [Fact]
    public void Endless_lines_and_many_columns_are_refused()
    {
        using TempFolder folder = Complete();
        File.WriteAllText(folder["cells.csv"], string.Join(',', Enumerable.Range(0, 100_000)));
        Assert.Contains("at most 1000 columns", Refusal(folder.Path), StringComparison.Ordinal);
        File.WriteAllText(folder["cells.csv"], new string('x', 5_000_000));
        Assert.Contains("cells.csv", Refusal(folder.Path), StringComparison.Ordinal);
    }

    private static string Refusal(string folder) => Assert.Throws<InputException>(() => ResultsFolder.Load(folder)).Message;

    private static TempFolder Complete()
    {
        var folder = new TempFolder();
        using var journal = ResultsJournal.Open(folder.Path, Cells.Plan, Cells.Study.Count, ResumePolicy.Continue);
        for (int i = 0; i < Cells.Study.Count; i++) journal.Append(i, Cells.Study[i]);
        ResultFiles.WriteAll(folder.Path, journal.InPlanOrder(), "best-fit");
        AtomicFile.WriteText(folder["manifest.json"], text => text.Write(
            $$"""{"kind":"{{ResultFileNames.ManifestKind}}","formatVersion":{{ResultFileNames.FormatVersion}}}"""));
        journal.MarkFilesWritten();
        return folder;
    }
}
