using System.Text;
using SchedBench.Core.Input;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Tests.Journal;

/// <summary>What a kill, a torn write or a failing disk leaves behind is recognised, and only the cell it hit runs again.</summary>
public sealed class JournalDamageTests
{
    private static readonly byte[] Whole = WriteThreeCells();
    private static readonly int[] LineStarts = [0, .. Enumerable.Range(0, Whole.Length - 1).Where(i => Whole[i] == '\n').Select(i => i + 1)];

    [Fact]
    public void Kill_at_any_byte_of_the_last_record_loses_that_record_alone()
    {
        int last = LineStarts[^1];
        for (int length = last; length <= Whole.Length; length++)
        {
            using var folder = With(Whole[..length]);
            using ResultsJournal journal = Open(folder);
            int[] expected = length == Whole.Length ? [0, 1, 2] : [0, 1];
            Assert.Equal(expected, journal.Finished.Keys.Order());
            Assert.Equal(length > last && length < Whole.Length ? 1 : 0, journal.Damage.Count);
            AssertTrue(journal);
        }
    }

    [Fact]
    public void Any_flipped_bit_in_a_record_is_noticed()
    {
        using var folder = new TempFolder();
        for (int at = LineStarts[1]; at < Whole.Length; at++)
        {
            byte[] damaged = [.. Whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(folder["cells.jsonl"], damaged);
            var journal = JournalContent.Read(folder["cells.jsonl"]);
            int record = Array.FindLastIndex(LineStarts, start => start <= at) - 1;
            Assert.DoesNotContain(record, journal.Cells.Keys);
            Assert.NotEmpty(journal.Damage);

            // A flip of the line feed between two records joins them, and both run again; nothing else costs a second cell.
            Assert.Equal(Whole[at] == '\n' && record < 2 ? 1 : 2, journal.Cells.Count);
            foreach ((int index, CellResult cell) in journal.Cells) Assert.Equal(Cells.Describe(Cells.Study[index]), Cells.Describe(cell));
        }
    }

    [Fact]
    public void Checksum_in_capitals_is_damage_because_nobody_writes_it_so()
    {
        byte[] line = JournalLine.Frame("{\"filesWritten\":true}"u8)[..^1];
        Assert.True(JournalLine.TryOpen(line, out _, out _));
        int letter = line.AsSpan(0, 8).IndexOfAnyInRange((byte)'a', (byte)'f');
        Assert.NotEqual(-1, letter);
        line[letter] ^= 0x20;
        Assert.False(JournalLine.TryOpen(line, out _, out string problem));
        Assert.Equal("no checksum at its start", problem);
    }

    [Fact]
    public void Damaged_header_is_refused_and_the_file_is_left_as_it_is()
    {
        for (int at = 0; at < LineStarts[1]; at++)
        {
            byte[] damaged = [.. Whole];
            damaged[at] ^= 0x10;
            using var folder = With(damaged);
            var refusal = Assert.Throws<InputException>(() => Open(folder));
            Assert.Contains("expected the header of a journal", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(folder["journal", "cells.jsonl"]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("experiment,fleet\n")]
    [InlineData("{\"kind\":\"schedbench-journal\"}\n")]
    public void File_that_is_no_journal_is_refused(string text)
    {
        using var folder = With(Encoding.UTF8.GetBytes(text));
        Assert.Throws<InputException>(() => Open(folder));
    }

    [Fact]
    public void Redone_cell_completes_the_journal_and_the_damage_is_gone()
    {
        byte[] damaged = [.. Whole];
        damaged[LineStarts[2] + 30] ^= 1;
        using var folder = With(damaged[..^5]);
        using (ResultsJournal journal = Open(folder))
        {
            Assert.Equal([LineStarts[2], LineStarts[3]], journal.Damage.Select(d => (int)d.Offset));
            Assert.Equal("its checksum does not match", journal.Damage[0].Problem);
            Assert.Equal("cut off before its end", journal.Damage[1].Problem);
            journal.Append(2, Cells.Study[2]);
            journal.Append(1, Cells.Study[1]);
        }

        using ResultsJournal again = Open(folder);
        Assert.Empty(again.Damage);
        Assert.Equal([0, 1, 2], again.Finished.Keys.Order());
        AssertTrue(again);
    }

    [Fact]
    public void Records_that_are_whole_but_impossible_are_damage()
    {
        byte[] foreign = JournalLine.Frame("""{"filesWritten":false,"cell":{"index":0}}"""u8);
        byte[] beyond = JournalLine.Frame(CellDocuments.Write(3, Cells.Study[3]));
        byte[] twice = JournalLine.Frame(CellDocuments.Write(0, Cells.Study[1]));
        byte[] columns = JournalLine.Frame(Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(CellDocuments.Write(2, Cells.Of("a", 1))).Replace("\"values\":[90]", "\"values\":[90,91]", StringComparison.Ordinal)));
        using var folder = With([.. Whole[..LineStarts[2]], .. foreign, .. beyond, .. twice, .. columns]);
        using ResultsJournal journal = Open(folder);
        Assert.Equal(
            ["its text is not the record of a cell", "cell 3 where the plan has 3", "cell 0 a second time", "its text is not the record of a cell"],
            journal.Damage.Select(d => d.Problem));
        Assert.Equal([0], journal.Finished.Keys);
        AssertTrue(journal);
    }

    [Fact]
    public void Endless_line_is_skipped_in_bounded_memory()
    {
        const int Longest = 1 << 17;
        byte[] bytes = [.. "first\n"u8, .. new byte[Longest * 3], (byte)'\n', .. "last\n"u8, .. "torn"u8];
        var lines = JournalLineReader.Read(new MemoryStream(bytes), Longest).Select(l => (l.Offset, l.Length, Text: Encoding.UTF8.GetString(l.Bytes.Span), l.Problem)).ToList();
        Assert.Equal(
            [
                (0L, 6L, "first", ""),
                (6, (Longest * 3) + 1, "", $"longer than {Longest} bytes"),
                ((Longest * 3) + 7, 5, "last", ""),
                ((Longest * 3) + 12, 4, "", "cut off before its end"),
            ],
            lines);
    }

    [Fact]
    public void Lines_longer_than_the_first_buffer_are_read_whole()
    {
        string longLine = new('x', 300_000);
        var lines = JournalLineReader.Read(new MemoryStream(Encoding.UTF8.GetBytes("a\n" + longLine + "\nb\n"))).Select(l => Encoding.UTF8.GetString(l.Bytes.Span)).ToList();
        Assert.Equal(["a", longLine, "b"], lines);
    }

    [Fact]
    public void Checksum_is_crc32c()
    {
        // The check value of RFC 3720's polynomial.
        Assert.Equal(0xE3069283, Crc32C.Of("123456789"u8));
        Assert.Equal(0u, Crc32C.Of([]));
    }

    private static ResultsJournal Open(TempFolder folder) => ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue);

    private static void AssertTrue(ResultsJournal journal)
    {
        foreach ((int index, CellResult cell) in journal.Finished) Assert.Equal(Cells.Describe(Cells.Study[index]), Cells.Describe(cell));
    }

    private static TempFolder With(byte[] journal)
    {
        var folder = new TempFolder();
        Directory.CreateDirectory(folder["journal"]);
        File.WriteAllBytes(folder["journal", "cells.jsonl"], journal);
        return folder;
    }

    private static byte[] WriteThreeCells()
    {
        using var folder = new TempFolder();
        using (ResultsJournal journal = Open(folder))
        {
            for (int i = 0; i < 3; i++) journal.Append(i, Cells.Study[i]);
        }

        return File.ReadAllBytes(folder["journal", "cells.jsonl"]);
    }
}
