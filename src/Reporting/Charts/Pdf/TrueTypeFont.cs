using System.Buffers.Binary;
using System.Text;

namespace SchedBench.Reporting.Charts.Pdf;

/// <summary>The parts of a TrueType font that embedding needs, read from the file's bytes. Every offset is checked: a broken font is an exception, never garbage.</summary>
/// <remarks>Source: ISO/IEC 14496-22 (Open Font Format), tables head, hhea, hmtx, maxp, cmap (formats 4 and 12), loca, glyf, name, OS/2.</remarks>
internal sealed class TrueTypeFont
{
    private const uint TrueTypeVersion = 0x00010000;
    private const int MostTables = 256, MostGroups = 65_536, MostMappings = 2_000_000;

    private readonly byte[] _bytes;
    private readonly Dictionary<string, (int Offset, int Length)> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ushort> _glyphs;
    private readonly int _advanceCount;
    private readonly bool _longOffsets;

    /// <summary>Reads the font.</summary>
    /// <exception cref="InvalidDataException">This is no TrueType font (a collection, PostScript outlines, a cut file …), or it may not be embedded.</exception>
    public TrueTypeFont(byte[] bytes)
    {
        _bytes = bytes;
        if (U32(0) != TrueTypeVersion) throw new InvalidDataException("not a font with TrueType outlines");
        int count = U16(4);
        if (count > MostTables) throw new InvalidDataException("too many tables");
        for (int i = 0; i < count; i++)
        {
            int entry = 12 + (16 * i);
            string tag = Encoding.Latin1.GetString(Slice(entry, 4));
            (uint offset, uint length) = (U32(entry + 8), U32(entry + 12));
            if (offset > (uint)bytes.Length || length > (uint)bytes.Length - offset) throw new InvalidDataException($"table {tag} lies outside the file");
            _tables[tag] = ((int)offset, (int)length);
        }

        int head = Offset("head"), hhea = Offset("hhea");
        UnitsPerEm = U16(head + 18);
        if (UnitsPerEm is < 16 or > 16_384) throw new InvalidDataException("units per em are not within 16..16384");
        Box = (I16(head + 36), I16(head + 38), I16(head + 40), I16(head + 42));
        _longOffsets = U16(head + 50) == 1;
        (Ascent, Descent) = (I16(hhea + 4), I16(hhea + 6));
        _advanceCount = U16(hhea + 34);
        GlyphCount = U16(Offset("maxp") + 4);
        if (_advanceCount == 0 || _advanceCount > GlyphCount) throw new InvalidDataException("the number of advance widths is not within 1..glyphs");
        _glyphs = ReadCharacterMap();
        PostScriptName = ReadPostScriptName();
        CapHeight = Ascent;
        if (!_tables.TryGetValue("OS/2", out (int Offset, int Length) metrics)) return;
        int permissions = U16(metrics.Offset + 8);
        if ((permissions & 0xF) == 2 || (permissions & 0x300) != 0) throw new InvalidDataException("the font's licence bits forbid embedding a subset");
        if (U16(metrics.Offset) >= 2) CapHeight = I16(metrics.Offset + 88);
    }

    public int UnitsPerEm { get; }

    public int GlyphCount { get; }

    /// <summary>Bounding box of all glyphs, ascent, descent and height of capitals, in font units.</summary>
    public (int Left, int Bottom, int Right, int Top) Box { get; }

    public int Ascent { get; }

    public int Descent { get; }

    public int CapHeight { get; }

    /// <summary>The name without spaces, as PDF wants it.</summary>
    public string PostScriptName { get; }

    /// <summary>The glyph of a character, or 0 when the font has none.</summary>
    public ushort GlyphOf(Rune rune) => _glyphs.GetValueOrDefault(rune.Value);

    /// <summary>Advance width in font units.</summary>
    public int Advance(int glyph) => U16(Offset("hmtx") + (4 * Math.Min(glyph, _advanceCount - 1)));

    /// <summary>Left side bearing in font units.</summary>
    public int Bearing(int glyph)
    {
        int table = Offset("hmtx");
        return glyph < _advanceCount ? I16(table + (4 * glyph) + 2) : I16(table + (4 * _advanceCount) + (2 * (glyph - _advanceCount)));
    }

    /// <summary>The outline of a glyph as it stands in the table glyf; empty for a blank.</summary>
    public ReadOnlySpan<byte> Outline(int glyph)
    {
        if (glyph >= GlyphCount) throw new InvalidDataException($"glyph {glyph} does not exist");
        int loca = Offset("loca");
        (long start, long end) = _longOffsets ? (U32(loca + (4 * glyph)), U32(loca + (4 * glyph) + 4)) : (2L * U16(loca + (2 * glyph)), 2L * U16(loca + (2 * glyph) + 2));
        (int offset, int length) = Table("glyf");
        if (start > end || end > length) throw new InvalidDataException($"glyph {glyph} lies outside its table");
        return Slice(offset + (int)start, (int)(end - start));
    }

    /// <summary>A whole table.</summary>
    public ReadOnlySpan<byte> Bytes(string tag)
    {
        (int offset, int length) = Table(tag);
        return Slice(offset, length);
    }

    private Dictionary<int, ushort> ReadCharacterMap()
    {
        int cmap = Offset("cmap"), count = Math.Min((int)U16(cmap + 2), MostTables);
        int basic = 0, full = 0;
        for (int i = 0; i < count; i++)
        {
            int entry = cmap + 4 + (8 * i), platform = U16(entry), encoding = U16(entry + 2);
            if (platform != 0 && !(platform == 3 && encoding is 1 or 10)) continue;
            int table = Checked(cmap + (long)U32(entry + 4));
            if (U16(table) == 4) basic = table;
            if (U16(table) == 12) full = table;
        }

        var glyphs = new Dictionary<int, ushort>();
        if (full != 0) ReadGroups(full, glyphs);
        else if (basic != 0) ReadSegments(basic, glyphs);
        else throw new InvalidDataException("no Unicode character map");
        return glyphs;
    }

    private void ReadGroups(int table, Dictionary<int, ushort> glyphs)
    {
        uint groups = U32(table + 12);
        if (groups > MostGroups) throw new InvalidDataException("too many character groups");
        int mapped = 0;
        for (int i = 0; i < groups; i++)
        {
            int entry = table + 16 + (12 * i);
            (uint first, uint last, uint glyph) = (U32(entry), U32(entry + 4), U32(entry + 8));
            if (last > 0x10FFFF || first > last) throw new InvalidDataException("a character group is no range");
            for (uint c = first; c <= last && glyph + (c - first) < GlyphCount; c++)
            {
                Count(ref mapped);
                glyphs[(int)c] = (ushort)(glyph + (c - first));
            }
        }
    }

    private void ReadSegments(int table, Dictionary<int, ushort> glyphs)
    {
        int doubled = U16(table + 6);
        int mapped = 0, ends = table + 14, starts = ends + doubled + 2, deltas = starts + doubled, offsets = deltas + doubled;
        for (int i = 0; i < doubled; i += 2)
        {
            int last = U16(ends + i), delta = U16(deltas + i), offset = U16(offsets + i);
            for (int c = U16(starts + i); c <= last && c < 0xFFFF; c++)
            {
                Count(ref mapped);
                int glyph = offset == 0 ? c : U16(offsets + i + offset + (2 * (c - U16(starts + i))));
                if (glyph != 0) glyph = (glyph + delta) & 0xFFFF;
                if (glyph != 0 && glyph < GlyphCount) glyphs[c] = (ushort)glyph;
            }
        }
    }

    /// <summary>Overlapping ranges could make a small file cost hours.</summary>
    private static void Count(ref int mapped)
    {
        if (++mapped > MostMappings) throw new InvalidDataException("too many mapped characters");
    }

    private string ReadPostScriptName()
    {
        const int PostScript = 6;
        string name = "";
        if (_tables.TryGetValue("name", out (int Offset, int Length) table))
        {
            int strings = table.Offset + U16(table.Offset + 4);
            for (int i = 0; i < U16(table.Offset + 2) && name.Length == 0; i++)
            {
                int entry = table.Offset + 6 + (12 * i);
                if (U16(entry + 6) != PostScript) continue;
                ReadOnlySpan<byte> text = Slice(strings + U16(entry + 10), U16(entry + 8));
                name = string.Concat((U16(entry) == 1 ? Encoding.Latin1 : Encoding.BigEndianUnicode).GetString(text).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
            }
        }

        return name.Length is > 0 and <= 63 ? name : "Font";
    }

    private (int Offset, int Length) Table(string tag) => _tables.TryGetValue(tag, out var table) ? table : throw new InvalidDataException($"table {tag} is missing");

    private int Offset(string tag) => Table(tag).Offset;

    private static int Checked(long offset) => offset <= int.MaxValue ? (int)offset : throw new InvalidDataException("an offset lies outside the file");

    private ReadOnlySpan<byte> Slice(int offset, int length) =>
        offset >= 0 && length >= 0 && offset <= _bytes.Length - length ? _bytes.AsSpan(offset, length) : throw new InvalidDataException("the font is cut short");

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Slice(offset, 2));

    private short I16(int offset) => BinaryPrimitives.ReadInt16BigEndian(Slice(offset, 2));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Slice(offset, 4));
}
