using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Scheduling;

/// <summary>What selects the pods that belong together with a pod: the services that lead to it and its owner (kube-scheduler's <c>helper.DefaultSelector</c>).</summary>
public interface IDefaultSelectors
{
    /// <summary>The selector of a pod; null when no service and no owner selects it.</summary>
    LabelSelector? SelectorOf(PodIndex pod);
}
