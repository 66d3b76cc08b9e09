using System.Text;

namespace SchedBench.Results.Files;

/// <summary>Writes files that are either there in full or not at all: a temporary file beside the target, flushed to the disk, then renamed over it.</summary>
public static class AtomicFile
{
    /// <summary>What the name of a file that is not complete ends with.</summary>
    internal const string TemporarySuffix = ".tmp";

    private const int BufferBytes = 1 << 16;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Writes <paramref name="path"/> from the bytes that <paramref name="content"/> produces; creates the folder when it is missing.</summary>
    /// <exception cref="ResultsUnwritableException">The operating system refused; an earlier file of that name is untouched.</exception>
    public static void Write(string path, Action<Stream> content)
    {
        string temporary = path + TemporarySuffix;
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            TryDelete(temporary);
            if (ResultsUnwritableException.IsRefusal(e)) throw new ResultsUnwritableException(path, e);
            throw;
        }
    }

    /// <summary>Writes text as UTF-8 without a mark; lines that <paramref name="content"/> ends through the writer end with <c>\n</c>.</summary>
    /// <exception cref="ResultsUnwritableException">The operating system refused; an earlier file of that name is untouched.</exception>
    public static void WriteText(string path, Action<TextWriter> content) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, Utf8, BufferBytes, leaveOpen: true) { NewLine = "\n" };
        content(writer);
    });

    /// <summary>Removes a file; nothing happens when there is none.</summary>
    /// <exception cref="ResultsUnwritableException">The operating system refused.</exception>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (ResultsUnwritableException.IsRefusal(e))
        {
            throw new ResultsUnwritableException(path, e);
        }
    }

    /// <summary>A temporary file that stays behind does no harm: the next attempt overwrites it.</summary>
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (ResultsUnwritableException.IsRefusal(e))
        {
            return;
        }
    }
}
