using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SchedBench.PodServer;

/// <summary>HTTP/1.1 as far as a load generator and probes need it: one request after the other on a connection, no bodies in requests.</summary>
/// <remarks>
/// <c>/readyz</c> says 200 or 503, <c>/livez</c> 200; any other path is work: as many seconds as the header <c>X-Service-Seconds</c> says, within the limits of workers and queue. Every answer names the instance and its
/// version (<c>X-Instance</c>, <c>X-Version</c>). While it stops it finishes what it has; new connections are refused unless it serves on.
/// </remarks>
internal sealed class WebServer(PodSettings settings) : IDisposable
{
    private const int LargestRequest = 8192;
    private readonly Stopwatch _sinceListening = new();
    private readonly SemaphoreSlim _workers = new(settings.Concurrency);
    private Socket? _listener;
    private int _waiting;
    private long _number;
    private volatile bool _isStopping;

    private bool IsReady => settings.Ready >= 0 && _sinceListening.IsRunning && _sinceListening.Elapsed.TotalSeconds >= settings.Ready && !_isStopping;

    public async Task ServeAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(settings.Start)).ConfigureAwait(false);
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Any, settings.Port));
        listener.Listen(512);
        _listener = listener;
        _sinceListening.Start();
        if (_isStopping && !settings.ServesWhileStopping) listener.Dispose();
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (SocketException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            _ = TalkAsync(client);
        }
    }

    /// <summary>The stop signal came.</summary>
    public void BeginStop()
    {
        _isStopping = true;
        if (!settings.ServesWhileStopping) _listener?.Dispose();
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _workers.Dispose();
    }

    private async Task TalkAsync(Socket client)
    {
        using Socket connection = client;
        connection.NoDelay = true;
        var buffer = new byte[LargestRequest];
        int held = 0;
        try
        {
            while (true)
            {
                int end;
                while ((end = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8)) < 0)
                {
                    if (held == buffer.Length) return;
                    int read = await connection.ReceiveAsync(buffer.AsMemory(held)).ConfigureAwait(false);
                    if (read == 0) return;
                    held += read;
                }

                string request = Encoding.ASCII.GetString(buffer, 0, end);
                held -= end + 4;
                buffer.AsSpan(end + 4, held).CopyTo(buffer);
                bool closes = request.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase);
                int status = await AnswerAsync(request).ConfigureAwait(false);
                string answer = string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {status} {(status == 200 ? "OK" : "Error")}\r\nContent-Length: 0\r\nX-Instance: {settings.Instance}\r\nX-Version: {settings.Version}\r\n{(closes ? "Connection: close\r\n" : "")}\r\n");
                await connection.SendAsync(Encoding.ASCII.GetBytes(answer)).ConfigureAwait(false);
                if (closes)
                {
                    connection.Shutdown(SocketShutdown.Send);
                    return;
                }
            }
        }
        catch (SocketException)
        {
            // Whoever asked is gone.
        }
    }

    private async Task<int> AnswerAsync(string request)
    {
        string path = request.Split(' ', 3) is [_, var asked, ..] ? asked : "/";
        if (path == "/livez") return 200;
        if (path == "/readyz") return IsReady ? 200 : 503;
        if (!await _workers.WaitAsync(0).ConfigureAwait(false))
        {
            if (Interlocked.Increment(ref _waiting) > settings.QueueLimit)
            {
                Interlocked.Decrement(ref _waiting);
                return 503;
            }

            await _workers.WaitAsync().ConfigureAwait(false);
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            await WorkAsync(ServiceSeconds(request)).ConfigureAwait(false);
            long number = Interlocked.Increment(ref _number);
            return Math.Floor(number * settings.ErrorRatio) > Math.Floor((number - 1) * settings.ErrorRatio) ? 500 : 200;
        }
        finally
        {
            _workers.Release();
        }
    }

    private async Task WorkAsync(double seconds)
    {
        if (seconds <= 0) return;
        double cpu = seconds * settings.CpuShare;
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < cpu) Thread.SpinWait(50);
        TimeSpan left = TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(begun);
        if (left > TimeSpan.Zero) await Task.Delay(left).ConfigureAwait(false);
    }

    private static double ServiceSeconds(string request)
    {
        const string Header = "\r\nX-Service-Seconds: ";
        int at = request.IndexOf(Header, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 0;
        ReadOnlySpan<char> rest = request.AsSpan(at + Header.Length);
        int end = rest.IndexOf('\r');
        return double.TryParse(end < 0 ? rest : rest[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? seconds : 0;
    }
}
