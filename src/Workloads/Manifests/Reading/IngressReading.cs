using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Ingresses. The canary annotations are those of the widely used nginx controller.</summary>
internal static class IngressReading
{
    internal const string Canary = "nginx.ingress.kubernetes.io/canary";
    internal const string CanaryWeight = Canary + "-weight";

    internal static Ingress Read(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap? spec = root.Child("spec");
        var routes = new List<IngressRoute>();
        string backend = "";
        if (spec?.Child("defaultBackend") is { } map) (backend, _, _) = ReadBackend(reading, map);
        foreach (YamlMap rule in spec?.Children("rules") ?? []) ReadRule(reading, rule, routes);
        if (backend.Length == 0 && routes.Count == 0 && spec?.Values("rules").Count is null or 0) (spec ?? root).Report("expected defaultBackend or rules");
        return new Ingress { Metadata = meta, Routes = [.. routes], DefaultService = backend, CanaryWeight = ReadWeight(root, meta) };
    }

    private static void ReadRule(ObjectReading reading, YamlMap rule, List<IngressRoute> routes)
    {
        string host = rule.Text("host");
        if (host.Length > 0 && (IpText.IsAddress(host) || KubernetesName.CheckSubdomain(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) is not null))
        {
            rule.Optional("host")!.Report("expected the name of a host, such as shop.example or *.shop.example");
        }

        foreach (YamlMap path in rule.Child("http")?.Children("paths") ?? [])
        {
            string kind = path.Text("pathType"), text = path.Text("path");
            bool isFree = kind == "ImplementationSpecific";
            bool isWrong = (!isFree && !text.StartsWith('/')) || text.Contains("//", StringComparison.Ordinal) || text.Split('/').Any(part => part is "." or "..");
            if (isWrong) (path.Optional("path") ?? path.Optional("pathType"))?.Report("expected a path that begins with '/', without '//', '/./' and '/../'");
            (string service, int port, string portName) = path.Child("backend") is { } backend ? ReadBackend(reading, backend) : ("", 0, "");
            if (service.Length > 0) routes.Add(new IngressRoute(host, text.Length == 0 ? "/" : text, kind == "Exact", service, port, portName));
        }
    }

    private static (string Service, int Port, string PortName) ReadBackend(ObjectReading reading, YamlMap map)
    {
        if (map.Has("service") == map.Has("resource"))
        {
            map.Report("expected exactly one of service and resource");
            return ("", 0, "");
        }

        if (map.Optional("resource") is { } resource) reading.Note(resource, "backends other than services are not simulated: the route is left out");
        if (map.Child("service") is not { } service) return ("", 0, "");
        string name = service.Checked("name", text => KubernetesName.CheckDnsLabel(text, startsWithLetter: true));
        if (service.Child("port") is not { } port)
        {
            service.Report("expected port with a number or a name");
            return (name, 0, "");
        }

        if (port.Has("number") == port.Has("name")) port.Report("expected exactly one of number and name");
        return (name, port.Count("number", 0, 1, 65_535), port.Checked("name", KubernetesName.CheckPortName));
    }

    private static int? ReadWeight(YamlMap root, ObjectMeta meta)
    {
        if (meta.Annotations.ValueOf(Canary) != "true") return null;
        if (meta.Annotations.ValueOf(CanaryWeight) is not { } text) return 0;
        bool isWeight = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int weight) && weight <= 100;
        if (!isWeight) root.Child("metadata")?.Child("annotations")?.Optional(CanaryWeight)?.Report("expected a percentage from 0 to 100 in quotes");
        return weight;
    }
}
