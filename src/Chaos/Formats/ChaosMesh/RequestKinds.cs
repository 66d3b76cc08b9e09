using System.Globalization;
using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>Kinds that requests of clients suffer: IOChaos, HTTPChaos, DNSChaos.</summary>
/// <remarks>Source: <c>api/v1alpha1/iochaos_types.go</c>, <c>httpchaos_types.go</c>, <c>podhttpchaos_types.go</c>, <c>dnschaos_types.go</c> of Chaos Mesh 2.6.</remarks>
internal static class RequestKinds
{
    private static readonly string[] WholePaths = ["*", "/*", "/**"];
    private static readonly (string Name, int Value)[] IoActions = [("latency", 0), ("fault", 1), ("attrOverride", 2), ("mistake", 3)];

    /// <summary>IOChaos: every request of a pod is taken for one operation on its volume.</summary>
    internal static MeshChaos IOChaos(YamlMap spec, MeshResource resource)
    {
        (PodTarget target, TimeSpan? duration) = PodKinds.Common(spec, resource);
        int? action = spec.Required("action")?.OneOf(IoActions);
        FaultReading.Refuse(spec, "containerNames", "requests go to a pod as a whole");
        _ = spec.Required("volumePath")?.Text();
        _ = spec.Optional("path")?.Text();
        IReadOnlyList<string> methods = FaultReading.Texts(spec.Optional("methods"));
        if (methods.Count > 0 && !methods.Any(method => method.ToUpperInvariant() is "READ" or "WRITE")) spec.Peek("methods")!.Report("expected READ or WRITE among them: a request here works on its data, and does nothing else with files");
        string percent = (spec.Optional("percent")?.Integer(0, 100) ?? 100).ToString(CultureInfo.InvariantCulture);
        YamlValue? delay = spec.Optional("delay"), errno = spec.Optional("errno");
        _ = errno?.Integer(0, 4095);
        foreach (string key in (string[])["attr", "mistake"]) FaultReading.Refuse(spec, key, "files of a run have no content and no attributes");
        if (action == 0)
        {
            if (delay is null) spec.Report("expected delay beside the action latency");
            if (errno is not null) errno.Report("expected this key only beside the action fault");
            return delay?.Text() is { } latency ? One(FaultReading.With(EffectCatalog.Of("requestDelay").With("percent", percent), "latency", latency, delay), target, duration) : MeshChaos.None;
        }

        if (action > 1) spec.Peek("action")!.Report("expected latency or fault: files of a run have no content and no attributes");
        if (action != 1) return MeshChaos.None;
        if (errno is null) spec.Report("expected errno beside the action fault");
        if (delay is not null && !FaultReading.IsEmpty(delay)) delay.Report("expected this key only beside the action latency");
        return One(EffectCatalog.Of("requestError").With("percent", percent), target, duration);
    }

    /// <summary>HTTPChaos: requests to pods are broken off, late, or answered with an error.</summary>
    internal static MeshChaos HttpChaos(YamlMap spec, MeshResource resource)
    {
        (PodTarget target, TimeSpan? duration) = PodKinds.Common(spec, resource);
        bool? isResponse = spec.Required("target")?.OneOf([("Request", false), ("Response", true)]);
        CheckRules(spec);
        var effects = new List<MeshEffect>();
        YamlValue? delay = spec.Optional("delay");
        if (spec.Optional("abort")?.Boolean() == true) effects.Add(new MeshEffect("abort", EffectCatalog.Of("requestAbort"), target));
        if (delay?.Text() is { } latency) effects.Add(new MeshEffect("delay", FaultReading.With(EffectCatalog.Of("requestDelay"), "latency", latency, delay), target));
        if (spec.Optional("replace")?.Map() is { } replace)
        {
            foreach (string key in (string[])["path", "method", "body", "queries", "headers"]) FaultReading.Refuse(replace, key, "requests of a run have no content that could be replaced");
            YamlValue? code = replace.Optional("code");
            if (code?.Integer(100, 599) is { } status)
            {
                if (status < 500) code.Report("expected a code of 500 or more: an answer with another one is none that failed");
                else if (isResponse == false) code.Report("expected this key only beside target Response");
                else effects.Add(new MeshEffect("error", EffectCatalog.Of("requestError"), target));
            }
        }

        FaultReading.Refuse(spec, "patch", "requests of a run have no content that could be changed");
        if (effects.Count == 0) spec.Report("expected abort: true, delay, or replace with a code of 500 or more");
        return new MeshChaos(effects.Count == 1 ? [effects[0] with { Suffix = "" }] : effects, duration);
    }

    /// <summary>Rules that say which requests are meant: only those that mean all of them can be kept.</summary>
    private static void CheckRules(YamlMap spec)
    {
        _ = spec.Required("port")?.Integer(1, 65_535);
        FaultReading.Harmless(spec, "tls");
        if (spec.Optional("path") is { } path && path.Text() is { } pattern && !WholePaths.Contains(pattern, StringComparer.Ordinal)) path.Report("expected '*', which is every path, or this key left out: a fault here is of all requests to a pod");
        if (spec.Optional("method") is { } method && method.Text() is { } verb && verb is not ("GET" or "*")) method.Report("expected GET or this key left out: requests of a run have no other method");
        foreach (string key in (string[])["code", "request_headers", "response_headers"]) FaultReading.Refuse(spec, key, "a fault here is of all requests to a pod");
    }

    /// <summary>DNSChaos: names of services are not found.</summary>
    internal static MeshChaos DnsChaos(YamlMap spec, MeshResource resource)
    {
        (_, TimeSpan? duration) = PodKinds.Common(spec, resource);
        _ = spec.Required("action")?.OneOf([("error", 0), ("random", 1)]);
        FaultReading.Refuse(spec, "containerNames", "who looks up names in a run is outside of the pods");
        if (spec.Peek("selector") is { } selector) resource.Reading.Note(selector, "clients of a run are in none of its pods: the names are not found by any of them");
        FaultEffect all = EffectCatalog.Of("dnsFailure");
        YamlValue? list = spec.Optional("patterns");
        string[] services = [.. (list?.Items() ?? []).Select(Service).OfType<string>()];
        if (list is null || FaultReading.IsEmpty(list) || services.Contains("", StringComparer.Ordinal)) return One(all, ClusterTarget.Instance, duration);
        return new MeshChaos([.. services.Select(name => new MeshEffect(services.Length > 1 ? name.Replace('/', '.') : "", all.With("service", name), ClusterTarget.Instance))], duration);
    }

    /// <summary>The service of a pattern, <c>namespace/name</c> or <c>name</c>; empty for all; null after a problem.</summary>
    private static string? Service(YamlValue item)
    {
        const string Expected = "expected the name of a service: name, name.namespace, name.namespace.svc.cluster.local, name.*, or * for all; a run knows no other names";
        if (item.Text() is not { } text) return null;
        if (text == "*") return "";
        string[] parts = text.Split('.');
        bool isService = parts.Length switch
        {
            1 => true,
            2 => true,
            _ => parts[2] is "*" or "svc" && string.Join('.', parts[3..]) is "" or "*" or "cluster.local" or "cluster.*",
        };
        bool isExact = !parts[0].AsSpan().ContainsAny('*', '?') && (parts.Length == 1 || parts[1] == "*" || !parts[1].AsSpan().ContainsAny('*', '?'));
        if (isService && isExact && parts.All(part => part.Length > 0)) return parts.Length == 1 || parts[1] == "*" ? parts[0] : $"{parts[1]}/{parts[0]}";
        item.Report(Expected);
        return null;
    }

    private static MeshChaos One(FaultEffect effect, FaultTarget target, TimeSpan? duration) => new([new MeshEffect("", effect, target)], duration);
}
