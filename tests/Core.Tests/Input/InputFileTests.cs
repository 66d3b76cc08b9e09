using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Input;

public sealed class InputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b\nc,d\n", "a,b\nc,d\n")]
    [InlineData("a,b\r\nc,d\r\n", "a,b\nc,d\n")]
    [InlineData("\r\n\r\nx", "\n\nx")]
    [InlineData("grüße 日本 😀", "grüße 日本 😀")]
    public void Text_arrives_with_plain_line_ends_in_every_accepted_encoding(string written, string expected)
    {
        foreach (Encoding encoding in new Encoding[] { new UTF8Encoding(false), new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true) })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(written)];
            Assert.Equal(expected, Read(bytes));
            Assert.Equal(expected, Read(Gzip(bytes)));
        }
    }

    [Fact]
    public void Lines_are_the_same_however_they_fall_on_blocks()
    {
        // Long enough for many blocks, with multi-byte characters and \r\n at every offset.
        var text = new StringBuilder();
        for (int i = 0; text.Length < 400_000; i++) text.Append('é', i % 61).Append("😀x").Append(i).Append(i % 3 == 0 ? "\r\n" : "\n");
        string expected = text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        foreach (Encoding encoding in new Encoding[] { new UTF8Encoding(false), new UnicodeEncoding(true, true) })
        {
            string path = _folder.File("blocks.csv", [.. encoding.GetPreamble(), .. encoding.GetBytes(text.ToString())]);
            Assert.Equal(expected, InputFile.ReadAllText(path, path, 1 << 24));
            using InputFileText reader = InputFile.OpenText(path);
            var lines = new List<string>();
            while (reader.TryReadLine(out ReadOnlySpan<char> line)) lines.Add(line.ToString());
            Assert.Equal(expected.TrimEnd('\n').Split('\n'), lines);
            Assert.Equal(lines.Count, reader.Line);
        }
    }

    [Fact]
    public void A_last_line_without_an_end_counts_and_an_ended_one_is_not_followed_by_an_empty_line()
    {
        Assert.Equal(["a", "b"], Lines("a\nb"));
        Assert.Equal(["a", "b"], Lines("a\nb\n"));
        Assert.Equal(["a", "", ""], Lines("a\n\n\n"));
    }

    [Theory]
    [InlineData("a\nb\rc\n", 2, "alone")]
    [InlineData("a\r", 1, "alone")]
    [InlineData("a\r\r\nb", 1, "alone")]
    [InlineData("a\n\nb\0c", 3, "NUL")]
    public void A_lone_carriage_return_or_a_NUL_is_rejected_with_its_line(string text, int line, string words)
    {
        InputProblem problem = Reject(Encoding.UTF8.GetBytes(text));
        Assert.Equal(line, problem.Line);
        Assert.Contains(words, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_is_rejected_with_line_and_byte()
    {
        InputProblem problem = Reject([.. "one\ntwo "u8, 0xC3, 0x28, .. "\n"u8]);
        Assert.Equal((2, "0xC3"), (problem.Line, problem.Value));
        Assert.Contains("expected UTF-8 text; character 5", problem.Expected, StringComparison.Ordinal);

        // A character cut off by the end of the file, and an encoded surrogate.
        Assert.Equal(1, Reject([.. "x"u8, 0xE2, 0x82]).Line);
        Assert.Equal("0xED", Reject([0xED, 0xA0, 0x80]).Value);
    }

    [Fact]
    public void UTF16_with_a_lone_surrogate_or_an_odd_byte_is_rejected()
    {
        Assert.Contains("UTF-16 LE", Reject([0xFF, 0xFE, (byte)'a', 0, 0x00, 0xD8, (byte)'b', 0]).Expected, StringComparison.Ordinal);
        Assert.Contains("UTF-16 BE", Reject([0xFE, 0xFF, 0, (byte)'a', 0]).Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "UTF-16 LE")]
    [InlineData(true, "UTF-16 BE")]
    public void UTF16_without_a_mark_is_rejected_and_the_guess_is_named(bool bigEndian, string guess) =>
        Assert.Contains(guess + " without its byte order mark", Reject(new UnicodeEncoding(bigEndian, false).GetBytes("name,cpu\na,1\n")).Expected, StringComparison.Ordinal);

    [Fact]
    public void Archives_and_UTF32_are_rejected_by_name()
    {
        Assert.Contains("a zip archive: unpack it first", Reject([.. "PK\x03\x04"u8, .. "../../etc/passwd"u8]).Expected, StringComparison.Ordinal);
        Assert.Contains("zstd", Reject([0x28, 0xB5, 0x2F, 0xFD, 1, 2]).Expected, StringComparison.Ordinal);
        Assert.Contains("xz", Reject([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]).Expected, StringComparison.Ordinal);
        Assert.Contains("UTF-32", Reject([.. new UTF32Encoding(false, true).GetPreamble(), .. Encoding.UTF32.GetBytes("a")]).Expected, StringComparison.Ordinal);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true)) zip.CreateEntry("../../x.csv");
        Assert.Contains("zip", Reject(stream.ToArray()).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_rejected_plain_compressed_and_with_only_a_mark()
    {
        Assert.Contains("empty", Reject([]).Expected, StringComparison.Ordinal);
        Assert.Contains("empty", Reject(Gzip([])).Expected, StringComparison.Ordinal);
        Assert.Contains("byte order mark", Reject([0xEF, 0xBB, 0xBF]).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_beyond_the_bound_is_rejected_without_reading_on()
    {
        string path = _folder.File("long.csv", Encoding.UTF8.GetBytes("short\n" + new string('x', 5000)));
        using InputFileText reader = InputFile.OpenText(path, "long.csv", new InputFileLimits { MaxLineChars = 1000 });
        InputException e = Assert.Throws<InputException>(() => reader.ReadToEnd());
        Assert.Equal("long.csv:2: expected lines of at most 1000 characters", e.Message);
    }

    [Fact]
    public void A_sparse_file_of_ten_gigabytes_is_refused_at_its_first_NUL()
    {
        string path = Path.Combine(_folder.Path, "huge.csv");
        using (FileStream file = File.Create(path))
        {
            file.Write("name,cpu\n"u8);
            file.SetLength(10L << 30);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        using InputFileText reader = InputFile.OpenText(path);
        InputException e = Assert.Throws<InputException>(() => reader.ReadToEnd());
        Assert.Equal(2, e.Problems[0].Line);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20, "Reading is bounded by the line limit, not by the file.");
    }

    [Fact]
    public void More_text_than_allowed_is_rejected_before_it_is_held()
    {
        string path = _folder.File("a.yaml", new byte[300_000].Select(_ => (byte)'a').ToArray());
        Assert.Equal(300_000, InputFile.ReadAllText(path, "a.yaml", 300_000).Length);
        InputException e = Assert.Throws<InputException>(() => InputFile.ReadAllText(path, "a.yaml", 299_999));
        Assert.Contains("at most 299999 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_is_over_the_raw_bytes()
    {
        byte[] bytes = Gzip(Encoding.UTF8.GetBytes("a,b\n1,2\n"));
        string expected = Convert.ToHexStringLower(SHA256.HashData(bytes));
        string path = _folder.File("a.csv.gz", bytes);
        Assert.Equal(expected, InputFile.Sha256Hex(path));
        InputFile.ReadAllText(path, path, 100, out string sha256Hex);
        Assert.Equal(expected, sha256Hex);
    }

    [Fact]
    public void The_hash_is_not_known_before_the_end()
    {
        string path = _folder.File("long.csv", Enumerable.Repeat((byte)'\n', 300_000).ToArray());
        using InputFileText reader = InputFile.OpenText(path);
        Assert.Throws<InvalidOperationException>(() => reader.Sha256Hex);
        reader.ReadToEnd();
        Assert.Equal(InputFile.Sha256Hex(path), reader.Sha256Hex);
    }

    internal static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return output.ToArray();
    }

    private string Read(byte[] bytes)
    {
        string path = _folder.File("read.txt", bytes);
        return InputFile.ReadAllText(path, path, 1 << 24);
    }

    private List<string> Lines(string text)
    {
        using InputFileText reader = InputFile.OpenText(_folder.File("lines.txt", Encoding.UTF8.GetBytes(text)));
        var lines = new List<string>();
        while (reader.ReadLine() is string line) lines.Add(line);
        return lines;
    }

    private InputProblem Reject(byte[] bytes)
    {
        InputException e = Assert.Throws<InputException>(() => Read(bytes));
        return Assert.Single(e.Problems);
    }
}
