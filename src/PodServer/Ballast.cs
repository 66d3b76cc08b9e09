namespace SchedBench.PodServer;

/// <summary>Memory that a process takes because it is told to, and every page of it.</summary>
internal sealed class Ballast : IDisposable
{
    private const int PageSize = 4096;
    private const int PieceBytes = 1 << 20;
    private readonly List<byte[]> _pieces = [];
    private readonly Timer? _leak;
    private double _owed;

    public Ballast(long bytes, double bytesPerSecond)
    {
        Take(bytes);
        if (bytesPerSecond > 0) _leak = new Timer(_ => Leak(bytesPerSecond / 10), null, 100, 100);
    }

    public void Dispose() => _leak?.Dispose();

    private void Leak(double bytes)
    {
        _owed += bytes;
        if (_owed < PieceBytes) return;
        Take((long)_owed);
        _owed = 0;
    }

    private void Take(long bytes)
    {
        for (; bytes > 0; bytes -= PieceBytes)
        {
            var piece = new byte[Math.Min(bytes, PieceBytes)];
            for (int at = 0; at < piece.Length; at += PageSize) piece[at] = 1;
            lock (_pieces) _pieces.Add(piece);
        }
    }
}
