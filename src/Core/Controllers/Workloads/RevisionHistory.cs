using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>The templates that a StatefulSet or DaemonSet has had, as ControllerRevisions (Kubernetes <c>pkg/controller/history/controller_history.go</c>).</summary>
/// <remarks>An equal template keeps its revision and only moves to the end of the history, as a rollback does. Names differ from Kubernetes', which hashes its own
/// serialisation: here the suffix is a hash of the owner and the number of the revision, the same in every run.</remarks>
internal sealed class RevisionHistory
{
    /// <summary>Label of pods that names their revision.</summary>
    public const string Label = "controller-revision-hash";

    private readonly Dictionary<long, ControllerRevision> _newest = [];

    /// <summary>The revisions of an owner, the oldest first.</summary>
    public static List<ControllerRevision> Of(ObjectView view, KubeObject owner)
    {
        List<ControllerRevision> revisions = [];
        IReadOnlyList<KubeObject> owned = view.OwnedBy(owner.Uid).Items;
        for (int i = 0; i < owned.Count; i++)
        {
            if (owned[i] is ControllerRevision revision) revisions.Add(revision);
        }

        revisions.Sort(static (left, right) => left.Revision != right.Revision ? left.Revision.CompareTo(right.Revision) : left.Uid.CompareTo(right.Uid));
        return revisions;
    }

    /// <summary>The revision of the owner's template as it is now: found, moved to the end, or made.</summary>
    /// <param name="api">Client.</param>
    /// <param name="owner">Owner.</param>
    /// <param name="template">Its template.</param>
    /// <param name="revisions">Its revisions, the oldest first; a new one is added.</param>
    /// <returns>The revision, or null when the API refused it.</returns>
    public ControllerRevision? Newest(ApiClient api, KubeObject owner, PodTemplate template, List<ControllerRevision> revisions)
    {
        // What was made and has not come back through the watch yet.
        if (_newest.TryGetValue(owner.Uid, out ControllerRevision? made) && !revisions.Exists(known => known.Uid == made.Uid)) revisions.Add(made);
        long last = revisions.Count == 0 ? 0 : revisions[^1].Revision;
        for (int i = revisions.Count - 1; i >= 0; i--)
        {
            ControllerRevision known = revisions[i];
            if (!ReferenceEquals(known.Template, template) && known.Template != template) continue;
            if (i < revisions.Count - 1)
            {
                ControllerRevision moved = known with { Revision = last + 1 };
                if (api.Update(moved) is not null) return null;
                revisions.RemoveAt(i);
                revisions.Add(moved);
                return moved;
            }

            return known;
        }

        var next = new ControllerRevision
        {
            Metadata = new ObjectMeta
            {
                Name = $"{owner.Name}-{Hash(owner, last + 1)}",
                Namespace = owner.Metadata.Namespace,
                Labels = template.Labels,
                Owners = [new OwnerReference(owner.Kind, owner.Name, owner.Uid)],
            },
            Revision = last + 1,
            Template = template,
        };
        if (api.Create(next, out KubeObject created) is not null) return null;
        _newest[owner.Uid] = (ControllerRevision)created;
        if (!revisions.Exists(known => known.Uid == created.Uid)) revisions.Add((ControllerRevision)created);
        return (ControllerRevision)created;
    }

    /// <summary>Deletes the oldest revisions beyond the limit that nobody uses.</summary>
    public static void Truncate(ApiClient api, List<ControllerRevision> revisions, int limit, Func<ControllerRevision, bool> isLive)
    {
        List<ControllerRevision> unused = [.. revisions.Where(revision => !isLive(revision))];
        for (int i = 0; i < unused.Count - limit; i++) _ = api.Delete(unused[i].Key, new DeleteOptions(unused[i].Uid));
    }

    /// <summary>The owner is gone.</summary>
    public void Forget(long owner) => _newest.Remove(owner);

    /// <summary>The manager starts anew.</summary>
    public void Clear() => _newest.Clear();

    private static string Hash(KubeObject owner, long revision) => PodControl.TemplateHash(string.Create(null, $"{owner.Key}/{revision}"), 0);
}
