using System.Diagnostics;
using SchedBench.Core.Input;
using SchedBench.Results.Files;
using SchedBench.Results.Journal;

namespace SchedBench.Results.Tests.Journal;

/// <summary>One writer a folder, and disks that are full, read-only or gone.</summary>
public sealed class JournalDiskTests
{
    [Fact]
    public void Second_writer_of_a_folder_is_refused_until_the_first_is_done()
    {
        using var folder = new TempFolder();
        using (var first = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue))
        {
            var refusal = Assert.Throws<InputException>(() => ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.StartOver));
            Assert.Contains("another process is writing these results", refusal.Message, StringComparison.Ordinal);
            first.Append(0, Cells.Study[0]);
        }

        using var second = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue);
        Assert.Equal([0], second.Finished.Keys);
    }

    [SkippableFact]
    public void Lock_of_another_process_holds_while_it_lives_and_not_after_it_was_killed()
    {
        Skip.IfNot(File.Exists("/usr/bin/flock"), "needs the flock command to hold a lock from another process");
        using var folder = new TempFolder();
        ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue).Dispose();
        using Process holder = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--no-fork", folder["journal", "lock"], "sh", "-c", "echo held; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("held", holder.StandardOutput.ReadLine());
            Assert.Throws<InputException>(() => ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue));
        }
        finally
        {
            holder.Kill();
            holder.WaitForExit();
        }

        ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue).Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    public void Full_disk_stops_the_run_and_keeps_the_finished_cells(int bytesOfTheSecondRecord)
    {
        using var folder = new TempFolder();
        int room = JournalLine.Frame(CellDocuments.Write(0, Cells.Study[0])).Length + bytesOfTheSecondRecord;
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue, path => new FullDisk(path, room, canCut: false)))
        {
            journal.Append(0, Cells.Study[0]);
            var full = Assert.Throws<ResultsUnwritableException>(() => journal.Append(1, Cells.Study[1]));
            Assert.Contains("No space left", full.Message, StringComparison.Ordinal);
            Assert.Contains("Finished cells are kept", full.Message, StringComparison.Ordinal);
            Assert.Throws<ResultsUnwritableException>(() => journal.Append(2, Cells.Study[2]));
            Assert.Equal([0], journal.Finished.Keys);
        }

        using var again = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue);
        Assert.Equal([0], again.Finished.Keys);
        Assert.Equal(bytesOfTheSecondRecord == 0 ? 0 : 1, again.Damage.Count);
        again.Append(1, Cells.Study[1]);
    }

    [Fact]
    public void Torn_record_is_cut_off_where_the_disk_allows_it()
    {
        using var folder = new TempFolder();
        int room = JournalLine.Frame(CellDocuments.Write(0, Cells.Study[0])).Length + 50;
        using (var journal = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue, path => new FullDisk(path, room, canCut: true)))
        {
            journal.Append(0, Cells.Study[0]);
            Assert.Throws<ResultsUnwritableException>(() => journal.Append(1, Cells.Study[1]));
        }

        using var again = ResultsJournal.Open(folder.Path, Cells.Plan, 3, ResumePolicy.Continue);
        Assert.Empty(again.Damage);
    }

    [SkippableFact]
    public void Device_that_is_always_full_is_reported_as_unwritable()
    {
        Skip.IfNot(File.Exists("/dev/full"), "needs /dev/full");
        using var folder = new TempFolder();
        using var journal = ResultsJournal.Open(
            folder.Path, Cells.Plan, 3, ResumePolicy.Continue, _ => new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1));
        Assert.Throws<ResultsUnwritableException>(() => journal.Append(0, Cells.Study[0]));
        Assert.Empty(journal.Finished);
    }

    [Fact]
    public void Folder_that_cannot_be_created_is_reported_as_unwritable()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["file"], "in the way");
        Assert.Throws<ResultsUnwritableException>(() => ResultsJournal.Open(folder["file", "run"], Cells.Plan, 3, ResumePolicy.Continue));
        Assert.Throws<ResultsUnwritableException>(() => ResultFiles.WriteAll(folder["file", "run"], Cells.Study, "best-fit"));
    }

    [SkippableFact]
    public void Read_only_folder_is_reported_as_unwritable()
    {
        Skip.If(Environment.IsPrivilegedProcess, "the superuser writes anywhere");
        Skip.If(OperatingSystem.IsWindows(), "needs Unix modes");
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["run"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Throws<ResultsUnwritableException>(() => ResultsJournal.Open(folder["run"], Cells.Plan, 3, ResumePolicy.Continue));
    }

    [Fact]
    public void Earlier_file_survives_a_write_that_fails_half_way()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["cells.csv"], "earlier");
        Assert.Throws<ResultsUnwritableException>(() => AtomicFile.Write(folder["cells.csv"], stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left on device");
        }));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.WriteText(folder["cells.csv"], _ => throw new InvalidOperationException("a bug")));
        Assert.Equal("earlier", File.ReadAllText(folder["cells.csv"]));
        Assert.Equal([folder["cells.csv"]], Directory.GetFiles(folder.Path));
    }

    /// <summary>A file on a disk with room for so many bytes: what fits of a write is written, then the disk is full.</summary>
    private sealed class FullDisk(string path, int room, bool canCut) : Stream
    {
        private readonly FileStream _file = Seeked(path);
        private int _room = room;

        public override bool CanRead => false;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => _file.Length;

        public override long Position
        {
            get => _file.Position;
            set => _file.Position = value;
        }

        public override void Flush() => _file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

        public override void SetLength(long value)
        {
            if (!canCut) throw new IOException("Input/output error");
            _file.SetLength(value);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            int fits = Math.Min(_room, buffer.Length);
            _file.Write(buffer[..fits]);
            _file.Flush();
            _room -= fits;
            if (fits < buffer.Length) throw new IOException("No space left on device");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _file.Dispose();
            base.Dispose(disposing);
        }

        private static FileStream Seeked(string path)
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
            file.Seek(0, SeekOrigin.End);
            return file;
        }
    }
}
