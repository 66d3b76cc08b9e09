using System.Text.Encodings.Web;
using System.Text.Json;
using SchedBench.Reporting.Charts;
using SchedBench.Results.Files;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>Figures as files: SVG for screens, PDF for papers, Vega-Lite to go on from, and an index with the captions.</summary>
internal static class FigureFiles
{
    /// <summary>The index: name, kind, caption and files of every figure.</summary>
    public const string IndexName = "figures.json";

    private const long LargestIndexBytes = 16L << 20;
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes all figures and the index, each file in one step, and removes the files of an earlier index that this one no longer has.</summary>
    /// <param name="folder">The folder; created when missing.</param>
    /// <param name="figures">The figures.</param>
    /// <param name="pdfFont">Font of the PDF files.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(string folder, FigureSet figures, PdfFont pdfFont)
    {
        IChartRenderer[] renderers = [new SvgRenderer(), new PdfRenderer(pdfFont), new VegaLiteRenderer()];
        IReadOnlyList<string> earlier = ReadIndex(Path.Combine(folder, IndexName), renderers);
        var names = new List<string>();
        foreach (Figure figure in figures.Figures)
        {
            foreach (IChartRenderer renderer in renderers)
            {
                string name = NameOf(figure, renderer);
                AtomicFile.Write(Path.Combine(folder, name), stream => renderer.Render(figure.Spec, figure.Size, stream));
                names.Add(name);
            }
        }

        AtomicFile.Write(Path.Combine(folder, IndexName), stream => WriteIndex(stream, figures.Figures, renderers));
        foreach (string stale in earlier.Except(names, StringComparer.Ordinal)) AtomicFile.Delete(Path.Combine(folder, stale));
        return [.. names, IndexName];
    }

    private static string NameOf(Figure figure, IChartRenderer renderer) => $"{figure.Name}.{renderer.FileExtension}";

    private static void WriteIndex(Stream stream, IReadOnlyList<Figure> figures, IChartRenderer[] renderers)
    {
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartArray();
            foreach (Figure figure in figures)
            {
                json.WriteStartObject();
                json.WriteString("name", figure.Name);
                json.WriteString("kind", figure.Kind);
                json.WriteString("caption", figure.Caption);
                json.WriteStartArray("files");
                foreach (IChartRenderer renderer in renderers) json.WriteStringValue(NameOf(figure, renderer));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        stream.Write("\n"u8);
    }

    /// <summary>The files that an earlier index names; none when there is no index that this program could have written.
    /// Only plain names of figures count: nothing else is ever removed.</summary>
    private static IReadOnlyList<string> ReadIndex(string path, IChartRenderer[] renderers)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > LargestIndexBytes) return [];
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(path));
            return
            [
                .. from figure in index.RootElement.EnumerateArray()
                   from file in figure.GetProperty("files").EnumerateArray()
                   let name = file.GetString() ?? ""
                   where name == Path.GetFileName(name) && renderers.Any(renderer => name.EndsWith('.' + renderer.FileExtension, StringComparison.Ordinal))
                   select name,
            ];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
