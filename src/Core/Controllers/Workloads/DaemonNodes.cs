using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>Which nodes a daemon belongs on (Kubernetes <c>daemon_controller.go</c>, <c>NodeShouldRunDaemonPod</c>): a function of one node and one spec.</summary>
/// <remarks>The rules are the scheduler's (<see cref="NodeMatching"/>), asked of the node as the controller knows it. Resources are not looked at: a daemon whose node is full waits there, as in Kubernetes since its pods go through the scheduler. A cordon is tolerated.</remarks>
internal static class DaemonNodes
{
    /// <summary>Tolerations that every daemon has (<c>AddOrUpdateDaemonPodTolerations</c>). The one of <c>network-unavailable</c> is for host-network pods, which are not
    /// modelled.</summary>
    public static readonly ValueList<Toleration> Tolerations =
    [
        new Toleration("node.kubernetes.io/not-ready", Exists: true, "", TaintEffect.NoExecute, null),
        new Toleration("node.kubernetes.io/unreachable", Exists: true, "", TaintEffect.NoExecute, null),
        new Toleration("node.kubernetes.io/disk-pressure", Exists: true, "", TaintEffect.NoSchedule, null),
        new Toleration("node.kubernetes.io/memory-pressure", Exists: true, "", TaintEffect.NoSchedule, null),
        new Toleration("node.kubernetes.io/pid-pressure", Exists: true, "", TaintEffect.NoSchedule, null),
        new Toleration("node.kubernetes.io/unschedulable", Exists: true, "", TaintEffect.NoSchedule, null),
    ];

    /// <summary>Whether a pod of the spec should run on the node, and whether one that runs there may stay.</summary>
    /// <param name="node">Node.</param>
    /// <param name="spec">Spec of the template with the daemon's own tolerations.</param>
    public static (bool ShouldRun, bool MayStay) Judge(Node node, PodSpec spec)
    {
        NodeIdentity identity = NodeIdentity.Of(node);
        if ((spec.NodeName.Length > 0 && spec.NodeName != node.Name) || !NodeMatching.MatchesSelector(spec, in identity) || !NodeMatching.MatchesAffinity(spec, in identity)) return (false, false);
        bool shouldRun = true, mayStay = true;
        foreach (ref readonly Taint taint in node.Taints.AsSpan())
        {
            if (taint.Effect == TaintEffect.PreferNoSchedule || NodeMatching.Tolerates(spec.Tolerations, in taint)) continue;
            shouldRun = false;
            mayStay &= taint.Effect != TaintEffect.NoExecute;
        }

        return (shouldRun, mayStay);
    }

    /// <summary>The spec of the daemon of one node: tied to it by a required affinity to its name, in place of the template's own node terms.</summary>
    public static PodSpec TiedTo(PodSpec spec, string node) => spec with
    {
        Affinity = (spec.Affinity ?? new Affinity()) with
        {
            RequiredNodes = [new NodeSelectorTerm(default, [new LabelRequirement(NodeMatching.NameField, SelectorOperator.In, [node])])],
        },
    };

    /// <summary>Name of the node that a daemon is tied to, or null.</summary>
    public static string? NodeOf(PodSpec spec)
    {
        if (spec.Affinity?.RequiredNodes is not { Count: > 0 } terms) return null;
        foreach (LabelRequirement requirement in terms[0].Fields)
        {
            if (requirement is { Key: NodeMatching.NameField, Operator: SelectorOperator.In, Values.Count: 1 }) return requirement.Values[0];
        }

        return null;
    }

    /// <summary>A spec with the daemons' tolerations beside its own.</summary>
    public static PodSpec WithTolerations(PodSpec spec) =>
        spec with { Tolerations = [.. spec.Tolerations, .. Tolerations.Where(toleration => !spec.Tolerations.Contains(toleration))] };
}
