using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SchedBench.Fleets.Load;

/// <summary>How an exchange ended.</summary>
internal enum ExchangeEnding : byte
{
    /// <summary>With an answer.</summary>
    Answered,

    /// <summary>Nobody listened there.</summary>
    Refused,

    /// <summary>The connection was broken before the answer was whole.</summary>
    Reset,

    /// <summary>No answer in time.</summary>
    TimedOut,
}

/// <summary>What came of a request.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Status">Status of the answer, or 0.</param>
/// <param name="Instance">Who answered; empty when it did not say.</param>
internal readonly record struct ExchangeResult(ExchangeEnding Ending, int Status, string Instance);

/// <summary>One HTTP request over a connection of its own: small, and it tells refused, reset and timed out apart.</summary>
internal static class HttpExchange
{
    private const int LargestHead = 4096;
    private const string InstanceHeader = "\r\nX-Instance: ";

    /// <summary>Asks.</summary>
    /// <param name="address">Whom.</param>
    /// <param name="path">Path.</param>
    /// <param name="headers">Further headers, each ended by CR LF; empty for none.</param>
    /// <param name="timeout">Time for all of it.</param>
    /// <param name="cancellation">Gives up: the exchange has timed out then.</param>
    public static async Task<ExchangeResult> GetAsync(IPEndPoint address, string path, string headers, TimeSpan timeout, CancellationToken cancellation)
    {
        if (timeout <= TimeSpan.Zero) return new ExchangeResult(ExchangeEnding.TimedOut, 0, "");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        bool isConnected = false;
        try
        {
            await socket.ConnectAsync(address, limit.Token).ConfigureAwait(false);
            isConnected = true;
            byte[] request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
            await socket.SendAsync(request, limit.Token).ConfigureAwait(false);
            var buffer = new byte[LargestHead];
            int held = 0;
            while (true)
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(held), limit.Token).ConfigureAwait(false);
                if (read == 0) return new ExchangeResult(ExchangeEnding.Reset, 0, "");
                held += read;
                if (buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8) is >= 0 and var end) return Parse(Encoding.ASCII.GetString(buffer, 0, end));
                if (held == buffer.Length) return new ExchangeResult(ExchangeEnding.Reset, 0, "");
            }
        }
        catch (OperationCanceledException)
        {
            return new ExchangeResult(ExchangeEnding.TimedOut, 0, "");
        }
        catch (SocketException error)
        {
            bool isRefused = !isConnected && error.SocketErrorCode != SocketError.TimedOut;
            return new ExchangeResult(isRefused ? ExchangeEnding.Refused : error.SocketErrorCode == SocketError.TimedOut ? ExchangeEnding.TimedOut : ExchangeEnding.Reset, 0, "");
        }
    }

    /// <summary>Whether somebody accepts connections there.</summary>
    public static async Task<bool> AcceptsAsync(IPEndPoint address, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private static ExchangeResult Parse(string head)
    {
        string[] parts = head.Split(' ', 3);
        int status = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : 0;
        int at = head.IndexOf(InstanceHeader, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return new ExchangeResult(ExchangeEnding.Answered, status, "");
        at += InstanceHeader.Length;
        int end = head.IndexOf('\r', at);
        return new ExchangeResult(ExchangeEnding.Answered, status, end < 0 ? head[at..] : head[at..end]);
    }
}
