using System.Globalization;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>StatusCheck: requests to a service that tell whether it is well.</summary>
/// <remarks>Source: <c>api/v1alpha1/statuscheck_types.go</c> of Chaos Mesh 2.6, with its defaults.</remarks>
internal static class MeshStatusCheck
{
    private const int MostSeconds = 86_400;
    private const string Hosts = "expected http://NAME, http://NAME.NAMESPACE or http://NAME.NAMESPACE.svc.cluster.local, with a port and a path or without: the service that requests of the run go to";

    /// <summary>The check, as a guard from instant 0 on; its end is its duration. Null after a problem.</summary>
    internal static ServiceGuard? Read(YamlMap spec, MeshResource resource)
    {
        bool isContinuous = spec.Optional("mode")?.OneOf([("Synchronous", false), ("Continuous", true)]) == true;
        _ = spec.Optional("type")?.OneOf([("HTTP", 0)]);
        FaultReading.Harmless(spec, "recordsHistoryLimit");
        int interval = Whole(spec, "intervalSeconds", 10), timeout = Whole(spec, "timeoutSeconds", 1), failures = Whole(spec, "failureThreshold", 3), successes = Whole(spec, "successThreshold", 1);
        TimeSpan end = FaultReading.Length(spec.Optional("duration")) ?? TimeSpan.MaxValue;
        if (spec.Required("http")?.Map() is not { } http) return null;
        // What is asked, and how, is not told apart by what answers.
        FaultReading.Harmless(http, "headers", "body");
        _ = http.Optional("method")?.OneOf([("GET", 0), ("POST", 1)]);
        if (http.Required("criteria")?.Map()?.Required("statusCode") is { } code) CheckCode(code);
        if (http.Required("url") is not { } url || Service(url) is not { } service) return null;
        return new ServiceGuard("", service.Namespace ?? resource.Namespace, service.Name, TimeSpan.Zero, end, TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(timeout), failures) { Successes = successes, IsOverOnSuccess = !isContinuous };
    }

    private static int Whole(YamlMap spec, string key, int usual) => (int)(spec.Optional(key)?.Integer(1, MostSeconds) ?? usual);

    private static void CheckCode(YamlValue code)
    {
        string[] ends = code.TextOrNumber("expected a code such as 200, or a range such as 200-299")?.Split('-') ?? [];
        bool isRange = ends.Length is 1 or 2 && ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!isRange) code.Report("expected a code such as 200, or a range such as 200-299");
        else if (int.Parse(ends[0], CultureInfo.InvariantCulture) > 200 || int.Parse(ends[^1], CultureInfo.InvariantCulture) is < 200 or >= 500) code.Report("expected 200, or a range with it that ends below 500: a request of a run is answered well or fails");
    }

    private static (string Name, string? Namespace)? Service(YamlValue url)
    {
        if (url.Text() is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.HostNameType == UriHostNameType.Dns)
        {
            string[] parts = uri.Host.Split('.');
            if (parts.Length < 3 || (parts[2] == "svc" && string.Join('.', parts[3..]) is "" or "cluster.local")) return (parts[0], parts.Length > 1 ? parts[1] : null);
        }

        url.Report(Hosts);
        return null;
    }
}
