using SchedBench.Chaos.Models;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Chaos.Plans;

/// <summary>A fault as a source draws it, before anybody is spared.</summary>
/// <param name="At">When it begins.</param>
/// <param name="Duration">How long it lasts; null for the rest of the run.</param>
/// <param name="Nodes">Places of the nodes that it hits; empty for faults on pods and on the cluster.</param>
internal readonly record struct DrawnFault(TimeSpan At, TimeSpan? Duration, IReadOnlyList<int> Nodes);

/// <summary>Draws the faults of one source after the other.</summary>
internal sealed class SourceDrawing(IReadOnlyList<NodeSpec> nodes, ulong seed, TimeSpan until, DateTimeOffset epoch)
{
    /// <summary>The faults of a source, in order within each of its units.</summary>
    public IEnumerable<DrawnFault> FaultsOf(FaultSource source) => source switch
    {
        TimedSource timed => Timed(timed, Instants(timed.At, timed.Every, timed.Until), timed.Duration),
        CronSource cron => Timed(cron, DueTimes(cron), cron.Duration).Select(fault => Cut(cron, fault)),
        ModelSource { Model.Wave: > 0 } model when model.Targets is TargetSpec { DomainKey.Length: 0 } all => Modelled(model, [(model.Name, [.. Units(all).SelectMany(unit => unit.Members)])]),
        ModelSource model when model.Targets is TargetSpec targets => Modelled(model, Units(targets)),
        ModelSource model => Modelled(model, [(model.Name, [])]),
        ReplaySource replay => Replayed(replay),
        _ => throw new InvalidOperationException($"{source.GetType().Name} is a source that nobody draws."),
    };

    private IEnumerable<DrawnFault> Timed(FaultSource source, IEnumerable<TimeSpan> instants, TimeSpan? duration)
    {
        var draw = Draw.Stream(seed, $"chaos/{source.Name}/targets");
        ulong n = 0;
        foreach (TimeSpan at in instants) yield return new DrawnFault(at, duration, source.Targets is TargetSpec targets ? Choose(targets, draw, n++) : []);
    }

    private IEnumerable<TimeSpan> Instants(TimeSpan first, TimeSpan every, TimeSpan? end)
    {
        TimeSpan last = end < until ? end.Value : until;
        for (TimeSpan at = first; at < last; at += every)
        {
            yield return at;
            if (every == TimeSpan.Zero) yield break;
        }
    }

    private IEnumerable<TimeSpan> DueTimes(CronSource source)
    {
        TimeSpan last = source.Until < until ? source.Until.Value : until;
        DateTime after = (epoch + source.From).UtcDateTime;
        // A due time at the very instant from which the schedule holds is one of its own.
        if (source.Schedule.Every == TimeSpan.Zero) after -= TimeSpan.FromTicks(1);
        TimeSpan free = TimeSpan.MinValue;
        while (source.Schedule.Next(after, CronZone.Utc) is { } next && next - epoch.UtcDateTime < last)
        {
            after = next;
            TimeSpan due = next - epoch.UtcDateTime;
            if (due < free) continue;
            free = source.Busy > TimeSpan.MaxValue - due ? TimeSpan.MaxValue : due + source.Busy;
            if (due + source.Delay < last) yield return due + source.Delay;
        }
    }

    private static DrawnFault Cut(CronSource source, DrawnFault fault) => source is { EndsAtUntil: true, Until: { } end } && !(fault.Duration < end - fault.At) ? fault with { Duration = end - fault.At } : fault;

    private IEnumerable<DrawnFault> Modelled(ModelSource source, IEnumerable<(string Name, IReadOnlyList<int> Members)> units)
    {
        if (until <= source.From) yield break;
        var process = new RenewalProcess(source.Model, seed, source.Name, (until - source.From).TotalSeconds);
        Draw shock = Draw.Stream(seed, $"chaos/{source.Name}/shock"), turns = Draw.Stream(seed, $"chaos/{source.Name}/turns");
        foreach ((string unit, IReadOnlyList<int> members) in units)
        {
            ulong entity = Draw.Entity(unit), n = 0;
            foreach (Outage outage in process.OutagesOf(entity))
            {
                ulong time = n++;
                IReadOnlyList<int> hit = source.Model.Hits >= 1 ? members : [.. members.Where(node => shock.Uniform(Draw.Entity(nodes[node].Name), (entity << 20) ^ time) < source.Model.Hits)];
                if (source.Model.Wave > 0)
                {
                    foreach (DrawnFault fault in Wave(source, outage, [.. hit.OrderBy(node => turns.Bits(Draw.Entity(nodes[node].Name), (entity << 20) ^ time))])) yield return fault;
                    continue;
                }

                if (hit.Count > 0 || source.Targets is not TargetSpec) yield return new DrawnFault(source.From + Seconds(outage.At), Seconds(outage.Duration), hit);
            }
        }
    }

    /// <summary>A failure that moves on: one group of nodes after the other is down, each for an equal part of the time.</summary>
    private IEnumerable<DrawnFault> Wave(ModelSource source, Outage outage, int[] hit)
    {
        int groups = (int)Math.Ceiling(1 / source.Model.Wave);
        double part = (outage.Age + outage.Duration) / groups;
        for (int g = 0; g < groups; g++)
        {
            // Groups whose turn was before the model began to hold are well again.
            double begin = Math.Max(outage.At, outage.At - outage.Age + (g * part)), end = outage.At - outage.Age + ((g + 1) * part);
            int first = (int)((long)hit.Length * g / groups), next = (int)((long)hit.Length * (g + 1) / groups);
            TimeSpan at = source.From + Seconds(begin);
            if (end > begin && next > first && at < until) yield return new DrawnFault(at, Seconds(end - begin), [.. hit[first..next].Order()]);
        }
    }

    /// <summary>As many of the units as the record says, rounded to the nearest number, one at least where it says any.</summary>
    private IEnumerable<DrawnFault> Replayed(ReplaySource source)
    {
        var draw = Draw.Stream(seed, $"chaos/{source.Name}/targets");
        List<(string Name, IReadOnlyList<int> Members)> units = Units((TargetSpec)source.Targets);
        TimeSpan at = source.From;
        ulong n = 0;
        foreach (RecordedOutage outage in source.Outages)
        {
            at += TimeSpan.FromTicks((long)(outage.Gap.Ticks / source.Speed));
            if (at >= until) yield break;
            ulong time = n++;
            int count = outage.Share <= 0 ? 0 : Math.Clamp((int)((outage.Share * units.Count) + 0.5), 1, units.Count);
            if (count == 0) continue;
            IReadOnlyList<int> hit = [.. Targeting.Choose(units, unit => unit.Name, TargetMode.Fixed, count, draw, time).SelectMany(unit => unit.Members).Order()];
            yield return new DrawnFault(at, TimeSpan.FromTicks((long)(outage.Duration.Ticks / source.Speed)), hit);
        }
    }

    private static TimeSpan Seconds(double seconds) => seconds >= TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.MaxValue / 2 : TimeSpan.FromSeconds(seconds);

    /// <summary>The units of a target: nodes, or domains of nodes, in the fleet's order.</summary>
    private List<(string Name, IReadOnlyList<int> Members)> Units(TargetSpec targets)
    {
        var units = new List<(string Name, IReadOnlyList<int> Members)>();
        var domains = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int n = 0; n < nodes.Count; n++)
        {
            if (targets.Nodes.Count > 0 ? !targets.Nodes.Contains(nodes[n].Name, StringComparer.Ordinal) : targets.Selector is { } selector && !selector.Matches(NodeObjects.LabelsOf(nodes[n]))) continue;
            if (targets.DomainKey.Length == 0)
            {
                units.Add((nodes[n].Name, [n]));
                continue;
            }

            if (NodeObjects.LabelsOf(nodes[n]).ValueOf(targets.DomainKey) is not { } domain) continue;
            if (!domains.TryGetValue(domain, out List<int>? members))
            {
                domains.Add(domain, members = []);
                units.Add((domain, members));
            }

            members.Add(n);
        }

        return units;
    }

    private IReadOnlyList<int> Choose(TargetSpec targets, in Draw draw, ulong time) =>
        [.. Targeting.Choose(Units(targets), unit => unit.Name, targets.Mode, targets.Value, draw, time).SelectMany(unit => unit.Members).Order()];
}
