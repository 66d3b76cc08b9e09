using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SchedBench.Reporting.Charts;

namespace SchedBench.Reporting.Tests.Charts;

public sealed class PdfTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("schedbench-pdf-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(EdgeCharts.Names), MemberType = typeof(EdgeCharts))]
    public void Every_object_stands_where_the_table_says_and_every_stream_is_as_long_as_it_says(string name)
    {
        foreach (PdfFont font in (PdfFont[])[PdfFont.Helvetica, Tiny()]) AssertSound(Render(EdgeCharts.All[name], font));
    }

    [Fact]
    public void Helvetica_embeds_nothing_and_names_no_machine()
    {
        string pdf = Latin(Render(SampleCharts.Ranks, PdfFont.Helvetica));
        Assert.Contains("/BaseFont /Helvetica", pdf, StringComparison.Ordinal);
        Assert.DoesNotContain("FontFile", pdf, StringComparison.Ordinal);
        Assert.DoesNotContain("Date", pdf, StringComparison.Ordinal);
        Assert.DoesNotContain("/ID", pdf, StringComparison.Ordinal);
        Assert.Contains("(gpu-clustering) Tj", pdf, StringComparison.Ordinal);
    }

    [Fact]
    public void An_embedded_font_is_a_subset_whose_codes_lead_back_to_the_text()
    {
        string pdf = Latin(Render(new BarChart(new("Läufe é"), ["b"], [new("s", [new(1)])]), Tiny()));
        Assert.Matches("/BaseFont /[A-Z]{6}\\+TinySans", pdf);
        Dictionary<string, string> unicode = Regex.Matches(pdf, "^<([0-9A-F]{4})> <([0-9A-F]+)>$", RegexOptions.Multiline)
            .ToDictionary(m => m.Groups[1].Value, m => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(m.Groups[2].Value)));
        string[] texts = [.. Regex.Matches(pdf, "<([0-9A-F]+)> Tj").Select(m => string.Concat(m.Groups[1].Value.Chunk(4).Select(code => unicode[new string(code)])))];

        // The tiny font has é but no ä, which is then written as its number.
        Assert.Contains("L[U+00E4]ufe é", texts);
        Assert.Contains("b", texts);
    }

    [Fact]
    public void Equal_figures_are_equal_bytes_with_an_embedded_font_too()
    {
        PdfFont font = Tiny();
        Assert.Equal(Render(SampleCharts.Line, font), Render(SampleCharts.Line, PdfFont.FromFile(font.Path!)));
        Assert.Equal(Render(SampleCharts.Line, font), Golden.WithCommaDecimals(() => Render(SampleCharts.Line, font)));
    }

    [Fact]
    public void A_font_wider_than_the_layout_reckons_with_is_condensed_into_its_room()
    {
        // Every glyph of the tiny font is at least 0.4 em wide, more than twice an i.
        string pdf = Latin(Render(new BarChart(new("iiiiiiiiiiii"), [], []), Tiny()));
        Assert.Contains(Regex.Matches(pdf, "([0-9.]+) Tz"), m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) is > 40 and < 80);
    }

    [Fact]
    public void Text_outside_the_code_page_is_written_as_its_number()
    {
        string pdf = Latin(Render(new BarChart(new("α ≤ 5 – −1 (é)"), [], []), PdfFont.Helvetica));
        Assert.Contains("([U+03B1] [U+2264] 5 \\226 \\2261 \\(\\351\\)) Tj", pdf, StringComparison.Ordinal);
    }

    [Fact]
    public void Titles_that_are_not_ascii_are_stored_as_utf16()
    {
        string pdf = Latin(Render(SampleCharts.Line with { Title = "é" }, PdfFont.Helvetica));
        Assert.Contains("/Title <FEFF00E9>", pdf, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void An_installed_font_is_embedded()
    {
        PdfFont font = PdfFont.Installed();
        Skip.If(font.Path is null, "no TrueType font is installed here");
        byte[] pdf = Render(SampleCharts.Line, font);
        AssertSound(pdf);
        Assert.Contains("/FontFile2", Latin(pdf), StringComparison.Ordinal);
        Assert.Equal(pdf, Render(SampleCharts.Line, PdfFont.Installed()));
    }

    private PdfFont Tiny()
    {
        string path = Path.Combine(_folder, "tiny.ttf");
        File.WriteAllBytes(path, TinyFont.Build());
        return PdfFont.FromFile(path);
    }

    private static byte[] Render(ChartSpec spec, PdfFont font)
    {
        using var output = new MemoryStream();
        new PdfRenderer(font).Render(spec, ChartSize.SingleColumn, output);
        return output.ToArray();
    }

    private static void AssertSound(byte[] bytes)
    {
        string pdf = Latin(bytes);
        Assert.StartsWith("%PDF-1.7\n", pdf, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF\n", pdf, StringComparison.Ordinal);
        int table = Number(Regex.Match(pdf, "startxref\n([0-9]+)\n%%EOF\n$"));
        Match head = Regex.Match(pdf[table..], "^xref\n0 ([0-9]+)\n");
        string[] entries = [.. pdf[(table + head.Length)..].Split('\n').Take(Number(head))];
        Assert.Equal("0000000000 65535 f ", entries[0]);
        for (int i = 1; i < entries.Length; i++)
        {
            Assert.Matches("^[0-9]{10} 00000 n $", entries[i]);
            int offset = int.Parse(entries[i][..10], CultureInfo.InvariantCulture);
            string start = string.Create(CultureInfo.InvariantCulture, $"{i} 0 obj\n");
            Assert.Equal(start, pdf.Substring(offset, start.Length));
            int end = pdf.IndexOf("endobj\n", offset, StringComparison.Ordinal);
            Match stream = Regex.Match(pdf[offset..end], "^[^\n]*\n<< /Length ([0-9]+)[^\n]*>>\nstream\n");
            if (stream.Success) Assert.Equal("\nendstream\nendobj\n", pdf.Substring(offset + stream.Length + Number(stream), 18));
            string dictionary = stream.Success ? stream.Value : pdf[offset..end];
            foreach (Match reference in Regex.Matches(dictionary, "([0-9]+) 0 R")) Assert.InRange(Number(reference), 1, entries.Length - 1);
        }

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"/Size {entries.Length} "), pdf[table..], StringComparison.Ordinal);
    }

    private static int Number(Match match) => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
