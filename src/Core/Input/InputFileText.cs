using System.Buffers;

namespace SchedBench.Core.Input;

/// <summary>The checked text of an <see cref="InputFile"/>: a <see cref="TextReader"/> whose every line end is <c>\n</c>, with a line-wise way in that
/// allocates nothing. Reads in bounded memory: two blocks and the longest line.</summary>
public sealed class InputFileText : TextReader
{
    private const int BlockBytes = 1 << 16;
    private static readonly SearchValues<char> Special = SearchValues.Create("\0\r\n");

    private readonly InputFileBytes _raw;
    private readonly Stream _bytes;
    private readonly string _displayName;
    private readonly InputFileLimits _limits;
    private readonly InputFileEncoding _encoding;
    private readonly byte[] _block = new byte[BlockBytes];
    private int _blockCount;
    private bool _ended;

    // Decoded and checked text that nobody has taken yet is _text[_start.._end].
    private char[] _text = new char[2 * BlockBytes];
    private int _start;
    private int _end;

    // Where the decoder stands: the line, the units of it so far, and a carriage return whose line feed must come next.
    private int _line = 1;
    private int _lineChars;
    private bool _pendingReturn;
    private long _textBytes;

    internal InputFileText(InputFileBytes raw, string displayName, bool namedGzip, InputFileLimits limits)
    {
        _raw = raw;
        _bytes = raw;
        _displayName = displayName;
        _limits = limits;
        FillBlock();
        if (InputFileEncoding.Gzip(_block.AsSpan(0, _blockCount)))
        {
            _bytes = new InputFileGzip(new Prefixed(_block.AsSpan(0, _blockCount).ToArray(), raw), displayName);
            _blockCount = 0;
            _ended = false;
            FillBlock();
        }
        else if (namedGzip)
        {
            throw Problem(0, null, "expected gzip, as the name ends in .gz; its first bytes are not gzip");
        }

        if (_blockCount == 0) throw Problem(0, null, "expected a file with contents; this is empty");
        _encoding = InputFileEncoding.Detect(_block.AsSpan(0, _blockCount), displayName, out int mark);
        Drop(mark);
        if (_blockCount == 0 && _ended) throw Problem(0, null, "expected a file with contents; this holds only a byte order mark");
    }

    /// <summary>The file as the user named it, for messages about its content.</summary>
    public string DisplayName => _displayName;

    /// <summary>One-based number of the line that <see cref="TryReadLine"/> returned last; 0 before the first.</summary>
    public int Line { get; private set; }

    /// <summary>SHA-256 over the file's raw bytes as they were read: 64 lower-case hex digits.</summary>
    /// <exception cref="InvalidOperationException">The end has not been reached yet.</exception>
    public string Sha256Hex => _raw.Sha256Hex;

    /// <summary>The next line without its line end.</summary>
    /// <param name="line">Valid until the next call on this reader.</param>
    /// <returns><see langword="false"/> at the end of the text. A last line without a line end counts as a line.</returns>
    /// <remarks>Use either this or the character-wise methods on one reader: <see cref="Line"/> counts only the lines taken here.</remarks>
    public bool TryReadLine(out ReadOnlySpan<char> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _text.AsSpan(_start + searched, _end - _start - searched).IndexOf('\n');
            if (length >= 0)
            {
                line = _text.AsSpan(_start, searched + length);
                _start += searched + length + 1;
                Line++;
                return true;
            }

            searched = _end - _start;
            if (Decode()) continue;
            line = _text.AsSpan(_start, searched);
            _start = _end;
            if (searched == 0) return false;
            Line++;
            return true;
        }
    }

    /// <inheritdoc/>
    public override string? ReadLine() => TryReadLine(out ReadOnlySpan<char> line) ? line.ToString() : null;

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        if (buffer.Length == 0 || !Available()) return 0;
        int count = Math.Min(buffer.Length, _end - _start);
        _text.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override int Read() => Available() ? _text[_start++] : -1;

    /// <inheritdoc/>
    public override int Peek() => Available() ? _text[_start] : -1;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _bytes.Dispose();
            _raw.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Available() => _start < _end || Decode();

    /// <summary>Decodes one more block behind the text at hand. False at the end.</summary>
    private bool Decode()
    {
        int before = _end - _start;
        while (_end - _start == before)
        {
            FillBlock();
            if (_blockCount == 0)
            {
                if (_pendingReturn) throw LoneReturn();
                return false;
            }

            MakeRoom();
            int from = _end;
            OperationStatus status = _encoding.Decode(_block.AsSpan(0, _blockCount), _text.AsSpan(from), _ended, out int used, out int written);
            Check(from, written);
            if (status == OperationStatus.InvalidData || (_ended && used == 0))
            {
                throw Problem(_line, $"0x{_block[used]:X2}", $"expected {_encoding.Name} text; character {_lineChars + 1} of the line is not");
            }

            Drop(used);
        }

        return true;
    }

    /// <summary>Takes in <paramref name="written"/> new units at <paramref name="from"/>: drops the <c>\r</c> of <c>\r\n</c> and refuses what is not sound text.</summary>
    private void Check(int from, int written)
    {
        Span<char> units = _text.AsSpan(from, written);
        int read = 0, kept = 0;
        while (read < written)
        {
            if (_pendingReturn && units[read] != '\n') throw LoneReturn();
            _pendingReturn = false;
            int run = units[read..].IndexOfAny(Special);
            int plain = run < 0 ? written - read : run;
            if (kept != read) units.Slice(read, plain).CopyTo(units[kept..]);
            read += plain;
            kept += plain;
            _lineChars += plain;
            if (_lineChars > _limits.MaxLineChars) throw Problem(_line, null, $"expected lines of at most {_limits.MaxLineChars} characters");
            if (run < 0) break;
            switch (units[read++])
            {
                case '\0':
                    throw Problem(_line, null, $"expected text; character {_lineChars + 1} of the line is NUL");
                case '\r':
                    _pendingReturn = true;
                    break;
                default:
                    units[kept++] = '\n';
                    _line++;
                    _lineChars = 0;
                    break;
            }
        }

        _end = from + kept;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _text.AsSpan(_start, _end - _start).CopyTo(_text);
            _end -= _start;
            _start = 0;
        }

        if (_text.Length - _end < BlockBytes) Array.Resize(ref _text, checked(_text.Length * 2));
    }

    /// <summary>Reads until the block is full or the file ends, so that an unfinished character at the end of the text is seen as such.</summary>
    private void FillBlock()
    {
        while (!_ended && _blockCount < BlockBytes)
        {
            int read = _bytes.Read(_block.AsSpan(_blockCount));
            _ended = read == 0;
            _blockCount += read;
            _textBytes += read;
            if (_textBytes > _limits.MaxTextBytes) throw Problem(0, null, $"expected at most {_limits.MaxTextBytes} bytes of text");
        }
    }

    private void Drop(int count)
    {
        _block.AsSpan(count, _blockCount - count).CopyTo(_block);
        _blockCount -= count;
    }

    private InputException LoneReturn() => Problem(_line, "\r", "expected line ends \\n or \\r\\n; this carriage return stands alone");

    private InputException Problem(int line, string? value, string expected) => new(new InputProblem(_displayName, line, 0, "", value, expected));

    /// <summary>Bytes read ahead to recognise the file, then the rest of it.</summary>
    private sealed class Prefixed(byte[] prefix, Stream rest) : Stream
    {
        private int _taken;

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
            if (_taken == prefix.Length) return rest.Read(buffer);
            int count = Math.Min(buffer.Length, prefix.Length - _taken);
            prefix.AsSpan(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
