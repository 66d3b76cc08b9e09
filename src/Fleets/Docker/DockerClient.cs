using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets.Docker;

/// <summary>The REST API of a Docker Engine (or of podman's compatible service), as far as a fleet needs it. Thread-safe.</summary>
/// <remarks>Source: Docker Engine API v1.41. Over a unix socket, or TCP with TLS when <c>DOCKER_CERT_PATH</c> names certificates. An answer above 299 is an <see cref="EngineException"/> with what the engine said.</remarks>
internal sealed class DockerClient : IDisposable
{
    private const string Version = "v1.41";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;

    private DockerClient(string host, HttpClient http) => (Host, _http) = (host, http);

    /// <summary>What it talks to, as it was stated.</summary>
    public string Host { get; }

    /// <summary>A client of a host.</summary>
    /// <param name="host"><c>unix:///path</c> or <c>tcp://host:port</c>.</param>
    /// <exception cref="EngineException">It is neither.</exception>
    public static DockerClient Of(string host)
    {
        if (host.StartsWith("unix://", StringComparison.Ordinal))
        {
            string path = host["unix://".Length..];
            var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            };
            return new DockerClient(host, new HttpClient(handler) { BaseAddress = new Uri("http://engine"), Timeout = System.Threading.Timeout.InfiniteTimeSpan });
        }

        if (Uri.TryCreate(host, UriKind.Absolute, out Uri? uri) && uri.Scheme == "tcp") return OfTcp(host, uri);
        throw new EngineException($"'{host}' is no engine: expected unix:///path or tcp://host:port");
    }

    /// <summary>Asks, and reads the answer as JSON; null where it has none.</summary>
    /// <param name="method">Method.</param>
    /// <param name="path">Path and query, without the version.</param>
    /// <param name="body">Body, or null.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="accepted">Further statuses that are no error, such as 304 and 404.</param>
    public async Task<JsonNode?> AskAsync(HttpMethod method, string path, JsonNode? body = null, CancellationToken cancellation = default, params IReadOnlyList<int> accepted)
    {
        using HttpContent? content = body is null ? null : new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        return await SendAsync(method, path, content, Timeout, accepted, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends a tar archive.</summary>
    public async Task<JsonNode?> SendTarAsync(string path, byte[] tar, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(tar);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        return await SendAsync(HttpMethod.Post, path, content, Timeout, [], cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits for the end of a container.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitAsync(string id, CancellationToken cancellation)
    {
        JsonNode? answer = await SendAsync(HttpMethod.Post, $"/containers/{id}/wait", null, System.Threading.Timeout.InfiniteTimeSpan, [], cancellation).ConfigureAwait(false);
        return (int?)answer?["StatusCode"] ?? -1;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static DockerClient OfTcp(string host, Uri uri)
    {
        var handler = new SocketsHttpHandler();
        string? folder = Environment.GetEnvironmentVariable("DOCKER_CERT_PATH");
        if (folder is null) return new DockerClient(host, new HttpClient(handler) { BaseAddress = new Uri($"http://{uri.Authority}"), Timeout = System.Threading.Timeout.InfiniteTimeSpan });
        var own = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.pem"));
        handler.SslOptions.ClientCertificates = [own];
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            if (certificate is null || chain is null) return false;
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(new X509Certificate2(certificate)) && new X509Certificate2(certificate).MatchesHostname(uri.Host);
        };
        return new DockerClient(host, new HttpClient(handler) { BaseAddress = new Uri($"https://{uri.Authority}"), Timeout = System.Threading.Timeout.InfiniteTimeSpan });
    }

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, HttpContent? content, TimeSpan timeout, IReadOnlyList<int> accepted, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(method, $"/{Version}{path}") { Content = content };
            using HttpResponseMessage response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
            string text = await response.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            if (accepted.Contains(status)) return null;
            if (status > 299) throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"{method} {path.Split('?')[0]}: {status} {Said(text)}"));
            // Some answers are a line of JSON for each step: the last says what came of it.
            string last = text.TrimEnd().Split('\n')[^1];
            return status == (int)HttpStatusCode.NoContent || last.Length == 0 || last[0] is not ('{' or '[') ? null : JsonNode.Parse(last);
        }
        catch (HttpRequestException error)
        {
            throw new EngineException($"no engine answers at {Host}: {error.GetBaseException().Message}", error);
        }
        catch (JsonException error)
        {
            throw new EngineException($"{method} {path.Split('?')[0]}: the answer of {Host} is no JSON: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"{method} {path.Split('?')[0]}: no answer of {Host} within {timeout.TotalSeconds:0} s"), error);
        }
    }

    private static string Said(string text)
    {
        try
        {
            return ((string?)JsonNode.Parse(text)?["message"] ?? text).ReplaceLineEndings(" ").Trim();
        }
        catch (JsonException)
        {
            return text.ReplaceLineEndings(" ").Trim();
        }
    }
}
