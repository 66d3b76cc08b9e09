using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Templates, their hashes and their revisions (Kubernetes <c>pkg/controller/deployment/util</c> and <c>kubectl rollout</c>).</summary>
public static class Revisions
{
    /// <summary>Label of ReplicaSets and pods that tells templates of one Deployment apart.</summary>
    public const string HashLabel = "pod-template-hash";

    /// <summary>Annotation of Deployments and ReplicaSets: number of the rollout.</summary>
    public const string Annotation = "deployment.kubernetes.io/revision";

    /// <summary>Annotation of a ReplicaSet: earlier revisions that it stood for.</summary>
    public const string HistoryAnnotation = "deployment.kubernetes.io/revision-history";

    /// <summary>Annotation of a ReplicaSet: size of its Deployment when the ReplicaSet was last scaled.</summary>
    public const string DesiredAnnotation = "deployment.kubernetes.io/desired-replicas";

    /// <summary>Annotation of a ReplicaSet: that size plus the surge.</summary>
    public const string MaxAnnotation = "deployment.kubernetes.io/max-replicas";

    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private const string RollbackTo = "deprecated.deployment.rollback.to";

    /// <summary>Whether an annotation of a Deployment is its own business and not copied to ReplicaSets.</summary>
    internal static bool IsOwn(string key) => key is Annotation or HistoryAnnotation or DesiredAnnotation or MaxAnnotation or LastApplied or RollbackTo;

    /// <summary>Revision of a Deployment or ReplicaSet; 0 without one.</summary>
    public static long Of(KubeObject item) => Number(item, Annotation) ?? 0;

    internal static int? DesiredReplicas(ReplicaSet set) => (int?)Number(set, DesiredAnnotation);

    internal static int? MaxReplicas(ReplicaSet set) => (int?)Number(set, MaxAnnotation);

    /// <summary>Whether two templates are the same but for the hash label (<c>EqualIgnoreHash</c>).</summary>
    public static bool IsSame(PodTemplate left, PodTemplate right)
    {
        if (left.Spec != right.Spec || left.Annotations != right.Annotations) return false;
        ReadOnlySpan<Label> ours = left.Labels.AsSpan(), theirs = right.Labels.AsSpan();
        for (int i = 0, j = 0; ; i++, j++)
        {
            if (i < ours.Length && ours[i].Key == HashLabel) i++;
            if (j < theirs.Length && theirs[j].Key == HashLabel) j++;
            if (i == ours.Length || j == theirs.Length) return i == ours.Length && j == theirs.Length;
            if (ours[i] != theirs[j]) return false;
        }
    }

    /// <summary>The template with its hash as a label.</summary>
    internal static PodTemplate Hashed(PodTemplate template, string hash) => template with { Labels = template.Labels.With(HashLabel, hash) };

    /// <summary>The template of a ReplicaSet as its Deployment stated it.</summary>
    public static PodTemplate Stated(ReplicaSet set) => set.Template with { Labels = set.Template.Labels.Without(HashLabel) };

    /// <summary>The ReplicaSet of a Deployment with the template that it states now: the oldest of equal ones (<c>FindNewReplicaSet</c>).</summary>
    public static ReplicaSet? Newest(ObjectView view, Deployment deployment)
    {
        ReplicaSet? found = null;
        foreach (KubeObject item in view.OwnedBy(deployment.Uid).Items)
        {
            if (item is ReplicaSet set && IsSame(set.Template, deployment.Template) && (found is null || set.Uid < found.Uid)) found = set;
        }

        return found;
    }

    /// <summary>The ReplicaSet of a revision, or of the last one before the current (<c>kubectl rollout undo</c>).</summary>
    /// <param name="view">Objects.</param>
    /// <param name="deployment">Deployment.</param>
    /// <param name="revision">Revision; null or 0 for the one before.</param>
    public static ReplicaSet? Find(ObjectView view, Deployment deployment, long? revision)
    {
        ReplicaSet? last = null, before = null;
        foreach (KubeObject item in view.OwnedBy(deployment.Uid).Items)
        {
            if (item is not ReplicaSet set) continue;
            if (revision is > 0 && Of(set) == revision) return set;
            if (last is null || Of(set) > Of(last)) (last, before) = (set, last);
            else if (before is null || Of(set) > Of(before)) before = set;
        }

        return revision is > 0 ? null : before;
    }

    /// <summary>The Deployment with the template of an earlier ReplicaSet.</summary>
    internal static Deployment Undo(Deployment deployment, ReplicaSet to) => deployment with { Template = Stated(to) };

    /// <summary>Text of a number as annotations hold it.</summary>
    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long? Number(KubeObject item, string key) =>
        item.Metadata.Annotations.ValueOf(key) is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
