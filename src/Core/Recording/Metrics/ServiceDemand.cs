using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How many pods each service should have (<c>D</c> of REFERENCE §1.5 and §1.6): the sum of what the workloads want whose templates its selector matches.</summary>
/// <remarks>Counted are Deployments, StatefulSets, DaemonSets (the nodes they are for), and ReplicaSets and ReplicationControllers that nobody controls. A new version changes the templates and
/// a release makes Deployments of its own, so what is wanted is held from the update on (<see cref="Hold"/>).</remarks>
/// <param name="view">The store's objects.</param>
/// <param name="changed">Told of a service and what it should have from now on.</param>
internal sealed class ServiceDemand(ObjectView view, Action<long, int> changed)
{
    private readonly ServiceIndex _services = new();
    private readonly Dictionary<long, int> _wanted = [];
    private bool _isHeld;

    /// <summary>From now on nothing changes what is wanted.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>A write was made.</summary>
    public void OnChange(in StoreChange change)
    {
        if (_isHeld) return;
        if (change.Object is Service service) OnService(change.Before as Service, change.After as Service, service.Uid);
        else if (change.Object is not Pod && (Wants(change.Before) != Wants(change.After) || LabelsOf(change.Before) != LabelsOf(change.After))) OnWorkload(change.Before, change.After);
    }

    private void OnService(Service? before, Service? after, long uid)
    {
        _services.Update(before, after);
        if (before is not null && Equals(before.Selector, after?.Selector)) return;
        if (after?.Selector is not { } selector)
        {
            _wanted.Remove(uid);
            changed(uid, 0);
            return;
        }

        int wanted = 0;
        foreach (ResourceKind kind in (ReadOnlySpan<ResourceKind>)[ResourceKind.Deployment, ResourceKind.StatefulSet, ResourceKind.DaemonSet, ResourceKind.ReplicaSet, ResourceKind.ReplicationController])
        {
            IReadOnlyList<KubeObject> items = view.All(kind);
            for (int i = 0; i < items.Count; i++)
            {
                if (items[i].Metadata.Namespace == after.Metadata.Namespace && Wants(items[i]) is > 0 and var replicas && selector.Matches(LabelsOf(items[i]))) wanted += replicas;
            }
        }

        _wanted[uid] = wanted;
        changed(uid, wanted);
    }

    private void OnWorkload(KubeObject? before, KubeObject? after)
    {
        if (before is not null && Wants(before) is > 0 and var less) Add(before, -less);
        if (after is not null && Wants(after) is > 0 and var more) Add(after, more);
    }

    private void Add(KubeObject workload, int by)
    {
        foreach (Service service in _services.Of(workload.Metadata.Namespace, LabelsOf(workload)))
        {
            int wanted = _wanted.GetValueOrDefault(service.Uid) + by;
            _wanted[service.Uid] = wanted;
            changed(service.Uid, wanted);
        }
    }

    /// <summary>Pods that a workload wants; 0 for everything else.</summary>
    internal static int Wants(KubeObject? item) => item switch
    {
        Deployment deployment => deployment.Replicas,
        StatefulSet set => set.Replicas,
        DaemonSet set => set.Status.Desired,
        ReplicaSet set => set.Metadata.Controller is null ? set.Replicas : 0,
        ReplicationController controller => controller.Metadata.Controller is null ? controller.Replicas : 0,
        _ => 0,
    };

    private static ValueList<Label> LabelsOf(KubeObject? item) => item switch
    {
        Deployment deployment => deployment.Template.Labels,
        StatefulSet set => set.Template.Labels,
        DaemonSet set => set.Template.Labels,
        ReplicaSet set => set.Template.Labels,
        ReplicationController controller => controller.Template.Labels,
        _ => default,
    };
}
