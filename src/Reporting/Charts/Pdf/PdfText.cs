using System.Globalization;
using System.Text;
using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Pdf;

/// <summary>Turns text into the codes of the document's font, collects the glyphs in use, and writes the font objects at the end.</summary>
internal sealed class PdfText(PdfFont font)
{
    private readonly SortedDictionary<ushort, Rune> _used = [];

    /// <summary>The width of one em in the units of <see cref="Encode"/>.</summary>
    private const int UnitsPerEm = 1000;

    /// <summary>The PDF string operand of <paramref name="text"/>, a placeholder for glyph numbers that are known at the end, and its width at <paramref name="size"/> points.</summary>
    public (IReadOnlyList<ushort> Codes, double Width) Encode(string text, double size)
    {
        var codes = new List<ushort>();
        long units = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (TryAdd(rune, codes, ref units)) continue;
            if (rune.Value == 0x2212 && (TryAdd(new Rune('–'), codes, ref units) || TryAdd(new Rune('-'), codes, ref units))) continue;
            if (rune.Value is '\t' or '\n' or '\r' && TryAdd(new Rune(' '), codes, ref units)) continue;

            // The font lacks the character: its number is honest and can be looked up, a blank or a question mark is not.
            foreach (Rune letter in string.Create(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]").EnumerateRunes()) TryAdd(letter, codes, ref units);
        }

        return (codes, units * size / UnitsPerEm);
    }

    private bool TryAdd(Rune rune, List<ushort> codes, ref long units)
    {
        if (font.File is not { } file)
        {
            byte code = TextMetrics.WinAnsiCode(rune);
            if (code == 0) return false;
            codes.Add(code);
            units += TextMetrics.HelveticaUnits(code);
            return true;
        }

        ushort glyph = file.GlyphOf(rune);
        if (glyph == 0) return false;
        _used.TryAdd(glyph, rune);
        codes.Add(glyph);
        units += Thousandths(file, file.Advance(glyph));
        return true;
    }

    /// <summary>The subset of all glyphs encoded so far; <see langword="null"/> for Helvetica.</summary>
    public TrueTypeSubset? Subset() => font.File is { } file ? new TrueTypeSubset(file, _used.Keys) : null;

    /// <summary>Writes encoded text as a PDF string.</summary>
    public static string Operand(IReadOnlyList<ushort> codes, TrueTypeSubset? subset)
    {
        var text = new StringBuilder();
        if (subset is not null)
        {
            text.Append('<');
            foreach (ushort glyph in codes) text.Append(CultureInfo.InvariantCulture, $"{subset.NumberOf(glyph):X4}");
            return text.Append('>').ToString();
        }

        text.Append('(');
        foreach (ushort code in codes)
        {
            if (code is '(' or ')' or '\\') text.Append('\\').Append((char)code);
            else if (code is >= 0x20 and < 0x7F) text.Append((char)code);
            else text.Append('\\').Append((char)('0' + (code >> 6))).Append((char)('0' + ((code >> 3) & 7))).Append((char)('0' + (code & 7)));
        }

        return text.Append(')').ToString();
    }

    /// <summary>Adds the font's objects to the file.</summary>
    /// <returns>The number of the font dictionary.</returns>
    public int Write(PdfFile file, TrueTypeSubset? subset)
    {
        if (font.File is not { } source || subset is null) return file.Add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        string name = Tag(subset.File) + "+" + font.Name;
        int data = file.AddStream(string.Create(CultureInfo.InvariantCulture, $"/Length1 {subset.File.Length}"), subset.File);
        int descriptor = file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<< /Type /FontDescriptor /FontName /{name} /Flags 32 /FontBBox [{Th(source.Box.Left)} {Th(source.Box.Bottom)} {Th(source.Box.Right)} {Th(source.Box.Top)}] /ItalicAngle 0 /Ascent {Th(source.Ascent)} /Descent {Th(source.Descent)} /CapHeight {Th(source.CapHeight)} /StemV 80 /FontFile2 {data} 0 R >>"));
        string widths = string.Join(' ', subset.Glyphs.Select(g => Th(source.Advance(g)).ToString(CultureInfo.InvariantCulture)));
        int descendant = file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /DW 1000 /W [0 [{widths}]] /CIDToGIDMap /Identity >>"));
        int unicode = file.AddStream("", Encoding.ASCII.GetBytes(UnicodeMap(subset)));
        return file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] /ToUnicode {unicode} 0 R >>"));

        int Th(int units) => Thousandths(source, units);
    }

    /// <summary>Tells viewers which characters the glyphs stand for, so that text can be searched and copied.</summary>
    private string UnicodeMap(TrueTypeSubset subset)
    {
        const int MostInBlock = 100;
        var map = new StringBuilder("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n")
            .Append("/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
        foreach (KeyValuePair<ushort, Rune>[] block in _used.Chunk(MostInBlock))
        {
            map.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach ((ushort glyph, Rune rune) in block)
                map.Append(CultureInfo.InvariantCulture, $"<{subset.NumberOf(glyph):X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(rune.ToString()))}>\n");
            map.Append("endbfchar\n");
        }

        return map.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }

    /// <summary>Six letters that tell subsets of one font apart, from the subset's own bytes.</summary>
    private static string Tag(byte[] subset) => string.Concat(System.Security.Cryptography.SHA256.HashData(subset).Take(6).Select(b => (char)('A' + (b % 26))));

    private static int Thousandths(TrueTypeFont file, int units) => (int)Math.Round(units * 1000d / file.UnitsPerEm, MidpointRounding.AwayFromZero);
}
