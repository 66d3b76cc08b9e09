using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;

namespace SchedBench.TestKit;

/// <summary>A run that is over.</summary>
public sealed class RunResult(ClusterRun run, IReadOnlyList<Fact> facts, ulong fingerprint)
{
    /// <summary>The run.</summary>
    public ClusterRun Run { get; } = run;

    /// <summary>All facts in order.</summary>
    public IReadOnlyList<Fact> Facts { get; } = facts;

    /// <summary>Hash over all facts.</summary>
    public ulong Fingerprint { get; } = fingerprint;

    /// <summary>Bindings in order: ordinal of the pod, node, devices.</summary>
    public IEnumerable<(int Uid, int Node, DeviceSet Devices)> Bindings =>
        Of(FactKind.PodBound).Select(fact => (fact.Uid, fact.Node.Value, new DeviceSet((ulong)fact.Detail)));

    /// <summary>Node by pod, by name, of the pods that were bound.</summary>
    public IReadOnlyDictionary<string, string> Placements => Of(FactKind.PodBound).ToDictionary(fact => NameOf(fact.Uid), fact => NodeName(fact), StringComparer.Ordinal);

    /// <summary>Devices by pod name.</summary>
    public IReadOnlyDictionary<string, string> DevicesOf =>
        Of(FactKind.PodBound).ToDictionary(fact => NameOf(fact.Uid), fact => new DeviceSet((ulong)fact.Detail).ToString(), StringComparer.Ordinal);

    /// <summary>Instant of binding by pod name, in seconds.</summary>
    public IReadOnlyDictionary<string, double> BoundAt => Of(FactKind.PodBound).ToDictionary(fact => NameOf(fact.Uid), fact => fact.At.TotalSeconds, StringComparer.Ordinal);

    /// <summary>Refusals in order.</summary>
    public IEnumerable<RefusalReason> Refusals => Of(FactKind.DecisionRefused).Select(fact => (RefusalReason)fact.Detail);

    /// <summary>Node of a pod by name; "-" when it was never bound.</summary>
    public string this[string pod] => Placements.GetValueOrDefault(pod, "-");

    /// <summary>Facts of a kind.</summary>
    public IEnumerable<Fact> Of(FactKind kind) => Facts.Where(fact => fact.Kind == kind);

    /// <summary>Number of facts of a kind.</summary>
    public int Count(FactKind kind) => Of(kind).Count();

    /// <summary>Name of a pod by ordinal; repeated pods of a saturation replay carry their ordinal.</summary>
    public string NameOf(int uid)
    {
        ArrivalPlan plan = Run.Arrivals;
        if (plan.Order is null) return plan.Workload.Pods.Span[uid].Name;
        int source = plan.Order[uid];
        string name = plan.Workload.Pods.Span[source].Name;
        return Array.IndexOf(plan.Order, source) == uid ? name : $"{name}#{uid}";
    }

    private string NodeName(Fact fact) => Run.Fleet.Nodes[fact.Node.Value].Name;
}
