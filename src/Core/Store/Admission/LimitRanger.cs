using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Fills in and bounds what containers ask for (Kubernetes <c>plugin/pkg/admission/limitranger</c>).</summary>
/// <remarks>Defaults of the API (<c>SetDefaults_LimitRangeItem</c>): a default limit is the maximum when none is stated, a default request the default limit, then
/// the minimum. A request of 0 counts as not stated, since the projection does not tell them apart; Kubernetes does. Ranges of claims and the ratio of limit to
/// request are not modelled.</remarks>
public sealed class LimitRanger : IAdmission, IStoreListener
{
    private readonly ObjectStore _store;
    private readonly Dictionary<string, SpecMemo> _memos = new(StringComparer.Ordinal);

    /// <summary>Reads the ranges of a store.</summary>
    public LimitRanger(ObjectStore store)
    {
        _store = store;
        store.Subscribe(this);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Kind == ResourceKind.LimitRange) _memos.Clear();
    }

    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested)
    {
        if (requested is not Pod pod || _store.View.All(ResourceKind.LimitRange).Count == 0) return null;
        string ns = pod.Metadata.Namespace;
        if (!_memos.TryGetValue(ns, out SpecMemo? memo)) _memos.Add(ns, memo = new SpecMemo());
        if (!memo.TryGet(pod.Spec, out PodSpec spec))
        {
            LimitRangeItem[] items = [.. _store.View.All(ResourceKind.LimitRange).Cast<LimitRange>().Where(range => range.Metadata.Namespace == ns).SelectMany(range => range.Limits)];
            spec = pod.Spec;
            foreach (LimitRangeItem item in items.Where(item => !item.IsPod)) spec = WithDefaults(spec, item);
            if (!ReferenceEquals(spec, pod.Spec)) spec = PodRequests.OfContainers(spec, Overhead(pod.Spec, r => r.CpuMilli), Overhead(pod.Spec, r => r.MemoryBytes));
            string[] broken = [.. items.SelectMany(item => Broken(spec, item))];
            if (broken.Length > 0) return new ApiError(ApiErrorCode.Forbidden, $"pods \"{pod.Name}\" is forbidden: {string.Join("; ", broken)}");
            memo.Keep(pod.Spec, spec);
        }

        if (!ReferenceEquals(spec, pod.Spec)) requested = pod with { Spec = spec };
        return null;
    }

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next) => null;

    /// <summary>What the pod asks for beyond its containers: the overhead of its runtime class.</summary>
    private static long Overhead(PodSpec spec, Func<PodSpec, long> amount) => amount(spec) - amount(PodRequests.OfContainers(spec));

    private static PodSpec WithDefaults(PodSpec spec, LimitRangeItem item)
    {
        long? limit = item.DefaultLimit ?? item.Max;
        long? request = item.DefaultRequest ?? limit ?? item.Min;
        if (limit is null && request is null) return spec;
        Container[] containers = [.. spec.Containers.Select(container => Fill(container, item.Resource, request, limit))];
        Container[] initial = [.. spec.InitContainers.Select(container => Fill(container, item.Resource, request, limit))];
        bool isSame = containers.SequenceEqual(spec.Containers) && initial.SequenceEqual(spec.InitContainers);
        return isSame ? spec : spec with { Containers = [.. containers], InitContainers = [.. initial] };
    }

    private static Container Fill(Container container, string resource, long? request, long? limit) => resource switch
    {
        "cpu" => container with { CpuMilli = container.CpuMilli > 0 ? container.CpuMilli : request ?? 0, CpuMilliLimit = container.CpuMilliLimit ?? limit },
        "memory" => container with { MemoryBytes = container.MemoryBytes > 0 ? container.MemoryBytes : request ?? 0, MemoryBytesLimit = container.MemoryBytesLimit ?? limit },
        "ephemeral-storage" => container with { EphemeralStorageBytes = container.EphemeralStorageBytes > 0 ? container.EphemeralStorageBytes : request ?? 0, EphemeralStorageBytesLimit = container.EphemeralStorageBytesLimit ?? limit },
        _ => container,
    };

    private static IEnumerable<string> Broken(PodSpec spec, LimitRangeItem item)
    {
        if (item.IsPod)
        {
            long? limit = spec.Containers.Count == 0 ? null : Sum(spec.Containers.Select(container => Limit(container, item.Resource)));
            foreach (string finding in Broken("Pod", item, Request(spec, item.Resource), limit)) yield return finding;
            yield break;
        }

        foreach (Container container in spec.InitContainers.Concat(spec.Containers))
        {
            foreach (string finding in Broken("Container", item, Request(container, item.Resource), Limit(container, item.Resource))) yield return finding;
        }
    }

    private static IEnumerable<string> Broken(string what, LimitRangeItem item, long request, long? limit)
    {
        if (item.Min is { } min)
        {
            if (request == 0) yield return $"minimum {item.Resource} usage per {what} is {min}. No request is specified";
            else if (request < min) yield return $"minimum {item.Resource} usage per {what} is {min}, but request is {request}";
            else if (limit < min) yield return $"minimum {item.Resource} usage per {what} is {min}, but limit is {limit}";
        }

        if (item.Max is { } max)
        {
            if (limit is null) yield return $"maximum {item.Resource} usage per {what} is {max}. No limit is specified";
            else if (limit > max) yield return $"maximum {item.Resource} usage per {what} is {max}, but limit is {limit}";
            else if (request > max) yield return $"maximum {item.Resource} usage per {what} is {max}, but request is {request}";
        }
    }

    private static long? Sum(IEnumerable<long?> amounts)
    {
        long sum = 0;
        foreach (long? amount in amounts)
        {
            if (amount is null) return null;
            sum = checked(sum + amount.Value);
        }

        return sum;
    }

    private static long Request(PodSpec spec, string resource) => resource switch
    {
        "cpu" => spec.CpuMilli,
        "memory" => spec.MemoryBytes,
        "ephemeral-storage" => spec.EphemeralStorageBytes,
        _ => 0,
    };

    private static long Request(Container container, string resource) => resource switch
    {
        "cpu" => container.CpuMilli,
        "memory" => container.MemoryBytes,
        "ephemeral-storage" => container.EphemeralStorageBytes,
        _ => 0,
    };

    private static long? Limit(Container container, string resource) => resource switch
    {
        "cpu" => container.CpuMilliLimit,
        "memory" => container.MemoryBytesLimit,
        "ephemeral-storage" => container.EphemeralStorageBytesLimit,
        _ => null,
    };
}
