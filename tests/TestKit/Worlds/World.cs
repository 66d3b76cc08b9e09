using System.Globalization;
using System.Text;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.TestKit;

/// <summary>A small world: everything a run is a function of, besides the strategy.</summary>
public sealed record World
{
    /// <summary>Nodes in order.</summary>
    public required IReadOnlyList<NodeSpec> Nodes { get; init; }

    /// <summary>Pods by arrival.</summary>
    public required IReadOnlyList<PodArrival> Pods { get; init; }

    /// <summary>Groups.</summary>
    public IReadOnlyList<PodGroupSpec> Groups { get; init; } = [];

    /// <summary>Seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Tie-break.</summary>
    public TieBreak TieBreak { get; init; }

    /// <summary>Seconds from decision to binding.</summary>
    public double BindLatency { get; init; }

    /// <summary>Seconds from admission to start.</summary>
    public double StartLatency { get; init; }

    /// <summary>Seconds by which the scheduler's view is late.</summary>
    public double CacheDelay { get; init; }

    /// <summary>Whether pods come one by one at instant 0 and are tried once.</summary>
    public bool IsSaturated { get; init; }

    /// <summary>The fleet.</summary>
    public FleetLayout Fleet() => new(Nodes);

    /// <summary>The workload.</summary>
    public Workload Workload() => new([.. Pods], [.. Groups]);

    /// <summary>A run of a strategy in this world, judged after every event.</summary>
    public RunBuilder Run(SchedulingStrategy strategy) => Prepare(A.Run(strategy));

    /// <summary>A run of a built-in strategy in this world, judged after every event.</summary>
    public RunBuilder Run(string strategy) => Prepare(A.Run(strategy));

    /// <summary>Worlds with a little less in them.</summary>
    public IEnumerable<World> Smaller()
    {
        if (Pods.Count > 1)
        {
            yield return this with { Pods = KeepGroups([.. Pods.Take(Pods.Count / 2)]) };
            yield return this with { Pods = KeepGroups([.. Pods.Skip(Pods.Count / 2)]) };
        }

        for (int i = 0; i < Pods.Count && Pods.Count <= 40; i++)
        {
            int drop = i;
            yield return this with { Pods = KeepGroups([.. Pods.Where((_, k) => k != drop)]) };
        }

        for (int i = 0; i < Nodes.Count; i++)
        {
            int drop = i;
            yield return this with { Nodes = [.. Nodes.Where((_, k) => k != drop)] };
        }

        if (BindLatency > 0) yield return this with { BindLatency = 0 };
        if (StartLatency > 0) yield return this with { StartLatency = 0 };
        if (CacheDelay > 0) yield return this with { CacheDelay = 0 };
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"seed {Seed}, {TieBreak}, bind {BindLatency} s, start {StartLatency} s, cache {CacheDelay} s{(IsSaturated ? ", saturated" : "")}");
        foreach (NodeSpec node in Nodes)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  node {node.Name}: {node.CpuMilli}m {node.MemoryBytes}B storage {node.EphemeralStorageBytes} pods {node.Pods} gpus {node.GpuCount} '{node.GpuModel}' zone '{node.Zone}' labels [{string.Join(' ', node.Labels)}] [{string.Join(' ', node.Extended)}] taints [{string.Join(' ', node.Taints)}]");
        }

        foreach (PodArrival pod in Pods)
        {
            PodSpec spec = pod.Spec;
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  pod {pod.Name}: at {pod.Arrival} for {pod.Duration} group {pod.Group} {spec.CpuMilli}m {spec.MemoryBytes}B storage {spec.EphemeralStorageBytes} gpu {spec.GpuCount}×{spec.GpuMilliPerDevice} [{string.Join(' ', spec.GpuModels)}] app '{spec.App}' max {spec.MaxPerNode} priority {spec.Priority} on [{string.Join(' ', spec.NodeSelector)}] [{string.Join(' ', spec.Extended)}] {WorldGenerator.RulesOf(in pod)}");
        }

        foreach (PodGroupSpec group in Groups) text.AppendLine(CultureInfo.InvariantCulture, $"  group {group.Name}: at least {group.MinMember}");
        return text.ToString();
    }

    /// <summary>Groups that have lost members need no more than are left.</summary>
    private PodArrival[] KeepGroups(PodArrival[] pods) => [.. pods.Where(pod => pod.Group < 0 || pods.Count(p => p.Group == pod.Group) >= Groups[pod.Group].MinMember)];

    private RunBuilder Prepare(RunBuilder run)
    {
        run.On(Fleet()).Of(Workload()).Seed(Seed).TieBreak(TieBreak).BindLatency(BindLatency).StartLatency(StartLatency).CacheDelay(CacheDelay);
        return IsSaturated ? run.Saturated() : run;
    }
}
