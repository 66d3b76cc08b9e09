using System.Globalization;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary><c>guards</c> of a fault: services whose failure calls it off.</summary>
internal static class GuardSection
{
    private const int MostGuards = 100;
    private const int MostLooks = 1_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The guards of a fault.</summary>
    internal static ValueList<ServiceGuard> Read(YamlMap fault)
    {
        var guards = new List<ServiceGuard>();
        foreach (YamlValue item in fault.Optional("guards")?.Items(1, MostGuards) ?? [])
        {
            if (item.Map() is not { } map) continue;
            YamlValue? service = map.Required("service");
            string[] parts = (service?.Text() ?? "").Split('/');
            if (service is not null && parts.Any(part => part.Length == 0 || parts.Length > 2)) service.Report("expected a service: name, or namespace/name");
            TimeSpan from = map.Optional("from")?.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero;
            TimeSpan until = map.Optional("until")?.Duration(TimeSpan.Zero, TimeSpan.MaxValue) ?? Longest;
            guards.Add(new ServiceGuard(
                map.Required("name")?.Text() ?? "", parts.Length == 2 ? parts[0] : "default", parts[^1], from, until,
                map.Optional("every")?.Duration(Shortest, Longest) ?? TimeSpan.FromSeconds(10),
                map.Optional("timeout")?.Duration(Shortest, Longest) ?? Shortest,
                (int)(map.Optional("failures")?.Integer(1, MostLooks) ?? 3))
            {
                After = Moments.Read(map, "after"),
                By = Moments.Read(map, "before"),
                CallsOff = map.Optional("callsOff")?.Boolean() ?? true,
                Successes = (int)(map.Optional("successes")?.Integer(0, MostLooks) ?? 0),
                IsOverOnSuccess = map.Optional("overOnSuccess")?.Boolean() ?? false,
            });
            if (guards[^1] is { IsOverOnSuccess: true, Successes: 0 }) map.Peek("overOnSuccess")!.Report("expected successes beside it: how many looks in a row make an end of it");
        }

        foreach (ServiceGuard guard in guards) Moments.Check(fault, guards, guard.After, guard.By);
        return [.. guards];
    }

    /// <summary>The key of a fault of a plan; empty for none.</summary>
    internal static string Write(ValueList<ServiceGuard> guards)
    {
        if (guards.Count == 0) return "";
        return $", guards: [{string.Join(", ", guards.Select(Text))}]";

        static string Text(ServiceGuard guard) => string.Create(
            CultureInfo.InvariantCulture,
            $"{{ name: \"{guard.Name}\", service: \"{guard.Namespace}/{guard.Service}\", from: {DurationText.Format(guard.From)}, until: {DurationText.Format(guard.Until)}, every: {DurationText.Format(guard.Every)}, timeout: {DurationText.Format(guard.Timeout)}, failures: {guard.Failures}{Moments.Write(guard.After, guard.By)}{(guard.CallsOff ? "" : ", callsOff: false")}{(guard.Successes > 0 ? $", successes: {guard.Successes}" : "")}{(guard.IsOverOnSuccess ? ", overOnSuccess: true" : "")} }}");
    }

    /// <summary>Reports guards on services that no stream of requests goes to: nothing is known of them.</summary>
    internal static void Check(YamlValue faults, IEnumerable<FaultSet> sets, IReadOnlyList<WorkloadSpec> workloads)
    {
        foreach (ServiceGuard guard in sets.SelectMany(set => set.Sources).SelectMany(source => source.Guards).DistinctBy(guard => (guard.Namespace, guard.Service)))
        {
            foreach (WorkloadSpec workload in workloads)
            {
                if (workload.Replay is ClusterReplay cluster && !cluster.Traffic.Any(stream => stream.Service == guard.Service && stream.Namespace == guard.Namespace))
                    faults.Report($"expected a stream of requests to service {guard.Namespace}/{guard.Service} in workload '{workload.Name}': {guard.Name} looks at it, and its looks are requests of the stream");
            }
        }
    }
}
