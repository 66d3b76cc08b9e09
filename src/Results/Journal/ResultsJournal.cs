using System.Collections.Concurrent;
using SchedBench.Core.Input;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Journal;

/// <summary>
/// The append-only record of finished cells in <c>journal/</c> of a results folder. A killed process loses no finished cell; starting it again finds them and runs the rest.
/// </summary>
/// <remarks>
/// <code>
/// journal/cells.jsonl   header line, then one line a finished cell in the order of finishing, then a note once the final files are written
/// journal/lock          held by the operating system while a process writes
/// </code>
/// A record counts once its line feed is on the disk; a torn or changed record is recognised by length and checksum, reported in <see cref="Damage"/>, and its cell runs again.
/// What <see cref="Finished"/> hands out has been through the journal's own text, so a resumed run and an uninterrupted one hold equal cells.
/// </remarks>
public sealed class ResultsJournal : IDisposable
{
    /// <summary>Version of the journal's format; a journal of another version is refused.</summary>
    public const int FormatVersion = 1;

    /// <summary>The folder inside a results folder.</summary>
    public const string FolderName = "journal";

    internal const string FileName = "cells.jsonl";
    internal const string Kind = "schedbench-journal";
    private const string LockName = "lock";

    private readonly Lock _gate = new();
    private readonly FolderLock _lock;
    private readonly Stream _log;
    private readonly string _path;
    private readonly ConcurrentDictionary<int, CellResult> _finished;
    private long _length;
    private bool _isBroken;

    private ResultsJournal(string path, int cellCount, FolderLock folderLock, Stream log, JournalContent? earlier)
    {
        (_path, CellCount, _lock, _log) = (path, cellCount, folderLock, log);
        _length = log.Length;
        _finished = new ConcurrentDictionary<int, CellResult>(earlier?.Cells ?? new Dictionary<int, CellResult>());
        Damage = earlier?.Damage ?? [];
        AreFilesWritten = earlier?.FilesWritten ?? false;
    }

    /// <summary>Number of cells of the plan.</summary>
    public int CellCount { get; }

    /// <summary>Finished cells by their index in the plan: those found on opening and those appended since. Safe to read from any thread.</summary>
    public IReadOnlyDictionary<int, CellResult> Finished => _finished;

    /// <summary>Records that could not be used on opening; their cells are not among <see cref="Finished"/>. They are gone from the file.</summary>
    public IReadOnlyList<JournalDamage> Damage { get; }

    /// <summary>Whether the final files hold every cell of this journal.</summary>
    public bool AreFilesWritten { get; private set; }

    /// <summary>What the journal of a folder says of itself, without taking hold of it; null when there is none.</summary>
    /// <exception cref="InputException">It is not a journal, or has another version.</exception>
    public static JournalState? Peek(string folder)
    {
        string path = Path.Combine(folder, FolderName, FileName);
        if (!File.Exists(path)) return null;
        var content = JournalContent.Read(path);
        return new JournalState(content.Header.Plan, content.Cells.Count, content.Header.Cells, content.FilesWritten);
    }

    /// <summary>Whether nothing is in a folder but what <see cref="Open(string, PlanFingerprint, int, ResumePolicy)"/> makes before the journal's first line: a process was killed there.</summary>
    public static bool IsBarelyBegun(string folder)
    {
        string journal = Path.Combine(folder, FolderName);
        return Directory.Exists(journal)
            && Directory.EnumerateFileSystemEntries(folder).All(entry => Path.GetFileName(entry) == FolderName)
            && Directory.EnumerateFileSystemEntries(journal).All(entry => Path.GetFileName(entry) is LockName or $"{FileName}{AtomicFile.TemporarySuffix}");
    }

    /// <summary>Opens the journal of a results folder, which is created when missing.</summary>
    /// <param name="folder">The results folder.</param>
    /// <param name="plan">What the results depend on.</param>
    /// <param name="cellCount">Number of cells of the plan, ≥ 0.</param>
    /// <param name="policy">What to do with an earlier journal.</param>
    /// <exception cref="InputException">The journal is one of another plan or version, or is not a journal; another process writes to it; or there is one and <see cref="ResumePolicy.RequireNew"/> was asked for.</exception>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    public static ResultsJournal Open(string folder, PlanFingerprint plan, int cellCount, ResumePolicy policy) =>
        Open(folder, plan, cellCount, policy, OpenLog);

    /// <summary>As the public one, with the way to open the log, so that a test can hand in a disk that fills up.</summary>
    internal static ResultsJournal Open(string folder, PlanFingerprint plan, int cellCount, ResumePolicy policy, Func<string, Stream> openLog)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cellCount);
        string journalFolder = Path.Combine(folder, FolderName), path = Path.Combine(journalFolder, FileName);
        CreateFolder(journalFolder);
        var folderLock = FolderLock.Take(folder, Path.Combine(journalFolder, LockName));
        try
        {
            JournalContent? earlier = ReadEarlier(folder, path, plan, cellCount, policy);
            if (earlier is null || earlier.Damage.Count > 0) JournalHeader.WriteAnew(path, plan, cellCount, earlier);
            return new ResultsJournal(path, cellCount, folderLock, openLog(path), earlier);
        }
        catch (Exception e)
        {
            folderLock.Dispose();
            if (ResultsUnwritableException.IsRefusal(e)) throw new ResultsUnwritableException(path, e);
            throw;
        }
    }

    /// <summary>Appends a finished cell; on return it is on the disk. Safe to call from any thread.</summary>
    /// <param name="cellIndex">The cell's index in the plan.</param>
    /// <param name="result">What it left behind.</param>
    /// <exception cref="ArgumentException">The index is not of this plan or already finished, a metric is not in the catalog, or a value is not finite.</exception>
    /// <exception cref="ResultsUnwritableException">The disk is full or gone. Cells appended before are intact; this one and later ones are not recorded.</exception>
    public void Append(int cellIndex, CellResult result)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cellIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cellIndex, CellCount);
        CellResultRules.Check(result);
        byte[] document = CellDocuments.Write(cellIndex, result);
        CellResult recorded = CellDocuments.Read(document).Cell!;
        byte[] line = JournalLine.Frame(document);
        lock (_gate)
        {
            if (_finished.ContainsKey(cellIndex)) throw new ArgumentException($"Cell {cellIndex} is finished already.", nameof(cellIndex));
            Write(line);
            AreFilesWritten = false;
            _finished[cellIndex] = recorded;
        }
    }

    /// <summary>All cells in the order of the plan, once each has finished.</summary>
    /// <exception cref="InvalidOperationException">A cell has not finished.</exception>
    public IReadOnlyList<CellResult> InPlanOrder()
    {
        var cells = new CellResult[CellCount];
        for (int index = 0; index < CellCount; index++)
        {
            cells[index] = _finished.TryGetValue(index, out CellResult? cell)
                ? cell
                : throw new InvalidOperationException($"Cell {index} of {CellCount} has not finished.");
        }

        return cells;
    }

    /// <summary>Notes that the final files hold every cell: from now on the folder counts as complete. Call it after the last of them is written.</summary>
    /// <exception cref="InvalidOperationException">A cell has not finished.</exception>
    /// <exception cref="ResultsUnwritableException">The note cannot be written.</exception>
    public void MarkFilesWritten()
    {
        byte[] line = JournalLine.Frame(CellDocuments.WriteFilesWritten());
        lock (_gate)
        {
            if (_finished.Count < CellCount) throw new InvalidOperationException($"{CellCount - _finished.Count} of {CellCount} cells have not finished.");
            if (AreFilesWritten) return;
            Write(line);
            AreFilesWritten = true;
        }
    }

    /// <summary>Closes the file and gives the folder free.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                _log.Dispose();
            }
            finally
            {
                _lock.Dispose();
            }
        }
    }

    private void Write(byte[] line)
    {
        if (_isBroken) throw new ResultsUnwritableException(_path, new IOException("an earlier write failed"));
        try
        {
            _log.Write(line);
            if (_log is FileStream file) file.Flush(flushToDisk: true);
            else _log.Flush();
            _length += line.Length;
        }
        catch (Exception e) when (ResultsUnwritableException.IsRefusal(e))
        {
            _isBroken = true;
            TryCutTornTail();
            throw new ResultsUnwritableException(_path, e);
        }
    }

    /// <summary>Should cutting fail as well, the torn tail stays and is recognised by the next opening.</summary>
    private void TryCutTornTail()
    {
        try
        {
            _log.SetLength(_length);
        }
        catch (Exception e) when (ResultsUnwritableException.IsRefusal(e))
        {
            return;
        }
    }

    private static JournalContent? ReadEarlier(string folder, string path, PlanFingerprint plan, int cellCount, ResumePolicy policy)
    {
        if (!File.Exists(path) || policy == ResumePolicy.StartOver) return null;
        if (policy == ResumePolicy.RequireNew)
        {
            throw new InputException(new InputProblem(folder, 0, 0, "", null, "this folder holds results already: choose another one, or resume"));
        }

        var earlier = JournalContent.Read(path);
        JournalHeader.RequireSamePlan(path, earlier.Header, plan, cellCount);
        return earlier;
    }

    private static FileStream OpenLog(string path)
    {
        var log = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 1);
        log.Seek(0, SeekOrigin.End);
        return log;
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (ResultsUnwritableException.IsRefusal(e))
        {
            throw new ResultsUnwritableException(folder, e);
        }
    }
}

/// <summary>What a journal says of itself.</summary>
/// <param name="PlanHash">Hash of the plan it belongs to.</param>
/// <param name="Finished">Cells that have finished.</param>
/// <param name="Total">Cells of the plan.</param>
/// <param name="AreFilesWritten">Whether the final files hold them all.</param>
public sealed record JournalState(string PlanHash, int Finished, int Total, bool AreFilesWritten);
