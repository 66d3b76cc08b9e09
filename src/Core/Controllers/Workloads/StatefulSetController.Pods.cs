using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <content>The pods of a set with their identity and their claims (Kubernetes <c>stateful_set_utils.go</c>, <c>stateful_pod_control.go</c>).</content>
public sealed partial class StatefulSetController
{
    /// <summary>Label with the pod's name.</summary>
    public const string PodNameLabel = "statefulset.kubernetes.io/pod-name";

    /// <summary>Label with the pod's ordinal.</summary>
    public const string PodIndexLabel = "apps.kubernetes.io/pod-index";

    /// <summary>Makes a pod with its claims; a pod of the name that nobody controls is taken over.</summary>
    /// <returns>True: the pods after it wait for it.</returns>
    private bool CreatePod(StatefulSet set, int index, ControllerRevision revision)
    {
        string name = PodName(set, index);
        if (View.Find<Pod>(ResourceKind.Pod, set.Metadata.Namespace, name) is { } present)
        {
            Adopt(set, present);
            return true;
        }

        TimeSpan wait = Api.Wait;
        if (wait > TimeSpan.Zero || HasStaleClaim(set, name))
        {
            EnqueueAfter(set.Uid, wait > TimeSpan.Zero ? wait : Context.RetryDelay);
            return true;
        }

        Pod pod = Make(set, index, name, revision);
        ApiError? error = EnsureClaims(set, pod);
        if ((error ?? Api.Create(pod, out _)) is { } refused)
        {
            // A name that is taken is one that the watch has not shown yet, or that somebody else has.
            if (refused.Code != ApiErrorCode.Conflict) Context.Events.Warn(set, "FailedCreate", refused.Message, Name);
            EnqueueAfter(set.Uid, Context.RetryDelay);
        }

        return true;
    }

    private void Adopt(StatefulSet set, Pod pod)
    {
        if (pod.Metadata.Controller is not null || !pod.IsActive || !set.Selector.Matches(pod.Metadata.Labels))
        {
            EnqueueAfter(set.Uid, Context.RetryDelay);
            return;
        }

        ObjectMeta meta = pod.Metadata with { Owners = [.. pod.Metadata.Owners, new OwnerReference(set.Kind, set.Name, set.Uid)] };
        if (Api.Update(pod with { Metadata = meta }) is not null) EnqueueAfter(set.Uid, Context.RetryDelay);
    }

    private Pod Make(StatefulSet set, int index, string name, ControllerRevision revision)
    {
        PodTemplate template = TemplateOf(set, revision.Template);
        Pod pod = PodControl.Make(set, template, name);
        PodSpec spec = template.Spec;
        if (set.ClaimTemplates.Count > 0) spec = spec with { Hostname = name, Volumes = [.. spec.Volumes.Where(volume => !set.ClaimTemplates.Any(claim => claim.Name == volume.Name)), .. ClaimVolumes(set, name)] };
        return pod with
        {
            Metadata = pod.Metadata with
            {
                Labels = Labels.Of([
                    .. template.Labels, new Label(PodNameLabel, name), new Label(PodIndexLabel, (set.FirstOrdinal + index).ToString(CultureInfo.InvariantCulture)),
                    new Label(RevisionHistory.Label, revision.Name),
                ]),
            },
            Spec = spec,
        };
    }

    /// <summary>The template with the set's service as subdomain: one spec for all pods without claims.</summary>
    private PodTemplate TemplateOf(StatefulSet set, PodTemplate template)
    {
        if (set.ServiceName.Length == 0 || template.Spec.Subdomain == set.ServiceName) return template;
        if (_templates.TryGetValue((template, set.ServiceName), out PodTemplate? known)) return known;
        return _templates[(template, set.ServiceName)] = template with { Spec = template.Spec with { Subdomain = set.ServiceName } };
    }

    private static IEnumerable<Volume> ClaimVolumes(StatefulSet set, string pod) =>
        set.ClaimTemplates.Select(claim => new Volume(claim.Name, VolumeKind.PersistentVolumeClaim, ClaimName(claim, pod), false, null));

    private static string ClaimName(ClaimTemplate claim, string pod) => $"{claim.Name}-{pod}";

    private PersistentVolumeClaim? FindClaim(StatefulSet set, ClaimTemplate claim, string pod) =>
        View.Find<PersistentVolumeClaim>(ResourceKind.PersistentVolumeClaim, set.Metadata.Namespace, ClaimName(claim, pod));

    /// <summary>Whether a claim still belongs to an earlier pod of the name and is about to be collected.</summary>
    private bool HasStaleClaim(StatefulSet set, string pod)
    {
        foreach (ClaimTemplate template in set.ClaimTemplates)
        {
            if (FindClaim(set, template, pod) is { } claim && (claim.Metadata.IsDeleting || claim.Metadata.Owners.Any(owner => owner.Kind == ResourceKind.Pod))) return true;
        }

        return false;
    }

    /// <summary>Makes the claims that are missing. They stay when pods go, unless the set says otherwise.</summary>
    private ApiError? EnsureClaims(StatefulSet set, Pod pod)
    {
        foreach (ClaimTemplate template in set.ClaimTemplates)
        {
            if (FindClaim(set, template, pod.Name) is not null) continue;
            var claim = new PersistentVolumeClaim
            {
                Metadata = new ObjectMeta
                {
                    Name = ClaimName(template, pod.Name),
                    Namespace = set.Metadata.Namespace,
                    Labels = Labels.Of(set.Selector.Requirements.Where(r => r is { Operator: SelectorOperator.In, Values.Count: 1 }).Select(r => new Label(r.Key, r.Values[0]))),
                    Owners = set.DeletesClaimsWhenDeleted ? [OwnerOf(set)] : [],
                },
                SizeBytes = template.SizeBytes,
                StorageClass = template.StorageClass,
                AccessModes = template.AccessModes,
            };
            if (Api.Create(claim, out _) is { Code: not ApiErrorCode.Conflict } error) return error;
        }

        return null;
    }

    private static OwnerReference OwnerOf(StatefulSet set) => new(set.Kind, set.Name, set.Uid, IsController: true, BlocksDeletion: false);

    /// <summary>Claims of a pod that a scale-down removes go with it, if the set says so.</summary>
    private void GiveClaimsTo(StatefulSet set, Pod pod)
    {
        if (!set.DeletesClaimsWhenScaled) return;
        foreach (ClaimTemplate template in set.ClaimTemplates)
        {
            if (FindClaim(set, template, pod.Name) is not { } claim || claim.Metadata.Owners.Any(owner => owner.Uid == pod.Uid)) continue;
            _ = Api.Update(claim with { Metadata = claim.Metadata with { Owners = [new OwnerReference(ResourceKind.Pod, pod.Name, pod.Uid, IsController: true, BlocksDeletion: false)] } });
        }
    }

    /// <summary>Owners of the claims of a wanted pod are as the set says now.</summary>
    private void KeepClaims(StatefulSet set, Pod pod)
    {
        foreach (ClaimTemplate template in set.ClaimTemplates)
        {
            if (FindClaim(set, template, pod.Name) is not { Metadata.IsDeleting: false } claim) continue;
            bool isOwned = claim.Metadata.Owners.Any(owner => owner.Uid == set.Uid), isOfPod = claim.Metadata.Owners.Any(owner => owner.Uid == pod.Uid);
            if (isOwned == set.DeletesClaimsWhenDeleted && !isOfPod) continue;
            IEnumerable<OwnerReference> others = claim.Metadata.Owners.Where(owner => owner.Uid != set.Uid && owner.Uid != pod.Uid);
            ValueList<OwnerReference> owners = set.DeletesClaimsWhenDeleted ? [.. others, OwnerOf(set)] : [.. others];
            _ = Api.Update(claim with { Metadata = claim.Metadata with { Owners = owners } });
        }
    }
}
