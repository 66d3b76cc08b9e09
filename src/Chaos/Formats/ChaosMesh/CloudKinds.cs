using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>AWSChaos, AzureChaos and GCPChaos: a machine of a cloud is stopped or restarted.</summary>
/// <remarks>Source: <c>api/v1alpha1/awschaos_types.go</c>, <c>azurechaos_types.go</c>, <c>gcpchaos_types.go</c> of Chaos Mesh 2.6. The instance is the node of that name, or the one that <c>names</c> of the experiment says.</remarks>
internal static class CloudKinds
{
    private const string NoDisks = "disks of a run belong to no machine of their own; the effect volumeAttachFailure has volumes that cannot be attached";

    private enum Action
    {
        Stop,
        Restart,
        Detach,
    }

    /// <summary>AWSChaos.</summary>
    internal static MeshChaos AwsChaos(YamlMap spec, MeshResource resource)
    {
        FaultReading.Harmless(spec, "secretName", "endpoint");
        _ = spec.Required("awsRegion")?.Text();
        return Read(spec, resource, "ec2Instance", [("ec2-stop", Action.Stop), ("ec2-restart", Action.Restart), ("detach-volume", Action.Detach)], "volumeID", "deviceName");
    }

    /// <summary>AzureChaos.</summary>
    internal static MeshChaos AzureChaos(YamlMap spec, MeshResource resource)
    {
        FaultReading.Harmless(spec, "secretName");
        _ = spec.Required("subscriptionID")?.Text();
        _ = spec.Required("resourceGroupName")?.Text();
        return Read(spec, resource, "vmName", [("vm-stop", Action.Stop), ("vm-restart", Action.Restart), ("disk-detach", Action.Detach)], "diskName", "lun");
    }

    /// <summary>GCPChaos.</summary>
    internal static MeshChaos GcpChaos(YamlMap spec, MeshResource resource)
    {
        FaultReading.Harmless(spec, "secretName");
        _ = spec.Required("project")?.Text();
        _ = spec.Required("zone")?.Text();
        return Read(spec, resource, "instance", [("node-stop", Action.Stop), ("node-reset", Action.Restart), ("disk-loss", Action.Detach)], "deviceNames");
    }

    private static MeshChaos Read(YamlMap spec, MeshResource resource, string instanceKey, (string, Action)[] actions, params ReadOnlySpan<string> diskKeys)
    {
        FaultReading.Refuse(spec, "remoteCluster", "a run has one cluster");
        TimeSpan? duration = FaultReading.Length(spec.Optional("duration"));
        Action? action = spec.Required("action")?.OneOf(actions);
        string? instance = spec.Required(instanceKey)?.Text();
        if (action == Action.Detach) spec.Peek("action")!.Report($"expected {actions[0].Item1} or {actions[1].Item1}: {NoDisks}");
        foreach (string key in diskKeys)
        {
            spec.Know(key);
            if (action != Action.Detach) FaultReading.Refuse(spec, key, NoDisks);
        }

        if (action is not (Action.Stop or Action.Restart) || instance is null) return MeshChaos.None;
        var target = new TargetSpec { Nodes = [resource.Reading.NameOf(instance)] };
        return new MeshChaos([new MeshEffect("", FaultEffect.Crash, target) { Length = action == Action.Restart ? resource.Reading.Options.RestartTime : null }], duration);
    }
}
