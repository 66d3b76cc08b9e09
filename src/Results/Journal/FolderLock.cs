using SchedBench.Core.Input;
using SchedBench.Results.Files;

namespace SchedBench.Results.Journal;

/// <summary>The right to write one results folder, held by at most one process.</summary>
/// <remarks>An advisory lock of the operating system on an empty file: it ends with its process, however that ends, so no stale lock can stay behind. The file itself stays.</remarks>
internal sealed class FolderLock : IDisposable
{
    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows: what the runtime reports when somebody else holds the file.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="InputException">Another process, or another journal of this one, holds it.</exception>
    /// <exception cref="ResultsUnwritableException">The lock file cannot be created.</exception>
    public static FolderLock Take(string folder, string path)
    {
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            throw new InputException(new InputProblem(
                folder, 0, 0, "", null, "another process is writing these results: wait until it ends, or choose another results folder"));
        }
        catch (Exception e) when (ResultsUnwritableException.IsRefusal(e))
        {
            throw new ResultsUnwritableException(path, e);
        }
    }

    public void Dispose() => _file.Dispose();
}
