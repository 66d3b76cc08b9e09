using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Inspection;

/// <summary>Gathers the figures of one workload.</summary>
internal sealed class Inspector
{
    private const int MostShapes = 20;

    private readonly PodArrival[] _pods;
    private readonly Workload _workload;
    private readonly IReadOnlyList<NodeSpec> _fleet;
    private readonly List<(string Name, Func<PodSpec, long> Request, Func<NodeSpec, long> Capacity)> _resources =
    [
        ("cpu_milli", spec => spec.CpuMilli, node => node.CpuMilli),
        ("memory_bytes", spec => spec.MemoryBytes, node => node.MemoryBytes),
        ("ephemeral_storage_bytes", spec => spec.EphemeralStorageBytes, node => node.EphemeralStorageBytes),
        ("gpu_milli", spec => spec.GpuMilliTotal, node => (long)node.GpuCount * PodSpec.WholeGpuMilli),
    ];

    public Inspector(Workload workload, IReadOnlyList<NodeSpec> fleet)
    {
        _workload = workload;
        _fleet = fleet;
        _pods = workload.Pods.ToArray();
        IEnumerable<string> names = _pods.Select(pod => pod.Spec).Distinct().SelectMany(spec => spec.Extended).Select(amount => amount.Name);
        foreach (string name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) _resources.Add((name, spec => Amount(spec.Extended, name), node => Amount(node.Extended, name)));
    }

    public TraceInspection Inspect()
    {
        TimeSpan first = _pods.Length == 0 ? TimeSpan.Zero : _pods[0].Arrival, last = _pods.Length == 0 ? TimeSpan.Zero : _pods[^1].Arrival;
        List<ShapeFigures> shapes = Shapes();
        int[] members = new int[_workload.Groups.Count];
        foreach (PodArrival pod in _pods)
        {
            if (pod.Group >= 0) members[pod.Group]++;
        }

        return new TraceInspection
        {
            Pods = _pods.Length,
            Groups = members.Length,
            GroupedPods = members.Sum(),
            LargestGroup = members.Length == 0 ? 0 : members.Max(),
            Shapes = shapes.Count,
            Apps = shapes.Select(shape => shape.Spec.App).Where(app => app.Length > 0).Distinct(StringComparer.Ordinal).Count(),
            Censored = _pods.Count(pod => pod.Duration is null),
            Failed = _pods.Count(pod => pod.Outcome == PodOutcome.Failed),
            FirstArrival = first,
            LastArrival = last,
            LastEnd = _pods.Aggregate(last, (latest, pod) => pod.Duration is TimeSpan duration && pod.Arrival + duration > latest ? pod.Arrival + duration : latest),
            Resources = [.. _resources.Select(resource => Requests(resource.Name, resource.Request)).OfType<ResourceFigures>()],
            Durations = Histogram.OfTimes([.. _pods.Where(pod => pod.Duration is not null).Select(pod => pod.Duration!.Value.Ticks)]),
            Gaps = Histogram.OfTimes([.. Enumerable.Range(1, Math.Max(0, _pods.Length - 1)).Select(i => (_pods[i].Arrival - _pods[i - 1].Arrival).Ticks)]),
            FrequentShapes = [.. shapes.Take(MostShapes)],
            OfferedLoads = _fleet.Count == 0 || last == first ? [] : [.. _resources.Select(resource => Load(resource.Name, resource.Request, resource.Capacity, first, last)).OfType<OfferedLoadFigures>()],
        };
    }

    private List<ShapeFigures> Shapes()
    {
        var index = new Dictionary<PodSpec, int>();
        var shapes = new List<ShapeFigures>();
        foreach (PodArrival pod in _pods)
        {
            if (index.TryGetValue(pod.Spec, out int known))
            {
                shapes[known] = shapes[known] with { Pods = shapes[known].Pods + 1 };
                continue;
            }

            index.Add(pod.Spec, shapes.Count);
            shapes.Add(new ShapeFigures(pod.Spec, 1));
        }

        return [.. shapes.OrderByDescending(shape => shape.Pods)];
    }

    private ResourceFigures? Requests(string name, Func<PodSpec, long> request)
    {
        List<long> amounts = [.. _pods.Select(pod => request(pod.Spec)).Where(amount => amount > 0)];
        Int128 sum = 0;
        foreach (long amount in amounts) sum += amount;
        return Histogram.OfAmounts(amounts) is Histogram histogram ? new ResourceFigures(name, amounts.Count, sum, histogram) : null;
    }

    /// <summary>Sums stay below 2^125: readers keep the sum of requests below 2^63 and durations below 2^61 ticks.</summary>
    private OfferedLoadFigures? Load(string name, Func<PodSpec, long> request, Func<NodeSpec, long> capacity, TimeSpan first, TimeSpan last)
    {
        Int128 demand = 0, total = 0;
        foreach (PodArrival pod in _pods) demand += (Int128)request(pod.Spec) * (pod.Duration ?? last - pod.Arrival).Ticks;
        foreach (NodeSpec node in _fleet) total += capacity(node);
        return demand == 0 && total == 0 ? null : new OfferedLoadFigures(name, demand, total * (last - first).Ticks);
    }

    private static long Amount(ValueList<ResourceAmount> amounts, string name)
    {
        foreach (ResourceAmount amount in amounts.AsSpan())
        {
            if (string.Equals(amount.Name, name, StringComparison.Ordinal)) return amount.Amount;
        }

        return 0;
    }
}
