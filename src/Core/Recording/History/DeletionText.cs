using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Recording;

/// <summary>Why an object is being deleted, in the words of a timeline: which drain, taint, preemption or change of its owner took it.</summary>
internal sealed class DeletionText(OrchestratedRun run)
{
    private readonly HashSet<int> _drained = [];

    /// <summary>Notes which nodes are being drained.</summary>
    public void Observe(in Fact fact)
    {
        if (fact.Kind == FactKind.DrainStarted) _drained.Add(fact.Node.Value);
        else if (fact.Kind is FactKind.NodeDrained or FactKind.DrainFailed) _drained.Remove(fact.Node.Value);
    }

    /// <summary>The line about a deletion that was asked for.</summary>
    public string Of(KubeObject before, KubeObject after)
    {
        string grace = after is Pod ? $", grace {after.Metadata.DeletionGrace?.TotalSeconds ?? 0} s" : "";
        return after is Pod pod ? $"deletion asked for{grace}: {Why(pod)}" : before.Metadata.Controller is { } owner && Find(owner) is null ? $"deletion asked for: {owner.Kind}/{owner.Name} is gone" : "deletion asked for";
    }

    private string Why(Pod pod) => pod.Status.Disruption switch
    {
        EvictionApi.Reason => Evicted(pod),
        "PreemptionByScheduler" => pod.Status.Message.Length > 0 ? pod.Status.Message : "preempted by a pod of higher priority",
        "DeletionByTaintManager" => $"evicted for {Taints(pod)} of {NodeOf(pod)}",
        _ => Owned(pod),
    };

    private string Evicted(Pod pod)
    {
        if (_drained.Contains(pod.Node.Value)) return $"evicted, {NodeOf(pod)} is being drained";
        bool isScaledIn = Find(pod) is { } node && NodeTaints.Has(node, ClusterAutoscaler.ToBeDeleted, TaintEffect.NoSchedule);
        return isScaledIn ? $"evicted, the cluster autoscaler takes {NodeOf(pod)} away" : "evicted through the API";
    }

    /// <summary>The NoExecute taints that it does not tolerate for ever.</summary>
    private string Taints(Pod pod)
    {
        if (Find(pod) is not { } node) return "taints";
        string[] taints = [.. node.Taints.Where(taint => taint.Effect == TaintEffect.NoExecute && !pod.Spec.Tolerations.Any(toleration => toleration.Tolerates(in taint) && toleration.Duration is null)).Select(Text)];
        return taints.Length == 0 ? "taints that are gone by now" : $"{(taints.Length == 1 ? "taint" : "taints")} {string.Join(", ", taints)}";
    }

    private static string Text(Taint taint) => $"{taint.Key}{(taint.Value.Length > 0 ? "=" + taint.Value : "")}:{taint.Effect}";

    /// <summary>A controller takes away what its owner does not want; everything else was asked for from outside.</summary>
    private string Owned(Pod pod)
    {
        if (pod.Metadata.Controller is not { } owner) return "by a user";
        string name = $"{owner.Kind}/{owner.Name}";
        int active = run.Store.View.OwnedBy(owner.Uid).ActivePods;
        return Find(owner) switch
        {
            null => $"{name} is gone",
            { Metadata.IsDeleting: true } => $"{name} is being deleted",
            ReplicaSet set when active >= set.Replicas => $"{name} wants {set.Replicas} pods",
            ReplicationController set when active >= set.Replicas => $"{name} wants {set.Replicas} pods",
            StatefulSet set when IsOutdated(pod, set.Status.UpdateRevision) => $"{name} has a new revision",
            StatefulSet set when active >= set.Replicas => $"{name} wants {set.Replicas} pods",
            DaemonSet or Job => $"by {name}",
            _ => "by a user",
        };
    }

    private static bool IsOutdated(Pod pod, string revision) => revision.Length > 0 && pod.Metadata.Labels.ValueOf(RevisionHistory.Label) is { } own && own != revision;

    private KubeObject? Find(OwnerReference owner) => run.Store.View.Find(owner.Uid);

    private Node? Find(Pod pod) => pod.Node.IsNode ? run.Store.View.Find<Node>(ResourceKind.Node, "", run.Fleet.Nodes[pod.Node.Value].Name) : null;

    private string NodeOf(Pod pod) => pod.Node.IsNode ? run.Fleet.Nodes[pod.Node.Value].Name : "its node";
}
