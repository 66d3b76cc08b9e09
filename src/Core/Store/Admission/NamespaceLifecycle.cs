using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Objects live in namespaces that exist and are not going away (Kubernetes <c>plugin/pkg/admission/namespace/lifecycle</c>).</summary>
/// <remarks>A missing namespace is 404, one that is being deleted 403, a namespace that must stay cannot be deleted (403). A new namespace gets the finalizer
/// <c>kubernetes</c>, in Kubernetes a field of its spec: it goes when the namespace controller has emptied it.</remarks>
public sealed class NamespaceLifecycle(ObjectStore store, IReadOnlyList<string> immortal) : IAdmission
{
    /// <summary>Taken away by the namespace controller once the namespace is empty.</summary>
    public const string Finalizer = "kubernetes";

    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested)
    {
        if (requested is Namespace space)
        {
            if (!space.Metadata.Finalizers.AsSpan().Contains(Finalizer))
                requested = space with { Metadata = space.Metadata with { Finalizers = [.. space.Metadata.Finalizers, Finalizer] } };
            return null;
        }

        if (!ResourceKinds.Info(requested.Kind).IsNamespaced) return null;
        string name = requested.Metadata.Namespace;
        if (store.View.Find(new ObjectKey(ResourceKind.Namespace, "", name)) is not { } home) return new ApiError(ApiErrorCode.NotFound, $"namespace \"{name}\" not found");
        return home.Metadata.IsDeleting
            ? new ApiError(ApiErrorCode.Forbidden, $"unable to create new content in namespace {name} because it is being terminated")
            : null;
    }

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next) => null;

    /// <inheritdoc/>
    public ApiError? OnDelete(KubeObject current) =>
        current.Kind == ResourceKind.Namespace && immortal.Contains(current.Name, StringComparer.Ordinal)
            ? new ApiError(ApiErrorCode.Forbidden, $"namespace \"{current.Name}\" may not be deleted")
            : null;
}
