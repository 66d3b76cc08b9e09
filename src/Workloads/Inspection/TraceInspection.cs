using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Inspection;

/// <summary>What a trace holds, in figures. Pure data; <see cref="InspectionTables"/> turns it into tables.</summary>
public sealed record TraceInspection
{
    /// <summary>Number of pods.</summary>
    public required int Pods { get; init; }

    /// <summary>Number of groups.</summary>
    public required int Groups { get; init; }

    /// <summary>Pods that belong to a group.</summary>
    public required int GroupedPods { get; init; }

    /// <summary>Pods of the largest group.</summary>
    public required int LargestGroup { get; init; }

    /// <summary>Distinct requests: pods that a strategy could tell apart.</summary>
    public required int Shapes { get; init; }

    /// <summary>Distinct apps (services, replica groups).</summary>
    public required int Apps { get; init; }

    /// <summary>Pods that run on to the end.</summary>
    public required int Censored { get; init; }

    /// <summary>Pods that end with an error.</summary>
    public required int Failed { get; init; }

    /// <summary>Arrival of the first pod.</summary>
    public required TimeSpan FirstArrival { get; init; }

    /// <summary>Arrival of the last pod.</summary>
    public required TimeSpan LastArrival { get; init; }

    /// <summary>Latest end of a pod that has one, if it started at its arrival; the last arrival when none has.</summary>
    public required TimeSpan LastEnd { get; init; }

    /// <summary>Share of censored pods; nothing without pods.</summary>
    public double? CensoredShare => Pods == 0 ? null : (double)Censored / Pods;

    /// <summary>Requests by resource, those that no pod asks for left out.</summary>
    public required IReadOnlyList<ResourceFigures> Resources { get; init; }

    /// <summary>Durations in ticks of 100 ns, censored pods left out; nothing when all are censored.</summary>
    public required Histogram? Durations { get; init; }

    /// <summary>Times between arrivals that follow each other, in ticks of 100 ns; nothing below two pods.</summary>
    public required Histogram? Gaps { get; init; }

    /// <summary>The most frequent shapes, at most 20, most frequent first; equal counts by first appearance.</summary>
    public required IReadOnlyList<ShapeFigures> FrequentShapes { get; init; }

    /// <summary>Offered load by resource of the fleet; empty without a fleet, or when all pods arrive in one instant.</summary>
    public required IReadOnlyList<OfferedLoadFigures> OfferedLoads { get; init; }

    /// <summary>Inspects a workload.</summary>
    /// <param name="workload">Pods and groups.</param>
    /// <param name="fleet">Nodes to measure the load against; may be empty.</param>
    public static TraceInspection Of(Workload workload, IReadOnlyList<NodeSpec> fleet) => new Inspector(workload, fleet).Inspect();
}

/// <summary>Requests of one resource.</summary>
/// <param name="Resource"><c>cpu_milli</c>, <c>memory_bytes</c>, <c>ephemeral_storage_bytes</c>, <c>gpu_milli</c>, or the name of an extended resource.</param>
/// <param name="Requesting">Pods that ask for some.</param>
/// <param name="Sum">Sum of all requests.</param>
/// <param name="Requests">Requests of the pods that ask for some.</param>
public sealed record ResourceFigures(string Resource, int Requesting, Int128 Sum, Histogram Requests);

/// <summary>One distinct request.</summary>
/// <param name="Spec">The request.</param>
/// <param name="Pods">Pods that have it.</param>
public sealed record ShapeFigures(PodSpec Spec, int Pods);

/// <summary>Load that a trace offers to a fleet: <c>Σ request × duration / (capacity × window)</c> (offered.load), exact in wide integers until the one division.</summary>
/// <param name="Resource">As <see cref="ResourceFigures.Resource"/>.</param>
/// <param name="Demand">Σ request × duration in units × ticks; a censored pod counts until the last arrival, so that its demand is a lower bound.</param>
/// <param name="Capacity">Capacity of the fleet × window, in the same unit. The window lasts from the first to the last arrival.</param>
public sealed record OfferedLoadFigures(string Resource, Int128 Demand, Int128 Capacity)
{
    /// <summary>The load; nothing where the fleet has none of the resource.</summary>
    public double? Load => Capacity == 0 ? null : (double)Demand / (double)Capacity;
}
