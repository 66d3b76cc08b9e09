using System.IO.Compression;

namespace SchedBench.Core.Input;

/// <summary>Decompresses gzip members as a stream and, unlike <see cref="GZipStream"/> alone, refuses a file that is cut short or followed by other bytes.</summary>
/// <remarks>
/// <see cref="GZipStream"/> ends quietly where its input ends or stops being gzip. So one more member, holding a marker, is put behind the file's bytes:
/// <code>
///   file:    [member 1][member 2]                    marker arrives last, and only last: the file is whole
///   fed in:  [member 1][member 2][marker member]     cut short: the marker's bytes are swallowed as data;  followed by other bytes: never reached
/// </code>
/// The last bytes of the output are held back until the end shows whether they are the marker.
/// </remarks>
internal sealed class InputFileGzip : Stream
{
    /// <summary>Output beyond which the expansion is judged.</summary>
    public const long FreeBytes = 16L << 20;

    /// <summary>Most bytes of output for a byte of input.</summary>
    public const int MostExpansion = 250;

    private static readonly byte[] Marker = [.. "SchedBench: whole gzip file read"u8];
    private static readonly byte[] MarkerMember = Compress(Marker);

    private readonly string _displayName;
    private readonly FollowedByMarker _input;
    private readonly GZipStream _gzip;
    private readonly byte[] _held = new byte[1 << 16];
    private int _heldCount;
    private long _output;
    private bool _ended;

    public InputFileGzip(Stream raw, string displayName)
    {
        _displayName = displayName;
        _input = new FollowedByMarker(raw);
        _gzip = new GZipStream(_input, CompressionMode.Decompress, leaveOpen: true);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _output;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _heldCount <= Marker.Length) Fill();
        int ready = Math.Min(_heldCount - Marker.Length, buffer.Length);
        if (ready <= 0) return 0;
        _held.AsSpan(0, ready).CopyTo(buffer);
        _held.AsSpan(ready, _heldCount - ready).CopyTo(_held);
        _heldCount -= ready;
        return ready;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        int read;
        try
        {
            read = _gzip.Read(_held.AsSpan(_heldCount));
        }
        catch (InvalidDataException)
        {
            throw Unsound();
        }

        _heldCount += read;
        _output += read;
        if (_output > FreeBytes && _output / MostExpansion > _input.BytesRead)
        {
            throw Problem($"expected gzip that expands at most {MostExpansion} times; {_input.BytesRead} bytes have become more than {_output}");
        }

        if (read > 0) return;
        _ended = true;
        if (_heldCount < Marker.Length || !_held.AsSpan(_heldCount - Marker.Length, Marker.Length).SequenceEqual(Marker)) throw Unsound();
    }

    private InputException Unsound() => Problem("expected a whole gzip file; it is cut short, damaged, or followed by bytes that are not gzip");

    private InputException Problem(string expected) => new(new InputProblem(_displayName, 0, 0, "", null, expected));

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return output.ToArray();
    }

    /// <summary>The raw bytes, then the marker's member.</summary>
    private sealed class FollowedByMarker(Stream raw) : Stream
    {
        private int _markerSent;

        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int read = raw.Read(buffer);
            if (read == 0)
            {
                read = Math.Min(buffer.Length, MarkerMember.Length - _markerSent);
                MarkerMember.AsSpan(_markerSent, read).CopyTo(buffer);
                _markerSent += read;
            }

            BytesRead += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
