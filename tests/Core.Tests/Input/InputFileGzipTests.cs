using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Input;

public sealed class InputFileGzipTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Concatenated_members_are_one_text()
    {
        byte[] one = Text(20_000), two = Text(9);
        Assert.Equal(20_009 * 6, Read([.. InputFileTests.Gzip(one), .. InputFileTests.Gzip(two)]).Length);
        Assert.Equal("x", Read([.. InputFileTests.Gzip([]), .. InputFileTests.Gzip("x"u8.ToArray()), .. InputFileTests.Gzip([])]));
    }

    [Fact]
    public void A_member_cut_at_any_byte_is_rejected()
    {
        byte[] whole = InputFileTests.Gzip(Text(40));
        for (int length = 2; length < whole.Length; length++)
        {
            Assert.Contains("whole gzip file", Reject(whole[..length]), StringComparison.Ordinal);
            Assert.Contains("whole gzip file", Reject([.. whole, .. whole[..length]]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_long_member_that_is_cut_is_rejected_and_its_beginning_is_not_taken_for_the_whole()
    {
        byte[] whole = InputFileTests.Gzip(Text(100_000));
        Assert.Contains("whole gzip file", Reject(whole[..^5000]), StringComparison.Ordinal);
        Assert.Contains("whole gzip file", Reject(whole[..(whole.Length / 2)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_the_last_member_are_rejected() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>().Filter(garbage => garbage.Length > 0),
            garbage => Reject([.. InputFileTests.Gzip(Text(30)), .. garbage]).Contains("whole gzip file", StringComparison.Ordinal))
        .Check(Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL));

    [Fact]
    public void A_flipped_bit_is_rejected_unless_it_is_one_that_says_nothing()
    {
        byte[] whole = InputFileTests.Gzip(Text(300));
        string expected = Read(whole);
        int silent = 0;
        for (int at = 10; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            try
            {
                // The bits between the last code and the next whole byte are padding.
                Assert.Equal(expected, Read(damaged));
                silent++;
            }
            catch (InputException e)
            {
                Assert.Contains("gzip", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(silent, 0, 1);
    }

    [Fact]
    public void A_bomb_is_rejected_at_the_bound_and_not_at_its_end()
    {
        // 200 MB of lines in about 200 kB: beyond 250 to 1 once 16 MiB have come out.
        string path = Path.Combine(_folder.Path, "bomb.csv.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.SmallestSize))
        {
            byte[] block = Enumerable.Repeat("1,2\n"u8.ToArray(), 50_000).SelectMany(line => line).ToArray();
            for (int i = 0; i < 1000; i++) gzip.Write(block);
        }

        long taken = 0;
        InputException e = Assert.Throws<InputException>(() =>
        {
            using InputFileText reader = InputFile.OpenText(path);
            while (reader.TryReadLine(out _)) taken++;
        });
        Assert.Contains("expands at most 250 times", e.Message, StringComparison.Ordinal);
        Assert.InRange(taken, 0, ((16L << 20) / 4) + 100_000);
    }

    [Fact]
    public void Well_compressed_text_below_the_bound_is_read()
    {
        byte[] text = Text(600_000);
        Assert.Equal(text.Length, Read(InputFileTests.Gzip(text)).Length);
    }

    [Fact]
    public void A_name_ending_in_gz_over_plain_text_is_rejected()
    {
        string path = _folder.File("plain.csv.GZ", "a,b\n1,2\n"u8.ToArray());
        InputException e = Assert.Throws<InputException>(() => InputFile.OpenText(path, "plain.csv.GZ"));
        Assert.Contains("expected gzip, as the name ends in .gz", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Text(int lines) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, lines).Select(i => $"{i % 997 * 37 % 99999:D5}\n")));

    private string Read(byte[] bytes)
    {
        string path = _folder.File("read.gz", bytes);
        return InputFile.ReadAllText(path, path, 1 << 26);
    }

    private string Reject(byte[] bytes) => Assert.Throws<InputException>(() => Read(bytes)).Message;
}
