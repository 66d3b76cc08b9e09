using SchedBench.Core.Controllers;

namespace SchedBench.Core.Faults;

/// <summary>Volumes that cannot be attached, or slowly.</summary>
internal sealed class Volumes(VolumeAttachments attachments) : IWorldPart
{
    private readonly SortedDictionary<int, VolumeEffect> _faults = [];

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is VolumeEffect;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        _faults.Add(fault, (VolumeEffect)effect);
        Apply();
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (_faults.Remove(fault)) Apply();
    }

    private void Apply() => attachments.SetFaults(_faults.Values.Any(fault => fault.AttachFails), _faults.Values.Aggregate(1.0, (all, fault) => all * fault.Factor));
}
