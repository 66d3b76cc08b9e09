using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>A claim may grow only when its class allows it (Kubernetes <c>plugin/pkg/admission/storage/persistentvolume/resize</c>). Otherwise it is 403.</summary>
/// <param name="store">Whose classes count.</param>
public sealed class ClaimExpansion(ObjectStore store) : IAdmission
{
    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested) => null;

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next)
    {
        if (current is not PersistentVolumeClaim { IsBound: true } old || next is not PersistentVolumeClaim claim || claim.SizeBytes <= old.SizeBytes) return null;
        bool isAllowed = old.StorageClass is { Length: > 0 } name && store.View.Find<StorageClass>(ResourceKind.StorageClass, "", name) is { AllowsExpansion: true };
        return isAllowed ? null : new ApiError(
            ApiErrorCode.Forbidden,
            $"persistentvolumeclaims \"{claim.Name}\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    }
}
