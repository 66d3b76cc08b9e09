using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;

namespace SchedBench.TestKit;

/// <summary>Builds a pod of a workload. Every call changes this builder and returns it.</summary>
public sealed partial class PodBuilder(string name)
{
    private PodSpec _spec = new();
    private TimeSpan _arrival;
    private TimeSpan? _duration;
    private PodOutcome _outcome;

    /// <summary>CPU request, such as <c>500m</c>.</summary>
    public PodBuilder Cpu(string cpu) => With(_spec with { CpuMilli = Units.CpuMilli(cpu) });

    /// <summary>Memory request, such as <c>1Gi</c>.</summary>
    public PodBuilder Memory(string memory) => With(_spec with { MemoryBytes = Units.Bytes(memory) });

    /// <summary>Ephemeral storage request.</summary>
    public PodBuilder EphemeralStorage(string storage) => With(_spec with { EphemeralStorageBytes = Units.Bytes(storage) });

    /// <summary>Whole GPU devices.</summary>
    public PodBuilder Gpus(int count) => With(_spec with { GpuCount = count, GpuMilliPerDevice = count > 0 ? PodSpec.WholeGpuMilli : 0 });

    /// <summary>A share of one GPU device, in milli.</summary>
    public PodBuilder GpuShare(int milli) => With(_spec with { GpuCount = 1, GpuMilliPerDevice = milli });

    /// <summary>GPU models the pod accepts.</summary>
    public PodBuilder Models(params string[] models) => With(_spec with { GpuModels = [.. models.Order(StringComparer.Ordinal)] });

    /// <summary>Adds a label that the node must carry.</summary>
    public PodBuilder On(string key, string value) =>
        With(_spec with { NodeSelector = [.. _spec.NodeSelector.Append(new Label(key, value)).OrderBy(label => label.Key, StringComparer.Ordinal)] });

    /// <summary>Adds a request of an extended resource.</summary>
    public PodBuilder Extended(string resource, long amount) =>
        With(_spec with { Extended = [.. _spec.Extended.Append(new ResourceAmount(resource, amount)).OrderBy(e => e.Name, StringComparer.Ordinal)] });

    /// <summary>The app, and how many pods of it a node may hold (0 = no limit).</summary>
    public PodBuilder App(string app, int maxPerNode = 0) => With(_spec with { App = app, MaxPerNode = maxPerNode });

    /// <summary>Priority.</summary>
    public PodBuilder Priority(int priority) => With(_spec with { Priority = priority });

    /// <summary>Instant of arrival, in seconds.</summary>
    public PodBuilder At(double seconds)
    {
        _arrival = TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>Service time, in seconds.</summary>
    public PodBuilder For(double seconds)
    {
        _duration = TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>The pod ends with an error.</summary>
    public PodBuilder Fails()
    {
        _outcome = PodOutcome.Failed;
        return this;
    }

    /// <summary>The spec.</summary>
    public PodSpec Spec() => _spec;

    /// <summary>The arrival, as a member of a group or alone.</summary>
    public PodArrival Build(int group = -1) => new(name, _spec, _arrival, _duration, group, _outcome) { Labels = _labels, Namespace = _namespace };

    /// <summary>So many pods of this kind, named <c>name-0</c>, <c>name-1</c>, …, that share one spec.</summary>
    public IEnumerable<PodArrival> Times(int count, int group = -1) => Enumerable.Range(0, count).Select(i => Build(group) with { Name = $"{name}-{i}" });

    private PodBuilder With(PodSpec spec)
    {
        _spec = spec;
        return this;
    }
}
