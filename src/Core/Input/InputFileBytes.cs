using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace SchedBench.Core.Input;

/// <summary>The raw bytes of a regular file that must hold still: hashes what it hands out and compares length and time at the end.</summary>
internal sealed class InputFileBytes : Stream
{
    private readonly string _path;
    private readonly string _displayName;
    private readonly SafeFileHandle _handle;
    private readonly long _length;
    private readonly DateTime _modified;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;
    private string? _sha256Hex;

    private InputFileBytes(string path, string displayName, SafeFileHandle handle)
    {
        _path = path;
        _displayName = displayName;
        _handle = handle;
        _length = RandomAccess.GetLength(handle);
        _modified = File.GetLastWriteTimeUtc(handle);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Lower-case hex digits over all bytes; the end must have been reached.</summary>
    public string Sha256Hex => _sha256Hex ?? throw new InvalidOperationException("The hash of a file is known when its end has been reached.");

    public static InputFileBytes Open(string path, string displayName)
    {
        string target = InputFilePath.RegularFile(path, displayName);
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            return new InputFileBytes(target, displayName, handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            handle?.Dispose();
            string expected = e is UnauthorizedAccessException ? "expected a file that may be read; permission is denied" : $"cannot be opened: {e.Message}";
            throw new InputException(new InputProblem(displayName, 0, 0, "", null, expected));
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, _length - _position);
        if (wanted == 0)
        {
            if (buffer.Length > 0 && _sha256Hex is null) Finish();
            return 0;
        }

        int read;
        try
        {
            read = RandomAccess.Read(_handle, buffer[..wanted], _position);
        }
        catch (IOException e)
        {
            throw Problem($"cannot be read: {e.Message}");
        }

        if (read == 0) throw Changed($"it shrank from {_length} to {_position} bytes");
        _position += read;
        _hash.AppendData(buffer[..read]);
        return read;
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
            _handle.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Finish()
    {
        long length = RandomAccess.GetLength(_handle);
        if (length != _length) throw Changed($"its length went from {_length} to {length} bytes");
        if (File.GetLastWriteTimeUtc(_handle) != _modified) throw Changed("it was written to");
        var named = new FileInfo(_path);
        if (!named.Exists) throw Changed("it was removed");
        if (named.Length != _length || named.LastWriteTimeUtc != _modified) throw Changed("it was replaced");
        _sha256Hex = Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    private InputException Changed(string how) => Problem($"expected a file that stays as it is while it is read; {how}");

    private InputException Problem(string expected) => new(new InputProblem(_displayName, 0, 0, "", null, expected));
}
