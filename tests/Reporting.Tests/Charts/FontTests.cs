using System.Text;
using SchedBench.Core.Input;
using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Charts.Pdf;

namespace SchedBench.Reporting.Tests.Charts;

public sealed class FontTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("schedbench-fonts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_font_is_read_with_its_names_widths_and_characters()
    {
        var font = new TrueTypeFont(TinyFont.Build());
        Assert.Equal("TinySans", font.PostScriptName);
        Assert.Equal(TinyFont.GlyphOf('A'), font.GlyphOf(new Rune('A')));
        Assert.Equal(TinyFont.EAcute, font.GlyphOf(new Rune('é')));
        Assert.Equal(0, font.GlyphOf(new Rune('β')));
        Assert.Equal(TinyFont.Advance(5), font.Advance(5));
        Assert.Equal((700, 900, -200), (font.CapHeight, font.Ascent, font.Descent));
    }

    [Fact]
    public void A_subset_holds_the_glyphs_in_use_and_the_parts_they_are_made_of()
    {
        var font = new TrueTypeFont(TinyFont.Build());
        var subset = new TrueTypeSubset(font, [(ushort)TinyFont.EAcute, (ushort)TinyFont.GlyphOf('A'), (ushort)TinyFont.GlyphOf(' ')]);
        Assert.Equal([0, TinyFont.GlyphOf(' '), TinyFont.GlyphOf('A'), TinyFont.GlyphOf('e'), TinyFont.Accent, TinyFont.EAcute], subset.Glyphs);
        var (advances, bearings) = ReadMetrics(subset.File, subset.Glyphs.Count);
        Assert.Equal(subset.Glyphs.Select(TinyFont.Advance), advances);
        Assert.Equal(subset.Glyphs, bearings);
    }

    [Fact]
    public void Outlines_survive_without_their_instructions_and_composites_name_the_new_numbers()
    {
        var font = new TrueTypeFont(TinyFont.Build());
        var subset = new TrueTypeSubset(font, [(ushort)TinyFont.EAcute]);
        byte[] simple = Outline(subset.File, subset.NumberOf(TinyFont.GlyphOf('e'))), composite = Outline(subset.File, subset.NumberOf(TinyFont.EAcute));
        byte[] before = font.Outline(TinyFont.GlyphOf('e')).ToArray();
        Assert.Equal([.. before[..12], 0, 0, .. before[16..]], simple[..(before.Length - 2)]);
        Assert.Equal([0, 0x22, 0, (byte)subset.NumberOf(TinyFont.GlyphOf('e'))], composite[10..14]);
        Assert.Equal([0, 0x41, 0, (byte)subset.NumberOf(TinyFont.Accent)], composite[16..20]);
        Assert.Equal(28, composite.Length); // ends with the scale of the second part; no instructions
    }

    [Fact]
    public void Checksums_of_a_subset_add_up_to_the_magic_number()
    {
        var subset = new TrueTypeSubset(new TrueTypeFont(TinyFont.Build()), [(ushort)TinyFont.GlyphOf('x')]);
        uint sum = 0;
        for (int i = 0; i < subset.File.Length; i += 4) sum = unchecked(sum + U32(subset.File, i));
        Assert.Equal(0xB1B0AFBA, sum);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0x100)]
    [InlineData(0x200)]
    public void A_font_whose_licence_forbids_it_is_not_embedded(int licenceBits) =>
        Assert.Contains("licence", Assert.Throws<InvalidDataException>(() => new TrueTypeFont(TinyFont.Build(licenceBits))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_font_cut_anywhere_is_refused_or_still_usable_but_never_crashes()
    {
        byte[] whole = TinyFont.Build();
        int refused = 0;
        for (int length = 0; length < whole.Length; length += 7)
        {
            try
            {
                _ = new TrueTypeSubset(new TrueTypeFont(whole[..length]), [(ushort)TinyFont.EAcute]).File;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 100, "a cut font should be refused nearly always");
    }

    [Fact]
    public void A_font_with_any_byte_changed_is_refused_or_still_usable_but_never_crashes()
    {
        byte[] font = TinyFont.Build();
        for (int i = 0; i < font.Length; i++)
        {
            foreach (byte value in (byte[])[0, 0x7F, 0xFF])
            {
                byte before = font[i];
                font[i] = value;
                try
                {
                    Assert.NotEmpty(new TrueTypeSubset(new TrueTypeFont(font), [(ushort)TinyFont.EAcute]).File);
                }
                catch (InvalidDataException error)
                {
                    Assert.NotEmpty(error.Message);
                }

                font[i] = before;
            }
        }
    }

    [Fact]
    public void Without_fonts_the_choice_is_helvetica() => Assert.Same(PdfFont.Helvetica, PdfFont.Installed([_folder, Path.Combine(_folder, "absent")]));

    [Fact]
    public void The_first_font_of_the_list_wins_and_broken_ones_are_passed_over()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "a", "b"));
        File.WriteAllBytes(Path.Combine(_folder, "a", "b", "LiberationSans-Regular.ttf"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(_folder, "a", "DejaVuSans.ttf"), TinyFont.Build());
        File.WriteAllBytes(Path.Combine(_folder, "Aardvark-Regular.ttf"), TinyFont.Build());
        PdfFont font = PdfFont.Installed([_folder]);
        Assert.Equal(Path.Combine(_folder, "a", "DejaVuSans.ttf"), font.Path);
        Assert.Equal("TinySans", font.Name);
        Assert.Matches("^[0-9a-f]{64}$", font.Sha256);
    }

    [Fact]
    public void A_font_file_that_cannot_be_used_is_named_with_the_reason()
    {
        string path = Path.Combine(_folder, "notes.ttf");
        File.WriteAllText(path, "not a font at all");
        InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => PdfFont.Parse(path)).Problems);
        Assert.Equal(path, problem.File);
        Assert.Contains("TrueType", problem.ToString(), StringComparison.Ordinal);
        Assert.Throws<InputException>(() => PdfFont.FromFile(Path.Combine(_folder, "absent.ttf")));
    }

    [Fact]
    public void Words_choose_fonts() => Assert.Same(PdfFont.Helvetica, PdfFont.Parse("helvetica"));

    private static (IEnumerable<int> Advances, IEnumerable<int> Bearings) ReadMetrics(byte[] font, int count)
    {
        int at = Table(font, "hmtx").Offset;
        return (Enumerable.Range(0, count).Select(i => U16(font, at + (4 * i))), Enumerable.Range(0, count).Select(i => U16(font, at + (4 * i) + 2)));
    }

    private static byte[] Outline(byte[] font, int glyph)
    {
        int loca = Table(font, "loca").Offset, glyf = Table(font, "glyf").Offset;
        return font[(glyf + (int)U32(font, loca + (4 * glyph)))..(glyf + (int)U32(font, loca + (4 * glyph) + 4))];
    }

    private static (int Offset, int Length) Table(byte[] font, string tag)
    {
        for (int i = 0; i < U16(font, 4); i++)
        {
            int entry = 12 + (16 * i);
            if (Encoding.ASCII.GetString(font, entry, 4) == tag) return ((int)U32(font, entry + 8), (int)U32(font, entry + 12));
        }

        throw new InvalidOperationException($"no table {tag}");
    }

    private static int U16(byte[] bytes, int at) => (bytes[at] << 8) | bytes[at + 1];

    private static uint U32(byte[] bytes, int at) => ((uint)U16(bytes, at) << 16) | (uint)U16(bytes, at + 2);
}
