using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SchedBench.Experiments.Tests.External;

/// <summary>An extender on the loopback, for one test: answers each request with what the test says.</summary>
internal sealed class ExtenderServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<string, JsonNode, (int Status, string Body)> _answer;
    private readonly Lock _lock = new();
    private readonly List<(string Verb, JsonNode Body)> _requests = [];

    public ExtenderServer(Func<string, JsonNode, (int Status, string Body)> answer)
    {
        _answer = answer;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/scheduler";
        }

        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        new Thread(Serve) { IsBackground = true, Name = "extender" }.Start();
    }

    public string Address { get; }

    public IReadOnlyList<(string Verb, JsonNode Body)> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>The names that were asked about.</summary>
    public static string[] Names(JsonNode body) => body["NodeNames"] is { } names
        ? [.. names.AsArray().Select(name => (string)name!)]
        : [.. body["Nodes"]!["items"]!.AsArray().Select(node => (string)node!["metadata"]!["name"]!)];

    public static (int Status, string Body) Ok(object answer) => (200, JsonSerializer.Serialize(answer));

    public void Dispose() => _listener.Close();

    private void Serve()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = _listener.GetContext();
                string verb = context.Request.Url!.Segments[^1];
                JsonNode body = JsonNode.Parse(context.Request.InputStream)!;
                lock (_lock) _requests.Add((verb, body));
                (int status, string text) = _answer(verb, body);
                context.Response.StatusCode = status;
                using var writer = new StreamWriter(context.Response.OutputStream);
                writer.Write(text);
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The test is over, or the caller did not wait.
        }
    }
}
