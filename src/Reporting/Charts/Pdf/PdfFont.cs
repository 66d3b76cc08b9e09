using System.Security.Cryptography;
using System.Text;
using SchedBench.Core.Input;
using SchedBench.Reporting.Charts.Pdf;

namespace SchedBench.Reporting.Charts;

/// <summary>The font of PDF figures: one that every viewer has, or a font file of which a subset is embedded.</summary>
/// <remarks>The font never moves anything: figures are laid out with built-in widths. It is an input of the PDF's bytes, though, so
/// <see cref="Name"/> and <see cref="Sha256"/> belong into the manifest of a run that embeds one.</remarks>
public sealed class PdfFont
{
    private const long MostBytes = 64L << 20;
    private const int MostFolderDepth = 8;

    /// <summary>Metric twins of Helvetica first, then the common substitutes.</summary>
    private static readonly string[] Preferred =
    [
        "LiberationSans-Regular.ttf", "Arimo-Regular.ttf", "arial.ttf", "FreeSans.ttf", "DejaVuSans.ttf", "NotoSans-Regular.ttf", "OpenSans-Regular.ttf",
    ];

    private PdfFont(string name, string? path, string? sha256, TrueTypeFont? file) => (Name, Path, Sha256, File) = (name, path, sha256, file);

    /// <summary>The Helvetica that every viewer brings along; nothing is embedded. The bytes of a figure are then the same on every machine, but publishers who
    /// want all fonts embedded will refuse it, and characters outside code page 1252 are printed as <c>[U+03B1]</c>.</summary>
    public static PdfFont Helvetica { get; } = new("Helvetica", null, null, null);

    /// <summary>The font's PostScript name.</summary>
    public string Name { get; }

    /// <summary>Where the font file is, or <see langword="null"/> for <see cref="Helvetica"/>.</summary>
    public string? Path { get; }

    /// <summary>SHA-256 of the font file in lower-case hexadecimal digits, or <see langword="null"/> for <see cref="Helvetica"/>.</summary>
    public string? Sha256 { get; }

    internal TrueTypeFont? File { get; }

    /// <summary>What <c>--pdf-font</c> and the like mean: <c>helvetica</c>, <c>installed</c>, or the path of a TrueType file.</summary>
    /// <exception cref="InputException">The file cannot be used.</exception>
    public static PdfFont Parse(string text) => text switch
    {
        "helvetica" => Helvetica,
        "installed" => Installed(),
        _ => FromFile(text),
    };

    /// <summary>The font in a TrueType file (<c>.ttf</c>).</summary>
    /// <exception cref="InputException">The file cannot be read, is larger than 64 MiB, has no TrueType outlines, is broken, or may not be embedded.</exception>
    public static PdfFont FromFile(string path)
    {
        try
        {
            return Read(path);
        }
        catch (Exception error) when (IsUnusable(error))
        {
            throw new InputException(new InputProblem(path, 0, 0, "", null, $"expected a TrueType font that may be embedded ({error.Message})"));
        }
    }

    /// <summary>The first usable font of a fixed list (Liberation Sans, Arimo, Arial, FreeSans, DejaVu Sans, Noto Sans, Open Sans; then any file named
    /// <c>*-Regular.ttf</c> in order of names) in the operating system's and the user's font folders; <see cref="Helvetica"/> when there is none.</summary>
    /// <remarks>The same answer on every run as long as the installed fonts stay. Reads folders once; keep the result.</remarks>
    public static PdfFont Installed() => Installed(FontFolders());

    internal static PdfFont Installed(IEnumerable<string> folders)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MostFolderDepth, IgnoreInaccessible = true };
        var files = folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.ttf", options))
            .Select(path => (Rank: RankOf(System.IO.Path.GetFileName(path)), Path: path))
            .Where(file => file.Rank >= 0)
            .OrderBy(file => file.Rank).ThenBy(file => System.IO.Path.GetFileName(file.Path), StringComparer.Ordinal).ThenBy(file => file.Path, StringComparer.Ordinal);
        foreach ((_, string path) in files)
        {
            try
            {
                PdfFont font = Read(path);
                if (PrintableAscii.All(c => font.File!.GlyphOf(c) != 0)) return font;
            }
            catch (Exception error) when (IsUnusable(error))
            {
                // A broken or protected font among the installed ones is no concern of ours; the next one will do.
            }
        }

        return Helvetica;
    }

    private static PdfFont Read(string path)
    {
        // Opening a pipe would wait for its writer. Pipes and devices have length 0 as well.
        if (new FileInfo(path).Length == 0) throw new InvalidDataException("empty, a pipe or a device");
        if (new FileInfo(path).Length > MostBytes) throw new InvalidDataException("larger than 64 MiB");
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        var font = new TrueTypeFont(bytes);
        _ = new TrueTypeSubset(font, PrintableAscii.Select(font.GlyphOf)); // a broken outline is found here, not in the middle of a report
        return new PdfFont(font.PostScriptName, path, Convert.ToHexStringLower(SHA256.HashData(bytes)), font);
    }

    private static IEnumerable<Rune> PrintableAscii => Enumerable.Range(' ', 95).Select(c => new Rune(c));

    private static bool IsUnusable(Exception error) => error is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or NotSupportedException;

    private static int RankOf(string fileName)
    {
        int preferred = Array.FindIndex(Preferred, name => name.Equals(fileName, StringComparison.OrdinalIgnoreCase));
        if (preferred >= 0) return preferred;
        return fileName.EndsWith("-Regular.ttf", StringComparison.OrdinalIgnoreCase) ? Preferred.Length : -1;
    }

    private static IEnumerable<string> FontFolders()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows()) return [Environment.GetFolderPath(Environment.SpecialFolder.Fonts)];
        if (OperatingSystem.IsMacOS()) return ["/System/Library/Fonts", "/Library/Fonts", System.IO.Path.Combine(home, "Library", "Fonts")];
        return ["/usr/share/fonts", "/usr/local/share/fonts", System.IO.Path.Combine(home, ".fonts"), System.IO.Path.Combine(home, ".local", "share", "fonts")];
    }
}
