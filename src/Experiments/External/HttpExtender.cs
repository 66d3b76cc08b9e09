using System.Net.Http.Headers;
using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Experiments.External;

/// <summary>An extender that is asked over HTTP (<c>pkg/scheduler/extender.go</c>): a POST to <c>urlPrefix/verb</c>, an answer within <c>httpTimeout</c>. The virtual clock waits.</summary>
internal sealed class HttpExtender : IExtenderClient
{
    private const int LargestAnswer = 64 << 20;
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly string _prefix;
    private readonly List<double> _seconds = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>Connects nothing yet.</summary>
    public HttpExtender(SchedulerExtender extender, TimeProvider time)
    {
        (Extender, _time) = (extender, time);
        _prefix = extender.UrlPrefix.TrimEnd('/');
        // Answers come from where the configuration says, and from nowhere else.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer };
    }

    /// <inheritdoc/>
    public SchedulerExtender Extender { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> AnswerSeconds => _seconds;

    /// <inheritdoc/>
    public void Filter(in PodRequest pod, StrategyContext context, List<NodeIndex> nodes, ISet<NodeIndex> unresolvable)
    {
        using JsonDocument document = Post(Extender.FilterVerb, ExtenderJson.Args(in pod, context, [.. nodes], Extender.IsNodeCacheCapable));
        JsonElement answer = document.RootElement;
        if (answer.ValueKind != JsonValueKind.Object) throw Wrong(Extender.FilterVerb, "an object was expected");
        if (answer.Member("Error") is { ValueKind: JsonValueKind.String } error && error.GetString() is { Length: > 0 } message) throw Wrong(Extender.FilterVerb, message);
        Index(context, nodes);
        var left = new List<NodeIndex>();
        foreach (string name in Extender.IsNodeCacheCapable ? Names(answer.Member("NodeNames")) : Names(answer.Member("Nodes").Member("items"), "metadata", "name"))
        {
            if (!_places.TryGetValue(name, out int place)) throw Wrong(Extender.FilterVerb, $"node {name} is none of those that it was asked about");
            left.Add(nodes[place]);
        }

        if (answer.Member("FailedAndUnresolvableNodes") is { ValueKind: JsonValueKind.Object } hopeless)
        {
            foreach (JsonProperty node in hopeless.EnumerateObject())
            {
                if (_places.TryGetValue(node.Name, out int place)) unresolvable.Add(nodes[place]);
            }
        }

        left.Sort((one, other) => one.Value.CompareTo(other.Value));
        nodes.Clear();
        nodes.AddRange(left.Distinct());
    }

    /// <inheritdoc/>
    public void Preempt(in PodRequest pod, StrategyContext context, List<PreemptionCandidate> candidates)
    {
        using JsonDocument document = Post(Extender.PreemptVerb, ExtenderJson.Preemption(in pod, context, candidates, Extender.IsNodeCacheCapable));
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw Wrong(Extender.PreemptVerb, "an object was expected");
        JsonElement answer = document.RootElement.Member("NodeNameToMetaVictims");
        var victims = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (answer.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty node in answer.EnumerateObject()) victims[node.Name] = node.Value;
        }

        var left = new List<PreemptionCandidate>();
        foreach (PreemptionCandidate candidate in candidates)
        {
            string name = ExtenderJson.NameOf(context, candidate.Node);
            if (!victims.Remove(name, out JsonElement wanted)) continue;
            if (Chosen(candidate, wanted, name) is { } chosen) left.Add(chosen);
        }

        if (victims.Count > 0) throw Wrong(Extender.PreemptVerb, $"node {victims.Keys.First()} is none of those that it was asked about");
        candidates.Clear();
        candidates.AddRange(left);
    }

    /// <summary>A candidate with the victims that the extender wants; null when it wants none there and may be ignored.</summary>
    private PreemptionCandidate? Chosen(PreemptionCandidate candidate, JsonElement wanted, string node)
    {
        var uids = Names(wanted.Member("Pods"), "UID").ToHashSet(StringComparer.Ordinal);
        if (uids.Count == 0) return Extender.IsIgnorable ? null : throw Wrong(Extender.PreemptVerb, $"expected at least one victim pod on node {node}");
        PlacedPod[] victims = [.. candidate.Potential.Where(pod => uids.Remove(ExtenderJson.UidOf(pod.Pod)))];
        if (uids.Count > 0) throw Wrong(Extender.PreemptVerb, $"victim {uids.First()} is no pod of lower priority on node {node}");
        int violations = wanted.Member("NumPDBViolations") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int count) ? count : 0;
        bool isSame = victims.Select(pod => pod.Pod).ToHashSet().SetEquals(candidate.Victims.Select(pod => pod.Pod));
        return candidate with { BudgetViolations = violations, Victims = isSame ? candidate.Victims : victims, IsAdvised = candidate.IsAdvised || !isSame };
    }

    /// <inheritdoc/>
    public void Prioritize(in PodRequest pod, StrategyContext context, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        using JsonDocument document = Post(Extender.PrioritizeVerb, ExtenderJson.Args(in pod, context, nodes, Extender.IsNodeCacheCapable));
        if (document.RootElement.ValueKind != JsonValueKind.Array) throw Wrong(Extender.PrioritizeVerb, "a list of hosts with scores was expected");
        Index(context, [.. nodes]);
        foreach (JsonElement item in document.RootElement.EnumerateArray())
        {
            if (item.Member("Host") is not { ValueKind: JsonValueKind.String } host || item.Member("Score") is not { ValueKind: JsonValueKind.Number } score || !score.TryGetInt64(out long value))
                throw Wrong(Extender.PrioritizeVerb, "every item needs a Host and a Score of 64 bits");
            if (_places.TryGetValue(host.GetString()!, out int place)) scores[place] = value;
        }
    }

    /// <inheritdoc/>
    public void Bind(in PodRequest pod, StrategyContext context, NodeIndex node)
    {
        using JsonDocument document = Post(Extender.BindVerb, ExtenderJson.Binding(in pod, context, node));
        if (document.RootElement.Member("Error") is { ValueKind: JsonValueKind.String } error && error.GetString() is { Length: > 0 } message) throw Wrong(Extender.BindVerb, message);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private JsonDocument Post(string verb, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_prefix}/{verb.TrimStart('/')}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var timeout = new CancellationTokenSource(Extender.HttpTimeout);
        long begun = _time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = _client.Send(request, HttpCompletionOption.ResponseContentRead, timeout.Token);
            if (response.StatusCode != System.Net.HttpStatusCode.OK) throw Wrong(verb, $"failed with HTTP status {(int)response.StatusCode}");
            using Stream content = response.Content.ReadAsStream(timeout.Token);
            return JsonDocument.Parse(content);
        }
        catch (Exception error) when (error is OperationCanceledException || (timeout.IsCancellationRequested && error is HttpRequestException or IOException))
        {
            throw Wrong(verb, $"no answer within {Extender.HttpTimeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException error)
        {
            throw Wrong(verb, error.Message);
        }
        catch (IOException error)
        {
            throw Wrong(verb, error.Message);
        }
        catch (JsonException)
        {
            throw Wrong(verb, "the answer is no JSON");
        }
        finally
        {
            _seconds.Add(_time.GetElapsedTime(begun).TotalSeconds);
        }
    }

    private void Index(StrategyContext context, List<NodeIndex> nodes)
    {
        _places.Clear();
        for (int n = 0; n < nodes.Count; n++) _places[ExtenderJson.NameOf(context, nodes[n])] = n;
    }

    private static IEnumerable<string> Names(JsonElement list, params string[] path)
    {
        if (list.ValueKind != JsonValueKind.Array) yield break;
        foreach (JsonElement item in list.EnumerateArray())
        {
            JsonElement name = path.Aggregate(item, (at, member) => at.Member(member));
            if (name.ValueKind == JsonValueKind.String) yield return name.GetString()!;
        }
    }

    private StrategyFaultException Wrong(string verb, string what) => new($"extender {Extender.UrlPrefix}, {verb}: {what}");
}
