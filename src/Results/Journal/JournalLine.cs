using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SchedBench.Results.Journal;

/// <summary>The frame around one JSON document of a journal, so that a torn or changed one is recognised.</summary>
/// <remarks>
/// <code>
/// e3069283 1234 {"cell":{"index":17,…}}\n
/// │        │    └ the document: UTF-8, no raw line feed
/// │        └ its length in bytes, decimal
/// └ CRC-32C of "1234 {…}" as 8 lower-case hexadecimal digits
/// </code>
/// A line counts only with its line feed: the feed is written last. Because documents hold no raw feed, reading finds the next line again after a damaged one.
/// </remarks>
internal static class JournalLine
{
    private const int ChecksumDigits = 8;

    /// <summary>The line of a document, with its line feed.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> document)
    {
        byte[] length = Encoding.ASCII.GetBytes(document.Length.ToString(CultureInfo.InvariantCulture) + " ");
        byte[] line = new byte[ChecksumDigits + 1 + length.Length + document.Length + 1];
        Span<byte> body = line.AsSpan(ChecksumDigits + 1, length.Length + document.Length);
        length.CopyTo(body);
        document.CopyTo(body[length.Length..]);
        Utf8Formatter.TryFormat(Crc32C.Of(body), line, out _, new('x', ChecksumDigits));
        line[ChecksumDigits] = (byte)' ';
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>The document of a line without its line feed; otherwise what is wrong.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> document, out string problem)
    {
        document = default;
        // Capital digits have the same value, but nobody writes them: a bit has flipped.
        if (line.Length < ChecksumDigits + 1 || line[ChecksumDigits] != ' ' || line[..ChecksumDigits].ContainsAnyInRange((byte)'A', (byte)'F')
            || !Utf8Parser.TryParse(line[..ChecksumDigits], out uint checksum, out int used, 'x') || used != ChecksumDigits)
        {
            problem = "no checksum at its start";
            return false;
        }

        ReadOnlySpan<byte> body = line[(ChecksumDigits + 1)..];
        if (!Utf8Parser.TryParse(body, out int length, out int digits) || digits >= body.Length || body[digits] != ' ')
        {
            problem = "no length after its checksum";
            return false;
        }

        if (body.Length - digits - 1 != length)
        {
            problem = $"{body.Length - digits - 1} bytes where its length says {length}";
            return false;
        }

        if (Crc32C.Of(body) != checksum)
        {
            problem = "its checksum does not match";
            return false;
        }

        document = body[(digits + 1)..];
        problem = "";
        return true;
    }
}
