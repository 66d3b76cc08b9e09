using System.Text;

namespace SchedBench.Core.Input;

/// <summary>How much an input file may hold before it is refused, so that a hostile or mistaken file costs bounded time and memory.</summary>
public sealed record InputFileLimits
{
    /// <summary>Longest line in UTF-16 units; default 1 Mi.</summary>
    public int MaxLineChars { get; init; } = 1 << 20;

    /// <summary>Most bytes of text, after decompression; default 16 GiB.</summary>
    public long MaxTextBytes { get; init; } = 16L << 30;
}

/// <summary>The one door through which files of the user come in: opens, decompresses, decodes, and refuses what is not sound text.</summary>
/// <remarks>
/// <para><b>Accepted:</b> UTF-8 with or without a byte order mark; UTF-16 (either order) with one; gzip, recognised by its first bytes and read as a
/// stream, several members in a row included; <c>\n</c> and <c>\r\n</c>, which both arrive as <c>\n</c>.</para>
/// <para><b>Refused</b> with an <see cref="InputException"/> of one problem: a path that is missing (with the nearest name in its folder), a folder, empty, a pipe
/// or device, unreadable or a loop of links; a zip or other archive; a name ending in <c>.gz</c> that is not gzip; gzip that is cut short, damaged,
/// followed by other bytes, or that expands more than 250 times beyond its first 16 MiB; UTF-16 without a mark, UTF-32, invalid UTF-8, NUL characters,
/// a lone carriage return, and what exceeds <see cref="InputFileLimits"/> (these with their line).</para>
/// <para><b>A file must hold still</b> while it is read. At the end of the text the length and the modification time of the open file, and of what its path
/// names by then, are compared with those at the opening: growth, truncation, rewriting, replacement and disappearance are refused. A change that keeps
/// length and time is not seen.</para>
/// </remarks>
public static class InputFile
{
    /// <summary>Opens a file as text. Dispose the reader; its <see cref="InputFileText.Sha256Hex"/> is known once it has reached the end.</summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="displayName">The file as the user named it, for messages; default <paramref name="path"/>.</param>
    /// <param name="limits">Bounds; default <see cref="InputFileLimits"/>'s own.</param>
    /// <exception cref="InputException">The file cannot be opened, or its first bytes show that it is not text. Later reads throw it for what they meet.</exception>
    public static InputFileText OpenText(string path, string? displayName = null, InputFileLimits? limits = null)
    {
        limits ??= new InputFileLimits();
        string name = displayName ?? path;
        var raw = InputFileBytes.Open(path, name);
        try
        {
            return new InputFileText(raw, name, path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase), limits);
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>The whole text of a file, with line ends as <c>\n</c> and without a byte order mark.</summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="displayName">The file as the user named it, for messages.</param>
    /// <param name="maxBytes">Most bytes of text, after decompression; also bounds the length of a line.</param>
    /// <exception cref="InputException">As <see cref="OpenText"/>, or the text is larger.</exception>
    public static string ReadAllText(string path, string displayName, long maxBytes) => ReadAllText(path, displayName, maxBytes, out _);

    /// <summary>As <see cref="ReadAllText(string, string, long)"/>, with the SHA-256 of the very bytes that were read.</summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="displayName">The file as the user named it, for messages.</param>
    /// <param name="maxBytes">Most bytes of text, after decompression; also bounds the length of a line.</param>
    /// <param name="sha256Hex">64 lower-case hex digits over the file's raw (still compressed) bytes.</param>
    public static string ReadAllText(string path, string displayName, long maxBytes, out string sha256Hex)
    {
        using InputFileText reader = OpenText(path, displayName, new InputFileLimits { MaxLineChars = int.MaxValue, MaxTextBytes = maxBytes });
        var text = new StringBuilder();
        char[] buffer = new char[1 << 14];
        for (int read; (read = reader.Read(buffer)) > 0;) text.Append(buffer, 0, read);
        sha256Hex = reader.Sha256Hex;
        return text.ToString();
    }

    /// <summary>SHA-256 of a file's raw bytes (a gzip file is not decompressed): 64 lower-case hex digits. For inputs that are hashed but not read.</summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="displayName">The file as the user named it, for messages; default <paramref name="path"/>.</param>
    /// <exception cref="InputException">The file cannot be opened, or changes while it is read.</exception>
    public static string Sha256Hex(string path, string? displayName = null)
    {
        using var raw = InputFileBytes.Open(path, displayName ?? path);
        byte[] buffer = new byte[1 << 16];
        while (raw.Read(buffer) > 0)
        {
        }

        return raw.Sha256Hex;
    }
}
