using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Empties namespaces that are being deleted and then lets them go (Kubernetes <c>pkg/controller/namespace/deletion/namespaced_resources_deleter.go</c>).</summary>
/// <remarks>Everything in the namespace is deleted at once, kind by kind; pods get their grace. Objects a namespace holds are counted as they come and go, so that
/// nothing is listed before somebody deletes a namespace.</remarks>
public sealed class NamespaceController : Controller
{
    private readonly Dictionary<string, int> _contents = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Name => "namespace-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is Namespace space)
        {
            if (space.Metadata.IsDeleting && change.After is not null) Enqueue(space.Uid);
            return;
        }

        string ns = change.Object.Metadata.Namespace;
        if (ns.Length == 0 || (change.Before is not null && change.After is not null)) return;
        int left = _contents[ns] = _contents.GetValueOrDefault(ns) + (change.After is null ? -1 : 1);
        if (left == 0 && View.Find(new ObjectKey(ResourceKind.Namespace, "", ns)) is { Metadata.IsDeleting: true } emptied) Enqueue(emptied.Uid);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _contents.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Namespace { Metadata.IsDeleting: true } space) return;
        if (_contents.GetValueOrDefault(space.Name) > 0)
        {
            DeleteContents(space);
            return;
        }

        if (!space.Metadata.Finalizers.AsSpan().Contains(NamespaceLifecycle.Finalizer)) return;
        ObjectMeta meta = space.Metadata with { Finalizers = [.. space.Metadata.Finalizers.Where(finalizer => finalizer != NamespaceLifecycle.Finalizer)] };
        if (Api.Update(space with { Metadata = meta }) is not null) EnqueueAfter(uid, Context.RetryDelay);
    }

    private void DeleteContents(Namespace space)
    {
        foreach (ResourceKindInfo info in ResourceKinds.All)
        {
            if (!info.IsNamespaced) continue;
            // What is removed at once leaves the list under our hands when the view does not lag: from the end on, the last takes a removed one's place.
            IReadOnlyList<KubeObject> objects = View.All(info.Kind);
            for (int i = objects.Count - 1; i >= 0; i--)
            {
                if (i >= objects.Count) continue;
                KubeObject item = objects[i];
                if (item.Metadata.Namespace != space.Name || item.Metadata.IsDeleting) continue;
                if (Api.Wait is { } wait && wait > TimeSpan.Zero)
                {
                    EnqueueAfter(space.Uid, wait);
                    return;
                }

                _ = Api.Delete(item.Key, new DeleteOptions(item.Uid));
            }
        }
    }
}
