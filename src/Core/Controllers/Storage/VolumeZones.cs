using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>Zones and regions that the labels of a bound volume name (kube-scheduler's <c>plugins/volumezone/volume_zone.go</c>): a node with labels of that kind must be in one of them.</summary>
internal static class VolumeZones
{
    private const string Separator = "__";

    /// <summary>Labels of volumes and nodes, each with its older name.</summary>
    private static readonly (string Label, string Older)[] Keys =
    [
        ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"),
        ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"),
    ];

    /// <summary>Whether the volume's labels name some.</summary>
    public static bool Names(PersistentVolume volume)
    {
        foreach ((string label, string older) in Keys)
        {
            if (volume.Metadata.Labels.ValueOf(label) is not null || volume.Metadata.Labels.ValueOf(older) is not null) return true;
        }

        return false;
    }

    /// <summary>Whether they allow the node; one without any label of a zone or region is allowed by all.</summary>
    public static bool Allow(PersistentVolume volume, Node node)
    {
        if (!Names(volume) || !IsPlaced(node)) return true;
        foreach ((string label, string older) in Keys)
        {
            ValueList<Label> ofVolume = volume.Metadata.Labels, ofNode = node.Metadata.Labels;
            // A volume with the older label meets nodes that have the newer one alone, not the other way round.
            if (!Allows(ofVolume.ValueOf(label), ofNode.ValueOf(label)) || !Allows(ofVolume.ValueOf(older), ofNode.ValueOf(older) ?? ofNode.ValueOf(label))) return false;
        }

        return true;
    }

    /// <summary>Several zones of one volume stand in one value: <c>a__b</c> (<c>LabelZonesToSet</c>).</summary>
    private static bool Allows(string? zones, string? zone) => zones is null || (zone is not null && zones.Split(Separator).Contains(zone, StringComparer.Ordinal));

    private static bool IsPlaced(Node node)
    {
        foreach ((string label, string older) in Keys)
        {
            if (node.Metadata.Labels.ValueOf(label) is not null || node.Metadata.Labels.ValueOf(older) is not null) return true;
        }

        return false;
    }
}
