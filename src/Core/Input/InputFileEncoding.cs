using System.Buffers;
using System.Buffers.Binary;

namespace SchedBench.Core.Input;

/// <summary>What the first bytes of a file say about the rest, and the decoding that follows from it. Nothing is guessed: a guess is only named in the refusal.</summary>
internal sealed class InputFileEncoding
{
    private const int GuessedBytes = 4096;

    private static readonly InputFileEncoding Utf8 = new("UTF-8");
    private static readonly InputFileEncoding Utf16LittleEndian = new("UTF-16 LE");
    private static readonly InputFileEncoding Utf16BigEndian = new("UTF-16 BE");

    private InputFileEncoding(string name) => Name = name;

    public string Name { get; }

    public static bool Gzip(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    /// <summary>Turns bytes into UTF-16 units up to the first invalid or unfinished character. There is room for as many units as bytes.</summary>
    public OperationStatus Decode(ReadOnlySpan<byte> bytes, Span<char> text, bool ended, out int used, out int written) => this == Utf8
        ? System.Text.Unicode.Utf8.ToUtf16(bytes, text, out used, out written, replaceInvalidSequences: false, isFinalBlock: ended)
        : DecodeUtf16(bytes, text, this == Utf16BigEndian, out used, out written);

    /// <summary>The encoding of a file that starts with these bytes.</summary>
    /// <param name="start">The first bytes, up to a block.</param>
    /// <param name="displayName">The file as the user named it.</param>
    /// <param name="mark">Length of the byte order mark.</param>
    public static InputFileEncoding Detect(ReadOnlySpan<byte> start, string displayName, out int mark)
    {
        mark = 0;
        if (Archive(start) is string archive) throw Problem($"expected a text file or gzip; this is {archive}: unpack it first");
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) || start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF])) throw Problem("expected UTF-8; this is UTF-32");
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            mark = 3;
            return Utf8;
        }

        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            mark = 2;
            return start[0] == 0xFF ? Utf16LittleEndian : Utf16BigEndian;
        }

        // Latin letters and digits in UTF-16 have a zero byte each, on one side.
        ReadOnlySpan<byte> sample = start[..Math.Min(start.Length, GuessedBytes)];
        int even = 0, odd = 0;
        for (int i = 0; i < sample.Length; i++)
        {
            if (sample[i] != 0) continue;
            if (i % 2 == 0) even++;
            else odd++;
        }

        int pairs = (sample.Length + 1) / 2;
        if (odd > 1 && odd * 4 > pairs && even * 20 < pairs) throw Problem("expected UTF-8; this looks like UTF-16 LE without its byte order mark: save it as UTF-8");
        if (even > 1 && even * 4 > pairs && odd * 20 < pairs) throw Problem("expected UTF-8; this looks like UTF-16 BE without its byte order mark: save it as UTF-8");
        return Utf8;

        InputException Problem(string expected) => new(new InputProblem(displayName, 0, 0, "", null, expected));
    }

    private static string? Archive(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8)) return "a zip archive";
        if (start.StartsWith("BZh"u8) && start.Length > 9 && start[4..].StartsWith("1AY&SY"u8)) return "bzip2";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])) return "xz";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])) return "zstd";
        return start.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF]) ? "a 7-Zip archive" : null;
    }

    private static OperationStatus DecodeUtf16(ReadOnlySpan<byte> bytes, Span<char> text, bool bigEndian, out int used, out int written)
    {
        used = written = 0;
        while (bytes.Length - used >= 2)
        {
            char unit = At(bytes[used..], bigEndian);
            if (char.IsLowSurrogate(unit)) return OperationStatus.InvalidData;
            if (char.IsHighSurrogate(unit))
            {
                if (bytes.Length - used < 4) return OperationStatus.NeedMoreData;
                char low = At(bytes[(used + 2)..], bigEndian);
                if (!char.IsLowSurrogate(low)) return OperationStatus.InvalidData;
                text[written++] = unit;
                unit = low;
                used += 2;
            }

            text[written++] = unit;
            used += 2;
        }

        return used == bytes.Length ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }

    private static char At(ReadOnlySpan<byte> pair, bool bigEndian) =>
        (char)(bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(pair) : BinaryPrimitives.ReadUInt16LittleEndian(pair));
}
