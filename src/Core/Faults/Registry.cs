using SchedBench.Core.Nodes;

namespace SchedBench.Core.Faults;

/// <summary>The image registry: down while a fault says so, as slow as the product of their factors.</summary>
internal sealed class Registry(SimulatedRuntime runtime) : IWorldPart
{
    private readonly SortedDictionary<int, RegistryEffect> _faults = [];

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is RegistryEffect;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        var registry = (RegistryEffect)effect;
        _faults.Add(fault, registry);
        if (registry.CorruptImage.Length > 0) runtime.SetCorrupt(registry.CorruptImage, isCorrupt: true);
        Apply();
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (!_faults.Remove(fault, out RegistryEffect? held)) return;
        if (held.CorruptImage.Length > 0 && _faults.Values.All(other => other.CorruptImage != held.CorruptImage)) runtime.SetCorrupt(held.CorruptImage, isCorrupt: false);
        Apply();
    }

    private void Apply()
    {
        runtime.IsRegistryDown = _faults.Values.Any(fault => fault.IsDown);
        double factor = _faults.Values.Aggregate(1.0, (all, fault) => all * fault.Factor);
        if (factor != runtime.RegistrySlowness) runtime.SetRegistrySlowness(factor);
    }
}
