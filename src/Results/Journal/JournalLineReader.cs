namespace SchedBench.Results.Journal;

/// <summary>Cuts a stream into lines, in bounded memory whatever it holds.</summary>
internal static class JournalLineReader
{
    /// <summary>Longest line that is taken in: 256 MiB. A cell with a million points takes about 20 MB.</summary>
    public const int LongestLine = 1 << 28;

    private const int FirstBuffer = 1 << 16;

    /// <summary>One line without its line feed, valid until the next one is read.</summary>
    /// <param name="Offset">Its first byte.</param>
    /// <param name="Length">Its bytes, line feed included.</param>
    /// <param name="Bytes">Its content; empty when there is a problem.</param>
    /// <param name="Problem">Why it is no line: cut off, or too long; otherwise empty.</param>
    public readonly record struct Line(long Offset, long Length, ReadOnlyMemory<byte> Bytes, string Problem);

    /// <summary>The lines of <paramref name="stream"/> up to its end; a longer line than <paramref name="longest"/> arrives as a problem.</summary>
    public static IEnumerable<Line> Read(Stream stream, int longest = LongestLine)
    {
        byte[] buffer = new byte[FirstBuffer];
        int start = 0, end = 0, searched = 0;
        long offset = 0, dropped = 0;
        while (true)
        {
            int feed = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                int length = searched + feed;
                yield return dropped > 0
                    ? new Line(offset, dropped + length + 1, default, $"longer than {longest} bytes")
                    : new Line(offset, length + 1, buffer.AsMemory(start, length), "");
                offset += dropped + length + 1;
                start += length + 1;
                (searched, dropped) = (0, 0);
                continue;
            }

            searched = end - start;
            if (searched >= longest)
            {
                dropped += searched;
                (start, end, searched) = (0, 0, 0);
            }

            MakeRoom(ref buffer, ref start, ref end, longest);
            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0) break;
            end += read;
        }

        if (dropped + searched > 0) yield return new Line(offset, dropped + searched, default, "cut off before its end");
    }

    private static void MakeRoom(ref byte[] buffer, ref int start, ref int end, int longest)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length) Array.Resize(ref buffer, Math.Max(buffer.Length, Math.Min(buffer.Length * 2, longest)));
    }
}
