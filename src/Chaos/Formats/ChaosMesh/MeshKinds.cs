using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>A chaos kind of Chaos Mesh.</summary>
/// <param name="Name">Its kind, and <c>type</c> or <c>templateType</c> where it is embedded.</param>
/// <param name="Key">Key of its spec where it is embedded.</param>
/// <param name="Read">Reads its spec.</param>
internal sealed record MeshKind(string Name, string Key, Func<YamlMap, MeshResource, MeshChaos> Read);

/// <summary>The chaos kinds that have a meaning in a run, and why the others have none. What each action does stands in <c>docs/chaos-mesh.md</c>.</summary>
internal static class MeshKinds
{
    /// <summary>Kinds that are read.</summary>
    internal static IReadOnlyList<MeshKind> All { get; } =
    [
        new("PodChaos", "podChaos", PodKinds.PodChaos), new("NetworkChaos", "networkChaos", NetworkKinds.NetworkChaos), new("StressChaos", "stressChaos", PodKinds.StressChaos),
        new("IOChaos", "ioChaos", RequestKinds.IOChaos), new("HTTPChaos", "httpChaos", RequestKinds.HttpChaos), new("DNSChaos", "dnsChaos", RequestKinds.DnsChaos),
        new("AWSChaos", "awsChaos", CloudKinds.AwsChaos), new("AzureChaos", "azureChaos", CloudKinds.AzureChaos), new("GCPChaos", "gcpChaos", CloudKinds.GcpChaos),
        new("PhysicalMachineChaos", "physicalmachineChaos", MachineKinds.PhysicalMachineChaos),
    ];

    /// <summary>Kinds that have no meaning here, and why.</summary>
    internal static IReadOnlyList<(string Name, string Key, string Why)> Refused { get; } =
    [
        ("TimeChaos", "timeChaos", "nothing in a run reads the clock of a container"),
        ("JVMChaos", "jvmChaos", "containers of a run have no JVM"),
        ("KernelChaos", "kernelChaos", "nodes of a run have no kernel whose calls fail one by one"),
        ("BlockChaos", "blockChaos", "containers of a run read and write no block devices"),
        ("PhysicalMachine", "", "machines are those of the fleet; PhysicalMachineChaos names them"),
        ("StatusCheck", "", "by itself it changes nothing; in a Workflow it does"),
        ("RemoteCluster", "", "a run has one cluster"),
    ];

    /// <summary>The kind of that name, or null.</summary>
    internal static MeshKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Reports a name of no kind that can be had.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="name">The name.</param>
    /// <param name="others">Names that stand beside the chaos kinds at this place.</param>
    internal static void ReportUnknown(YamlValue place, string name, params ReadOnlySpan<string> others)
    {
        (string Name, string Key, string Why) refused = Refused.FirstOrDefault(kind => kind.Name == name);
        string[] names = [.. All.Select(kind => kind.Name), .. others];
        if (refused.Why is { } why) place.Report($"expected another kind: {why}");
        else place.Report($"expected one of {string.Join(", ", names)}", NearestName.Find(name, names.Concat(Refused.Select(kind => kind.Name))));
    }
}
