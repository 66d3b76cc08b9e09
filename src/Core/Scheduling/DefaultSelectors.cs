using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <summary>What the services and the owner of a pod select, as far as the scheduler's watch has carried it (kube-scheduler's <c>helper.DefaultSelector</c>,
/// <c>pkg/scheduler/framework/plugins/helper/spread.go</c>): all of their requirements together.</summary>
/// <param name="view">The scheduler's view, once there is one.</param>
/// <param name="uidOf">Identity of a pod.</param>
internal sealed class DefaultSelectors(Func<ObjectView> view, Func<PodIndex, long> uidOf) : IDefaultSelectors
{
    /// <inheritdoc/>
    public LabelSelector? SelectorOf(PodIndex pod) => view().Find(uidOf(pod)) is Pod asked ? SelectorOf(asked) : null;

    /// <summary>The selector of a pod; null when no service and no owner selects it.</summary>
    public LabelSelector? SelectorOf(Pod asked)
    {
        ObjectView objects = view();
        List<LabelRequirement>? requirements = null;
        IReadOnlyList<KubeObject> services = objects.All(ResourceKind.Service);
        for (int i = 0; i < services.Count; i++)
        {
            var service = (Service)services[i];
            if (service.Metadata.Namespace == asked.Metadata.Namespace && service.Selector is { Requirements.Count: > 0 } selector && selector.Matches(asked.Metadata.Labels))
                Add(ref requirements, selector);
        }

        if (asked.Metadata.Controller is { } owner && objects.Find(owner.Uid) is { } found && SelectorOf(found) is { } own) Add(ref requirements, own);
        return requirements is null ? null : new LabelSelector([.. requirements]);
    }

    private static LabelSelector? SelectorOf(KubeObject owner) => owner switch
    {
        ReplicaSet set => set.Selector,
        ReplicationController set => set.Selector,
        StatefulSet set => set.Selector,
        _ => null,
    };

    private static void Add(ref List<LabelRequirement>? requirements, LabelSelector selector)
    {
        requirements ??= [];
        foreach (LabelRequirement requirement in selector.Requirements.AsSpan())
        {
            // Services of one pod often select by the same labels.
            if (!requirements.Contains(requirement)) requirements.Add(requirement);
        }
    }
}
