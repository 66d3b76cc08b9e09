using SchedBench.Core.Objects;

namespace SchedBench.TestKit;

/// <summary>Builds a node. Every call changes this builder and returns it.</summary>
public sealed class NodeBuilder(string name)
{
    private NodeSpec _spec = new() { Name = name, CpuMilli = 4000, MemoryBytes = 16L << 30 };

    /// <summary>Allocatable CPU.</summary>
    public NodeBuilder Cpu(string cpu) => With(_spec with { CpuMilli = Units.CpuMilli(cpu) });

    /// <summary>Allocatable memory.</summary>
    public NodeBuilder Memory(string memory) => With(_spec with { MemoryBytes = Units.Bytes(memory) });

    /// <summary>Allocatable ephemeral storage.</summary>
    public NodeBuilder EphemeralStorage(string storage) => With(_spec with { EphemeralStorageBytes = Units.Bytes(storage) });

    /// <summary>Pod limit.</summary>
    public NodeBuilder Pods(int limit) => With(_spec with { Pods = limit });

    /// <summary>GPU devices and their model.</summary>
    public NodeBuilder Gpus(int count, string model = "") => With(_spec with { GpuCount = count, GpuModel = count > 0 ? model : "" });

    /// <summary>Zone.</summary>
    public NodeBuilder Zone(string zone) => With(_spec with { Zone = zone });

    /// <summary>Adds a label.</summary>
    public NodeBuilder Label(string key, string value) =>
        With(_spec with { Labels = [.. _spec.Labels.Append(new Label(key, value)).OrderBy(label => label.Key, StringComparer.Ordinal)] });

    /// <summary>Adds a taint.</summary>
    public NodeBuilder Taint(string key, string value = "", TaintEffect effect = TaintEffect.NoSchedule) =>
        With(_spec with { Taints = [.. _spec.Taints, new Taint(key, value, effect)] });

    /// <summary>Adds an extended resource.</summary>
    public NodeBuilder Extended(string resource, long amount) =>
        With(_spec with { Extended = [.. _spec.Extended.Append(new ResourceAmount(resource, amount)).OrderBy(e => e.Name, StringComparer.Ordinal)] });

    /// <summary>The spec.</summary>
    public NodeSpec Build() => _spec;

    private NodeBuilder With(NodeSpec spec)
    {
        _spec = spec;
        return this;
    }
}
