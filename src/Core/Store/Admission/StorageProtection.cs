using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Volumes and claims in use are not deleted under their users (Kubernetes <c>plugin/pkg/admission/storage/storageobjectinuseprotection</c>): new ones get
/// a finalizer that the storage controllers take away when nobody uses them.</summary>
public sealed class StorageProtection : IAdmission
{
    /// <summary>Finalizer of a claim.</summary>
    public const string Claim = "kubernetes.io/pvc-protection";

    /// <summary>Finalizer of a volume.</summary>
    public const string Volume = "kubernetes.io/pv-protection";

    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested)
    {
        string? finalizer = requested.Kind switch { ResourceKind.PersistentVolumeClaim => Claim, ResourceKind.PersistentVolume => Volume, _ => null };
        if (finalizer is null || requested.Metadata.Finalizers.AsSpan().Contains(finalizer)) return null;
        requested = requested with { Metadata = requested.Metadata with { Finalizers = [.. requested.Metadata.Finalizers, finalizer] } };
        return null;
    }

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next) => null;
}
