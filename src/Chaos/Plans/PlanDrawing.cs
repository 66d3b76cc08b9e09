using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Plans;

/// <summary>Draws the schedule of a fault set: who is hit when, and for how long.</summary>
/// <remarks>Every source has draws of its own, by its name, and every node or domain its own among them: another source, node or strategy moves nobody's dice. All strategies under a seed meet the same
/// faults. What would leave too few survivors is left out, hit by hit, in the order of the instants.</remarks>
public static class PlanDrawing
{
    /// <summary>Calendar time of instant 0 when none is stated.</summary>
    private static readonly DateTimeOffset UsualEpoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The schedule.</summary>
    /// <param name="set">The fault set.</param>
    /// <param name="nodes">Nodes of the fleet.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="until">Length of the run: nothing begins later.</param>
    /// <param name="epoch">Calendar time of instant 0, for cron schedules; 1 January 2024 unless stated.</param>
    public static FaultPlan Draw(FaultSet set, IReadOnlyList<NodeSpec> nodes, ulong seed, TimeSpan until, DateTimeOffset? epoch = null)
    {
        var drawing = new SourceDrawing(nodes, seed, set.HealAt < until ? set.HealAt.Value : until, epoch ?? UsualEpoch);
        var drawn = new List<(DrawnFault Fault, int Source, int Order)>();
        for (int s = 0; s < set.Sources.Count; s++)
        {
            int order = 0;
            foreach (DrawnFault fault in drawing.FaultsOf(set.Sources[s])) drawn.Add((Healed(fault, set.HealAt), s, order++));
        }

        drawn.Sort((left, right) => (left.Fault.At, left.Source, left.Order).CompareTo((right.Fault.At, right.Source, right.Order)));
        return Spare(set, nodes, drawn, until);
    }

    private static DrawnFault Healed(in DrawnFault fault, TimeSpan? healAt) =>
        healAt is { } end && !(fault.Duration < end - fault.At) ? fault with { Duration = end - fault.At } : fault;

    /// <summary>Takes over of a source what depends upon guards; all is over when the set is healed.</summary>
    private static PlannedFault Conditioned(PlannedFault fault, FaultSource source, FaultSet set, TimeSpan until)
    {
        fault = fault with { Guards = Until(source.Guards, until) };
        if (source is not TimedSource { After: { } after } timed) return fault;
        Moment? by = timed.By ?? (timed.Duration is { } length ? after.Plus(length) : null);
        if (set.HealAt is { } heal) by = by is null ? Moment.At(heal) : Moment.Earliest(by, Moment.At(heal));
        return fault with { After = after, By = by, Duration = null };
    }

    private static FaultPlan Spare(FaultSet set, IReadOnlyList<NodeSpec> nodes, List<(DrawnFault Fault, int Source, int Order)> drawn, TimeSpan until)
    {
        int least = set.Survivors.Of(nodes.Count, roundUp: true), hit = 0, spared = 0;
        var active = new int[nodes.Count];
        var ends = new PriorityQueue<IReadOnlyList<int>, TimeSpan>();
        var faults = new List<PlannedFault>();
        foreach ((DrawnFault fault, int s, _) in drawn)
        {
            FaultSource source = set.Sources[s];
            while (ends.TryPeek(out IReadOnlyList<int>? over, out TimeSpan end) && end <= fault.At)
            {
                ends.Dequeue();
                foreach (int node in over) hit -= --active[node] == 0 ? 1 : 0;
            }

            if (source.Targets is not TargetSpec)
            {
                faults.Add(Conditioned(new PlannedFault(faults.Count, fault.At, source.Effect.IsInstant ? null : fault.Duration, source.Effect, [], source.Name) { Pods = source.Targets as PodTarget, Draws = source.Draws }, source, set, until));
                continue;
            }

            var victims = new List<int>();
            foreach (int node in fault.Nodes)
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
            // One that waits for guards holds from its earliest instant on until the end, as far as survivors are concerned.
            if (source is not TimedSource { After: not null } && fault.Duration is { } length && length < TimeSpan.MaxValue - fault.At) ends.Enqueue(victims, fault.At + length);
            faults.Add(Conditioned(new PlannedFault(faults.Count, fault.At, fault.Duration, source.Effect, [.. victims.Select(node => nodes[node].Name)], source.Name), source, set, until));
        }

        return new FaultPlan(faults, spared);
    }

    private static ValueList<ServiceGuard> Until(ValueList<ServiceGuard> guards, TimeSpan end) =>
        guards.Count == 0 ? guards : [.. guards.Where(guard => guard.From < end).Select(guard => guard.Until > end ? guard with { Until = end } : guard)];
}
