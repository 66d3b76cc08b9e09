namespace SchedBench.Core.Scheduling;

/// <summary>What is true of the volumes of a pod whatever the node.</summary>
/// <param name="HasClaims">Whether it mounts claims.</param>
/// <param name="MissingClaim">The first claim that does not exist, or null.</param>
/// <param name="DeletedClaim">The first claim that is being deleted, or null.</param>
/// <param name="WaitsForBinding">Whether a claim without a volume gets one before its pods, so that they wait for it.</param>
/// <param name="MissingVolume">The first volume that a claim names and that does not exist, or null.</param>
/// <param name="IsInUse">Whether another pod uses a claim that one pod at a time may use.</param>
/// <param name="HasZones">Whether the labels of a bound volume name zones or regions.</param>
public readonly record struct VolumeOutlook(
    bool HasClaims, string? MissingClaim, string? DeletedClaim, bool WaitsForBinding, string? MissingVolume, bool IsInUse, bool HasZones);
