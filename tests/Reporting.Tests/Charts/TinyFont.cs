using System.Buffers.Binary;
using System.Text;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>Builds a small TrueType font: printable ASCII as boxes of different widths, é as a composite of e and an accent, both with hinting programs.</summary>
internal static class TinyFont
{
    public const int UnitsPerEm = 1000, GlyphCount = 98, Accent = 96, EAcute = 97;

    /// <summary>The glyph of an ASCII character: 1 for the blank and so on.</summary>
    public static int GlyphOf(char c) => c - ' ' + 1;

    /// <summary>The advance width of a glyph.</summary>
    public static int Advance(int glyph) => 400 + glyph;

    /// <summary>The whole file; <paramref name="licenceBits"/> go into OS/2.</summary>
    public static byte[] Build(int licenceBits = 0)
    {
        var outlines = new List<byte[]>();
        for (int glyph = 0; glyph < GlyphCount; glyph++) outlines.Add(glyph == GlyphOf(' ') ? [] : glyph == EAcute ? Composite() : Box(glyph));
        byte[] glyf = [.. outlines.SelectMany(o => o)];
        var loca = new List<byte>();
        int place = 0;
        foreach (byte[] outline in outlines)
        {
            loca.AddRange(U16(place / 2));
            place += outline.Length;
        }

        loca.AddRange(U16(place / 2));
        return Assemble(
            ("OS/2", [.. U16(2), .. new byte[6], .. U16(licenceBits), .. new byte[78], .. U16(700), .. new byte[6]]),
            ("cmap", CharacterMap()),
            ("glyf", glyf),
            ("head", [.. new byte[18], .. U16(UnitsPerEm), .. new byte[16], .. U16(0), .. U16(-200), .. U16(1000), .. U16(900), .. new byte[6], .. U16(0), .. U16(0)]),
            ("hhea", [.. new byte[4], .. U16(900), .. U16(-200), .. new byte[26], .. U16(GlyphCount)]),
            ("hmtx", [.. Enumerable.Range(0, GlyphCount).SelectMany(g => (byte[])[.. U16(Advance(g)), .. U16(g)])]),
            ("loca", [.. loca]),
            ("maxp", [.. new byte[4], .. U16(GlyphCount), .. new byte[26]]),
            ("name", [.. U16(0), .. U16(1), .. U16(18), .. U16(1), .. U16(0), .. U16(0), .. U16(6), .. U16(10), .. U16(0), .. "Tiny Sans!"u8]));
    }

    /// <summary>One contour of three points, with two bytes of instructions that a subset leaves out, padded to an even length.</summary>
    private static byte[] Box(int glyph) =>
        [.. U16(1), .. U16(0), .. U16(0), .. U16(glyph), .. U16(700), .. U16(2), .. U16(2), 0xAA, 0xBB, 0x37, 0x37, 0x37, 0, (byte)glyph, 0, 0, 0, 200, 0];

    /// <summary>e with byte offsets, then the accent scaled in both directions, with instructions at the end.</summary>
    private static byte[] Composite() =>
        [.. U16(-1), .. U16(0), .. U16(0), .. U16(500), .. U16(900), .. U16(0x0022), .. U16(GlyphOf('e')), 0, 0, .. U16(0x0141), .. U16(Accent), .. U16(50), .. U16(200), .. U16(0x2000), .. U16(0x4000), .. U16(1), 0xCC, 0];

    /// <summary>Format 4 with a segment for ASCII and one, through the glyph array, for é.</summary>
    private static byte[] CharacterMap()
    {
        byte[] table =
        [
            .. U16(4), .. U16(42), .. U16(0), .. U16(6), .. U16(4), .. U16(1), .. U16(2), .. U16(0x7E), .. U16(0xE9), .. U16(0xFFFF), .. U16(0),
            .. U16(0x20), .. U16(0xE9), .. U16(0xFFFF), .. U16(1 - 0x20), .. U16(0), .. U16(1), .. U16(0), .. U16(4), .. U16(0), .. U16(EAcute),
        ];
        return [.. U16(0), .. U16(1), .. U16(3), .. U16(1), .. U16(0), .. U16(12), .. table];
    }

    private static byte[] Assemble(params (string Tag, byte[] Bytes)[] tables)
    {
        var file = new List<byte>([0, 1, 0, 0, .. U16(tables.Length), 0, 0, 0, 0, 0, 0]);
        int offset = 12 + (16 * tables.Length);
        foreach ((string tag, byte[] bytes) in tables)
        {
            file.AddRange([.. Encoding.ASCII.GetBytes(tag), 0, 0, 0, 0, .. U16(offset >> 16), .. U16(offset & 0xFFFF), .. U16(0), .. U16(bytes.Length)]);
            offset += (bytes.Length + 3) & ~3;
        }

        foreach ((_, byte[] bytes) in tables) file.AddRange([.. bytes, .. new byte[(4 - (bytes.Length % 4)) % 4]]);
        return [.. file];
    }

    private static byte[] U16(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, unchecked((short)value));
        return bytes;
    }
}
