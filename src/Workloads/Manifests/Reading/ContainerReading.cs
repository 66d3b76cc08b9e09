using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>A container: image, resources, ports, environment, mounts.</summary>
internal static class ContainerReading
{
    private static readonly (string, ImagePullPolicy)[] PullPolicies =
        [("Always", ImagePullPolicy.Always), ("IfNotPresent", ImagePullPolicy.IfNotPresent), ("Never", ImagePullPolicy.Never)];

    internal static Container Read(YamlMap map, bool isInit, bool hasHostNetwork)
    {
        string image = map.Text("image");
        const string ExpectedImage = "expected an image, such as registry.example/app:1.2";
        if (map.Optional("image") is not { } imageValue) map.Report(ExpectedImage);
        else if (image.Length == 0 || image != image.Trim()) imageValue.Report(ExpectedImage);
        bool isSidecar = false;
        if (map.Optional("restartPolicy") is { } policy)
        {
            isSidecar = isInit && policy.PlainText == "Always";
            if (!isSidecar) policy.Report("expected Always, and that on an init container only (a sidecar)");
        }

        YamlMap? resources = map.Child("resources");
        SortedDictionary<string, (long Amount, YamlValue At)> limits = AmountReading.Read(resources, "limits", AmountReading.CheckResource);
        SortedDictionary<string, (long Amount, YamlValue At)> requests = AmountReading.Read(resources, "requests", AmountReading.CheckResource);
        Compare(requests, limits);

        // What has a limit and no request is requested in full.
        foreach ((string name, (long, YamlValue) limit) in limits) requests.TryAdd(name, limit);
        return new Container
        {
            Name = map.Checked("name", text => KubernetesName.CheckDnsLabel(text)),
            Image = image,
            PullPolicy = map.Choice("imagePullPolicy", IsLatest(image) ? ImagePullPolicy.Always : ImagePullPolicy.IfNotPresent, PullPolicies),
            CpuMilli = Of(requests, AmountReading.Cpu),
            MemoryBytes = Of(requests, AmountReading.Memory),
            EphemeralStorageBytes = Of(requests, AmountReading.EphemeralStorage),
            CpuMilliLimit = limits.TryGetValue(AmountReading.Cpu, out (long Amount, YamlValue) cpu) ? cpu.Amount : null,
            MemoryBytesLimit = limits.TryGetValue(AmountReading.Memory, out (long Amount, YamlValue) memory) ? memory.Amount : null,
            EphemeralStorageBytesLimit = limits.TryGetValue(AmountReading.EphemeralStorage, out (long Amount, YamlValue) disk) ? disk.Amount : null,
            Extended = [.. requests.Where(entry => AmountReading.IsExact(entry.Key) && entry.Value.Amount > 0).Select(entry => new ResourceAmount(entry.Key, entry.Value.Amount))],
            Ports = ReadPorts(map, hasHostNetwork),
            Environment = EnvironmentReading.Read(map),
            Mounts = ReadMounts(map),
            Readiness = ProbeReading.Read(map, "readinessProbe", isReadiness: true, isInit && !isSidecar),
            Liveness = ProbeReading.Read(map, "livenessProbe", isReadiness: false, isInit && !isSidecar),
            Startup = ProbeReading.Read(map, "startupProbe", isReadiness: false, isInit && !isSidecar),
            PreStopSleep = ProbeReading.ReadPreStop(map),
            IsSidecar = isSidecar,
        };
    }

    private static long Of(SortedDictionary<string, (long Amount, YamlValue At)> amounts, string name) => amounts.TryGetValue(name, out (long Amount, YamlValue) entry) ? entry.Amount : 0;

    /// <summary>Requests stay within limits; what cannot be overcommitted has a limit, equal to its request.</summary>
    private static void Compare(SortedDictionary<string, (long Amount, YamlValue At)> requests, SortedDictionary<string, (long Amount, YamlValue At)> limits)
    {
        foreach ((string name, (long amount, YamlValue at)) in requests)
        {
            bool hasLimit = limits.TryGetValue(name, out (long Amount, YamlValue) limit);
            if (AmountReading.IsExact(name))
            {
                if (!hasLimit) at.Report($"expected a limit of {name} beside the request, equal to it");
                else if (limit.Amount != amount) at.Report($"expected a request of {name} that is equal to its limit");
            }
            else if (hasLimit && amount > limit.Amount)
            {
                at.Report($"expected a request of at most the limit of {name}");
            }
        }
    }

    /// <summary>Whether the image's tag is <c>latest</c>, said or not.</summary>
    private static bool IsLatest(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal)) return false;
        string last = image[(image.LastIndexOf('/') + 1)..];
        int colon = last.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || last[(colon + 1)..] == "latest";
    }

    private static ValueList<ContainerPort> ReadPorts(YamlMap map, bool hasHostNetwork)
    {
        var ports = new List<ContainerPort>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlMap port in map.Children("ports"))
        {
            int number = port.Count("containerPort", 0, 1, 65_535), hostPort = port.Count("hostPort", 0, 0, 65_535);
            if (hasHostNetwork && hostPort == 0) hostPort = number;
            else if (hasHostNetwork && hostPort != number) port.Optional("hostPort")!.Report("expected the container's port: the pod uses the host's network");
            string name = port.Checked("name", KubernetesName.CheckPortName);
            if (name.Length > 0 && !names.Add(name)) port.Optional("name")!.Report("expected every port name once in its container");
            string hostIp = port.Text("hostIP");
            if (hostIp.Length > 0 && !IpText.IsAddress(hostIp)) port.Optional("hostIP")!.Report(IpText.Expected);
            ports.Add(new ContainerPort(name, number, hostPort, Protocol(port), hostIp));
        }

        return [.. ports];
    }

    /// <summary>The protocol of a port; TCP unless stated.</summary>
    internal static string Protocol(YamlMap port) => port.Text("protocol") is { Length: > 0 } text ? text : "TCP";

    private static ValueList<VolumeMount> ReadMounts(YamlMap map)
    {
        var mounts = new List<VolumeMount>();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlMap mount in map.Children("volumeMounts"))
        {
            string path = mount.Required("mountPath", "expected a path");
            if (path.Length > 0 && !paths.Add(path)) mount.Optional("mountPath")!.Report("expected every path once in its container");
            if (path.Contains(':', StringComparison.Ordinal)) mount.Optional("mountPath")!.Report("expected a path without ':'");
            string subPath = mount.Text("subPath");
            if (subPath.StartsWith('/') || subPath.Split('/').Contains("..")) mount.Optional("subPath")!.Report("expected a relative path without '..'");
            mounts.Add(new VolumeMount(mount.Text("name"), path, mount.Flag("readOnly")));
        }

        return [.. mounts];
    }
}

/// <summary>Addresses as Kubernetes writes them.</summary>
internal static class IpText
{
    internal const string Expected = "expected an IP address, such as 10.9.8.7 or 2001:db8::1";

    /// <summary>Whether it is an IPv4 address of four decimal numbers, or an IPv6 address.</summary>
    internal static bool IsAddress(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal)) return text.AsSpan().IndexOfAny('%', '[') < 0 && System.Net.IPAddress.TryParse(text, out _);
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(part => part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0')
            && int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture) <= 255);
    }

    /// <summary>Whether it is an address with a prefix length.</summary>
    internal static bool IsBlock(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IsAddress(text[..slash])) return false;
        int most = text.Contains(':', StringComparison.Ordinal) ? 128 : 32;
        return int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= most;
    }
}
