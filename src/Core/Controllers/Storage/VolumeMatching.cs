using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Which volume a claim takes (Kubernetes <c>pkg/controller/volume/persistentvolume/index.go</c>, <c>volume/persistentvolume/util.go</c>).</summary>
internal static class VolumeMatching
{
    /// <summary>The volume that a claim takes, or null.</summary>
    /// <param name="view">Objects.</param>
    /// <param name="claim">Claim.</param>
    /// <param name="node">Node it must be reached from, or null.</param>
    /// <param name="without">Identities of volumes that it does not take; null for none.</param>
    /// <param name="takesOwn">Whether a volume that names this claim is taken wherever it can be reached from, as the controller does; the scheduler looks at that too.</param>
    public static PersistentVolume? Find(ObjectView view, PersistentVolumeClaim claim, Node? node, List<long>? without = null, bool takesOwn = false)
    {
        if (claim.VolumeName.Length > 0)
        {
            return view.Find<PersistentVolume>(ResourceKind.PersistentVolume, "", claim.VolumeName) is { } named && IsFreeFor(named, claim) && Fits(named, claim) ? named : null;
        }

        PersistentVolume? best = null;
        foreach (KubeObject item in view.All(ResourceKind.PersistentVolume))
        {
            if (item is not PersistentVolume volume || !IsFreeFor(volume, claim) || !Fits(volume, claim) || without?.Contains(volume.Uid) == true) continue;
            if (claim.Selector is { } selector && !selector.Matches(volume.Metadata.Labels)) continue;
            if (node is not null && !(takesOwn && volume.Claim is not null) && !Reaches(volume, node)) continue;
            // One that was made for this claim, or a claim that was interrupted, comes first.
            if (volume.Claim is not null) return volume;
            if (best is null || volume.SizeBytes < best.SizeBytes || (volume.SizeBytes == best.SizeBytes && volume.Uid < best.Uid)) best = volume;
        }

        return best;
    }

    private static bool IsFreeFor(PersistentVolume volume, PersistentVolumeClaim claim) =>
        !volume.Metadata.IsDeleting && (volume.Claim == claim.Key ? volume.Phase != VolumePhase.Released : volume.Claim is null && volume.Phase == VolumePhase.Available);

    private static bool Fits(PersistentVolume volume, PersistentVolumeClaim claim) =>
        volume.SizeBytes >= claim.SizeBytes && volume.StorageClass == (claim.StorageClass ?? "") && claim.AccessModes.All(mode => volume.AccessModes.Contains(mode));

    /// <summary>The class of claims that state none, or null; of several the newest.</summary>
    public static StorageClass? DefaultClass(ObjectView view)
    {
        StorageClass? newest = null;
        foreach (KubeObject item in view.All(ResourceKind.StorageClass))
        {
            if (item is StorageClass { IsDefault: true } candidate && (newest is null || candidate.Uid > newest.Uid)) newest = candidate;
        }

        return newest;
    }

    /// <summary>Whether a volume can be reached from a node.</summary>
    public static bool Reaches(PersistentVolume volume, Node node) => volume.NodeAffinity is not { } terms || NodeMatching.MatchesTerms(terms, NodeIdentity.Of(node));
}
