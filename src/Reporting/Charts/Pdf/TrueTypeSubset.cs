using System.Buffers.Binary;
using System.Text;

namespace SchedBench.Reporting.Charts.Pdf;

/// <summary>A font that holds only the glyphs a figure uses, renumbered without gaps.</summary>
/// <remarks>Hinting programs are left out: they would pull in three more tables, and printers and current viewers do not run them.</remarks>
internal sealed class TrueTypeSubset
{
    // Flags of a component of a composite glyph.
    private const int WordArguments = 0x0001, OneScale = 0x0008, MoreComponents = 0x0020, TwoScales = 0x0040, FourScales = 0x0080, HasInstructions = 0x0100;

    private readonly TrueTypeFont _font;
    private readonly Dictionary<int, int> _numbers = [];

    /// <summary>Makes a subset with <paramref name="glyphs"/>, the missing-glyph sign 0, and all components they are made of; in order of their old numbers.</summary>
    /// <exception cref="InvalidDataException">An outline is broken.</exception>
    public TrueTypeSubset(TrueTypeFont font, IEnumerable<ushort> glyphs)
    {
        _font = font;
        var all = new SortedSet<int>();
        var open = new Stack<int>([0, .. glyphs]);
        while (open.TryPop(out int glyph))
        {
            if (!all.Add(glyph)) continue;
            foreach ((int at, _) in Components(font.Outline(glyph))) open.Push(BinaryPrimitives.ReadUInt16BigEndian(font.Outline(glyph)[at..]));
        }

        Glyphs = [.. all];
        for (int i = 0; i < Glyphs.Count; i++) _numbers[Glyphs[i]] = i;
        File = BuildFile();
    }

    /// <summary>Old numbers, in the order of the new ones.</summary>
    public IReadOnlyList<int> Glyphs { get; }

    /// <summary>The font file.</summary>
    public byte[] File { get; }

    /// <summary>The new number of an old one.</summary>
    public int NumberOf(int glyph) => _numbers[glyph];

    private byte[] BuildFile()
    {
        var outlines = new List<byte>();
        var places = new List<byte>();
        var widths = new List<byte>();
        foreach (int glyph in Glyphs)
        {
            AddU32(places, (uint)outlines.Count);
            outlines.AddRange(Rewrite(_font.Outline(glyph)));
            while (outlines.Count % 4 != 0) outlines.Add(0);
            AddU16(widths, _font.Advance(glyph));
            AddU16(widths, _font.Bearing(glyph) & 0xFFFF);
        }

        AddU32(places, (uint)outlines.Count);
        byte[] head = Patched("head", 54, (8, 0), (10, 0), (50, 1));
        byte[] hhea = Patched("hhea", 36, (34, Glyphs.Count));
        byte[] maxp = Patched("maxp", 32, (4, Glyphs.Count), (26, 0)); // offset 26: longest instructions of a glyph
        return Assemble([("glyf", [.. outlines]), ("head", head), ("hhea", hhea), ("hmtx", [.. widths]), ("loca", [.. places]), ("maxp", maxp)]);
    }

    /// <summary>A copy of a table with some 16-bit fields replaced.</summary>
    private byte[] Patched(string tag, int length, params ReadOnlySpan<(int Offset, int Value)> fields)
    {
        byte[] table = _font.Bytes(tag).ToArray();
        if (table.Length < length) throw new InvalidDataException($"table {tag} is cut short");
        foreach ((int offset, int value) in fields) BinaryPrimitives.WriteUInt16BigEndian(table.AsSpan(offset), (ushort)value);
        return table;
    }

    /// <summary>The outline without instructions and with the new numbers of its components.</summary>
    private byte[] Rewrite(ReadOnlySpan<byte> outline)
    {
        if (outline.IsEmpty) return [];
        int contours = ReadI16(outline, 0);
        if (contours >= 0)
        {
            int lengthAt = 10 + (2 * contours), rest = lengthAt + 2 + ReadU16(outline, lengthAt);
            if (rest > outline.Length) throw new InvalidDataException("an outline is cut short");
            return [.. outline[..lengthAt], 0, 0, .. outline[rest..]];
        }

        List<(int At, int End)> components = Components(outline);
        byte[] copy = outline[..components[^1].End].ToArray();
        foreach ((int at, _) in components)
        {
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at), (ushort)_numbers[ReadU16(outline, at)]);
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at - 2), (ushort)(ReadU16(outline, at - 2) & ~HasInstructions));
        }

        return copy;
    }

    /// <summary>For each component of a composite glyph: where its glyph number stands, and where its description ends.</summary>
    private static List<(int At, int End)> Components(ReadOnlySpan<byte> outline)
    {
        var components = new List<(int, int)>();
        if (outline.IsEmpty || ReadI16(outline, 0) >= 0) return components;
        int at = 10, flags;
        do
        {
            flags = ReadU16(outline, at);
            int end = at + 4 + ((flags & WordArguments) != 0 ? 4 : 2);
            end += (flags & OneScale) != 0 ? 2 : (flags & TwoScales) != 0 ? 4 : (flags & FourScales) != 0 ? 8 : 0;
            if (end > outline.Length) throw new InvalidDataException("a composite outline is cut short");
            components.Add((at + 2, end));
            at = end;
        }
        while ((flags & MoreComponents) != 0);
        return components;
    }

    private static byte[] Assemble(IReadOnlyList<(string Tag, byte[] Bytes)> tables)
    {
        var file = new List<byte>();
        int power = 1, log = 0;
        for (; power * 2 <= tables.Count; power *= 2) log++;
        AddU32(file, 0x00010000);
        AddU16(file, tables.Count);
        AddU16(file, power * 16);
        AddU16(file, log);
        AddU16(file, (tables.Count - power) * 16);
        int offset = 12 + (16 * tables.Count);
        foreach ((string tag, byte[] bytes) in tables)
        {
            file.AddRange(Encoding.ASCII.GetBytes(tag));
            AddU32(file, Checksum(bytes));
            AddU32(file, (uint)offset);
            AddU32(file, (uint)bytes.Length);
            offset += (bytes.Length + 3) & ~3;
        }

        int headAt = 0;
        foreach ((string tag, byte[] bytes) in tables)
        {
            if (tag == "head") headAt = file.Count;
            file.AddRange(bytes);
            while (file.Count % 4 != 0) file.Add(0);
        }

        byte[] result = [.. file];
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(headAt + 8), unchecked(0xB1B0AFBA - Checksum(result)));
        return result;
    }

    private static uint Checksum(byte[] bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++) sum = unchecked(sum + ((uint)bytes[i] << (24 - (8 * (i % 4)))));
        return sum;
    }

    private static int ReadU16(ReadOnlySpan<byte> bytes, int offset) =>
        offset + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]) : throw new InvalidDataException("an outline is cut short");

    private static int ReadI16(ReadOnlySpan<byte> bytes, int offset) => (short)ReadU16(bytes, offset);

    private static void AddU16(List<byte> bytes, int value)
    {
        bytes.Add((byte)(value >> 8));
        bytes.Add((byte)value);
    }

    private static void AddU32(List<byte> bytes, uint value)
    {
        AddU16(bytes, (int)(value >> 16));
        AddU16(bytes, (int)(value & 0xFFFF));
    }
}
