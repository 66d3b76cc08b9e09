using SchedBench.Chaos.Models;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Chaos.Plans;

/// <summary>Draws the schedule of a fault set: who is hit when, and for how long.</summary>
/// <remarks>Every source has draws of its own, by its name, and every node or domain its own among them: another source, node or strategy moves nobody's dice. All strategies under a seed meet the same
/// faults. What would leave too few survivors is left out, hit by hit, in the order of the instants.</remarks>
public static class PlanDrawing
{
    /// <summary>The schedule.</summary>
    /// <param name="set">The fault set.</param>
    /// <param name="nodes">Nodes of the fleet.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="until">Length of the run: nothing begins later.</param>
    public static FaultPlan Draw(FaultSet set, IReadOnlyList<NodeSpec> nodes, ulong seed, TimeSpan until)
    {
        var drawn = new List<(TimeSpan At, int Source, int Order, TimeSpan? Duration, IReadOnlyList<int> Nodes)>();
        for (int s = 0; s < set.Sources.Count; s++)
        {
            int order = 0;
            IEnumerable<(TimeSpan At, TimeSpan? Duration, IReadOnlyList<int> Nodes)> faults = set.Sources[s] switch
            {
                TimedSource timed => Timed(timed, nodes, seed, until),
                ModelSource model => Modelled(model, nodes, seed, until),
                PodKillSource pods => Instants(pods.At, pods.Every, until).Select(at => (at, (TimeSpan?)null, (IReadOnlyList<int>)[])),
                _ => throw new InvalidOperationException($"{set.Sources[s].GetType().Name} is a source that nobody draws."),
            };
            foreach ((TimeSpan at, TimeSpan? duration, IReadOnlyList<int> hit) in faults) drawn.Add((at, s, order++, duration, hit));
        }

        drawn.Sort((left, right) => (left.At, left.Source, left.Order).CompareTo((right.At, right.Source, right.Order)));
        return Spare(set, nodes, drawn);
    }

    private static FaultPlan Spare(FaultSet set, IReadOnlyList<NodeSpec> nodes, List<(TimeSpan At, int Source, int Order, TimeSpan? Duration, IReadOnlyList<int> Nodes)> drawn)
    {
        int least = set.Survivors.Of(nodes.Count, roundUp: true), hit = 0, spared = 0;
        var active = new int[nodes.Count];
        var ends = new PriorityQueue<IReadOnlyList<int>, TimeSpan>();
        var faults = new List<PlannedFault>();
        foreach ((TimeSpan at, int source, _, TimeSpan? duration, IReadOnlyList<int> targets) in drawn)
        {
            while (ends.TryPeek(out IReadOnlyList<int>? over, out TimeSpan end) && end <= at)
            {
                ends.Dequeue();
                foreach (int node in over) hit -= --active[node] == 0 ? 1 : 0;
            }

            if (set.Sources[source] is PodKillSource pods)
            {
                faults.Add(new PlannedFault(faults.Count, at, null, FaultEffect.PodKill, [], pods.Name) { Pods = pods });
                continue;
            }

            var victims = new List<int>();
            foreach (int node in targets)
            {
                if (active[node] == 0 && nodes.Count - hit - 1 < least)
                {
                    spared++;
                    continue;
                }

                if (active[node]++ == 0) hit++;
                victims.Add(node);
            }

            if (victims.Count == 0) continue;
            if (duration is { } length && length < TimeSpan.MaxValue - at) ends.Enqueue(victims, at + length);
            faults.Add(new PlannedFault(faults.Count, at, duration, set.Sources[source].Effect, [.. victims.Select(node => nodes[node].Name)], set.Sources[source].Name));
        }

        return new FaultPlan(faults, spared);
    }

    private static IEnumerable<(TimeSpan At, TimeSpan? Duration, IReadOnlyList<int> Nodes)> Timed(TimedSource source, IReadOnlyList<NodeSpec> nodes, ulong seed, TimeSpan until)
    {
        var draw = Core.Randomness.Draw.Stream(seed, $"chaos/{source.Name}/targets");
        ulong n = 0;
        foreach (TimeSpan at in Instants(source.At, source.Every, until)) yield return (at, source.Duration, Choose(source.Targets, nodes, draw, n++));
    }

    private static IEnumerable<TimeSpan> Instants(TimeSpan first, TimeSpan every, TimeSpan until)
    {
        for (TimeSpan at = first; at < until; at += every)
        {
            yield return at;
            if (every == TimeSpan.Zero) yield break;
        }
    }

    private static IEnumerable<(TimeSpan At, TimeSpan? Duration, IReadOnlyList<int> Nodes)> Modelled(ModelSource source, IReadOnlyList<NodeSpec> nodes, ulong seed, TimeSpan until)
    {
        if (until <= source.From) yield break;
        var process = new RenewalProcess(source.Model, seed, source.Name, (until - source.From).TotalSeconds);
        var shock = Core.Randomness.Draw.Stream(seed, $"chaos/{source.Name}/shock");
        foreach ((string unit, IReadOnlyList<int> members) in Units(source.Targets, nodes))
        {
            ulong entity = Core.Randomness.Draw.Entity(unit), n = 0;
            foreach (Outage outage in process.OutagesOf(entity))
            {
                ulong time = n++;
                IReadOnlyList<int> hit = source.Model.Hits >= 1 ? members : [.. members.Where(node => shock.Uniform(Core.Randomness.Draw.Entity(nodes[node].Name), (entity << 20) ^ time) < source.Model.Hits)];
                if (hit.Count > 0) yield return (source.From + Seconds(outage.At), Seconds(outage.Duration), hit);
            }
        }
    }

    private static TimeSpan Seconds(double seconds) => seconds >= TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.MaxValue / 2 : TimeSpan.FromSeconds(seconds);

    /// <summary>The units of a target: nodes, or domains of nodes, in the fleet's order.</summary>
    private static List<(string Name, IReadOnlyList<int> Members)> Units(TargetSpec targets, IReadOnlyList<NodeSpec> nodes)
    {
        var units = new List<(string Name, IReadOnlyList<int> Members)>();
        var domains = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int n = 0; n < nodes.Count; n++)
        {
            if (targets.Nodes.Count > 0 ? !targets.Nodes.Contains(nodes[n].Name, StringComparer.Ordinal) : targets.Selector is { } selector && !selector.Matches(LabelsOf(nodes[n]))) continue;
            if (targets.DomainKey.Length == 0)
            {
                units.Add((nodes[n].Name, [n]));
                continue;
            }

            if (LabelsOf(nodes[n]).ValueOf(targets.DomainKey) is not { } domain) continue;
            if (!domains.TryGetValue(domain, out List<int>? members))
            {
                domains.Add(domain, members = []);
                units.Add((domain, members));
            }

            members.Add(n);
        }

        return units;
    }

    /// <summary>The labels that a node will have: its zone and its own name are among them.</summary>
    private static ValueList<Label> LabelsOf(NodeSpec node)
    {
        ValueList<Label> labels = node.Labels;
        if (node.Zone.Length > 0 && labels.ValueOf(Topology.ZoneLabel) is null) labels = labels.With(Topology.ZoneLabel, node.Zone);
        return labels.ValueOf(Topology.HostLabel) is null ? labels.With(Topology.HostLabel, node.Name) : labels;
    }

    private static IReadOnlyList<int> Choose(TargetSpec targets, IReadOnlyList<NodeSpec> nodes, in Draw draw, ulong time) =>
        [.. Targeting.Choose(Units(targets, nodes), unit => unit.Name, targets.Mode, targets.Value, draw, time).SelectMany(unit => unit.Members).Order()];
}

/// <summary>Labels that every node has.</summary>
internal static class Topology
{
    public const string ZoneLabel = "topology.kubernetes.io/zone";
    public const string HostLabel = "kubernetes.io/hostname";
}
