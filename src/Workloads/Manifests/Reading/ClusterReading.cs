using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Nodes, ConfigMaps and Secrets.</summary>
internal static class ClusterReading
{
    private const int MostConfigBytes = 1 << 20;
    private const int MostGpus = 64;
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    internal static Node ReadNode(ObjectReading reading, YamlMap root, ObjectMeta meta, int index)
    {
        YamlMap? spec = root.Child("spec"), status = root.Child("status");
        string source = status?.Optional("allocatable") is not null ? "allocatable" : "capacity";
        SortedDictionary<string, (long Amount, YamlValue At)> amounts = AmountReading.Read(status, source, name => name == AmountReading.Pods ? null : AmountReading.CheckResource(name));
        if (amounts.Count == 0 && root.Optional("metadata") is { } at) reading.Warn(at, "states neither status.allocatable nor status.capacity: no pod that asks for anything fits");
        long gpus = Of(amounts, AmountReading.Gpu) ?? 0, pods = Of(amounts, AmountReading.Pods) ?? new NodeSpec { Name = "" }.Pods;
        if (gpus > MostGpus) amounts[AmountReading.Gpu].At.Report($"expected at most {MostGpus} devices");
        if (pods > int.MaxValue) amounts[AmountReading.Pods].At.Report($"expected at most {int.MaxValue}");
        var node = new NodeSpec
        {
            Name = meta.Name,
            CpuMilli = Of(amounts, AmountReading.Cpu) ?? 0,
            MemoryBytes = Of(amounts, AmountReading.Memory) ?? 0,
            EphemeralStorageBytes = Of(amounts, AmountReading.EphemeralStorage) ?? 0,
            Pods = (int)Math.Min(pods, int.MaxValue),
            GpuCount = (int)Math.Min(gpus, MostGpus),
            GpuModel = gpus > 0 ? meta.Labels.ValueOf(AmountReading.GpuModelLabel) ?? "" : "",
            Zone = meta.Labels.ValueOf(ZoneLabel) ?? "",
            Labels = meta.Labels,
            Extended = [.. amounts.Where(entry => AmountReading.IsExact(entry.Key) && entry.Key != AmountReading.Gpu).Select(entry => new ResourceAmount(entry.Key, entry.Value.Amount))],
        };
        return new Node
        {
            Metadata = meta,
            Index = new NodeIndex(index),
            Spec = node,
            IsCordoned = spec?.Flag("unschedulable") ?? false,
            Taints = spec is null ? [] : PlacementReading.ReadTaints(spec),
            IsReady = Condition(status, "Ready") switch { "False" => false, "Unknown" => null, _ => true },
            HasMemoryPressure = Condition(status, "MemoryPressure") == "True",
            HasDiskPressure = Condition(status, "DiskPressure") == "True",
        };
    }

    internal static ConfigMap ReadConfigMap(YamlMap root, ObjectMeta meta)
    {
        var data = new List<Label>();
        long bytes = 0;
        foreach ((string key, YamlValue value) in root.Entries("data"))
        {
            CheckKey(key, value);
            data.Add(new Label(key, TextOf(value.Node)));
            bytes += Encoding.UTF8.GetByteCount(TextOf(value.Node));
        }

        foreach ((string key, YamlValue value) in root.Entries("binaryData"))
        {
            CheckKey(key, value);
            if (data.Exists(entry => entry.Key == key)) value.Report("expected every key in one of data and binaryData");
            data.Add(new Label(key, TextOf(value.Node)));
            bytes += Base64.TryDecode(TextOf(value.Node))?.Length ?? 0;
        }

        if (bytes > MostConfigBytes) root.Report($"expected at most {MostConfigBytes} bytes (1 MiB) of data, found {bytes}");
        return new ConfigMap { Metadata = meta, Data = Labels.Of(data), IsImmutable = root.Flag("immutable") };
    }

    /// <summary>Keys, size and a hash of the values; the values themselves go nowhere, no message included.</summary>
    internal static Secret ReadSecret(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        var values = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string field in (ReadOnlySpan<string>)["data", "stringData"])
        {
            if (root.Optional(field)?.Node is not YamlMapping mapping) continue;
            foreach (YamlEntry entry in mapping.Entries)
            {
                string text = TextOf(entry.Value);
                values[entry.Key] = (field == "data" ? Base64.TryDecode(text) : Encoding.UTF8.GetBytes(text)) ?? [];
                if (KubernetesName.CheckConfigKey(entry.Key) is not { } error) continue;
                reading.Reader.Report(new InputProblem(reading.Reader.DisplayName, entry.Line, entry.Column, field, entry.Key, error.Expected));
            }
        }

        long bytes = values.Values.Sum(value => (long)value.Length);
        if (bytes > MostConfigBytes) root.Report($"expected at most {MostConfigBytes} bytes (1 MiB) of data, found {bytes}");
        return new Secret
        {
            Metadata = meta,
            Type = root.Text("type") is { Length: > 0 } type ? type : "Opaque",
            Keys = [.. values.Keys],
            ValuesHash = Hash(values),
            SizeBytes = bytes,
            IsImmutable = root.Flag("immutable"),
        };
    }

    private static long? Of(SortedDictionary<string, (long Amount, YamlValue At)> amounts, string name) => amounts.TryGetValue(name, out (long Amount, YamlValue) entry) ? entry.Amount : null;

    /// <summary>The text of a value; nothing is the empty text, as in Kubernetes.</summary>
    private static string TextOf(YamlNode node) => node is YamlScalar { Kind: not YamlScalarKind.Null, Text: var text } ? text : "";

    private static string? Condition(YamlMap? status, string type) => status?.Children("conditions").FirstOrDefault(condition => condition.Text("type") == type)?.Text("status");

    private static void CheckKey(string key, YamlValue value)
    {
        if (KubernetesName.CheckConfigKey(key) is { } error) value.Report($"{error.Expected}, as the key");
    }

    private static ulong Hash(SortedDictionary<string, byte[]> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach ((string key, byte[] value) in values)
        {
            foreach (byte[] part in (ReadOnlySpan<byte[]>)[Encoding.UTF8.GetBytes(key), value])
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
                hash.AppendData(length);
                hash.AppendData(part);
            }
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
    }
}
