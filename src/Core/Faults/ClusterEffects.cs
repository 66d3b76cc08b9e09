namespace SchedBench.Core.Faults;

/// <summary>Names of services are not resolved (Chaos Mesh <c>DNSChaos</c>): clients that open a connection find no endpoint.</summary>
/// <param name="Share">Share of the look-ups that fail, 0 to 1.</param>
/// <param name="Service">Service whose name fails, <c>namespace/name</c> or <c>name</c>; empty for all.</param>
public sealed record DnsEffect(double Share, string Service) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Dns;
}

/// <summary>The image registry is down, or slow, or has an image that is corrupt.</summary>
/// <param name="IsDown">Whether pulls fail.</param>
/// <param name="Factor">Times as slow pulls are, ≥ 1.</param>
/// <param name="CorruptImage">Image whose pulls fail, <c>name</c> or <c>name:tag</c>; empty for none.</param>
public sealed record RegistryEffect(bool IsDown, double Factor, string CorruptImage) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Registry;
}

/// <summary>Volumes cannot be attached, or slowly.</summary>
/// <param name="AttachFails">Whether attaching fails, and is tried again.</param>
/// <param name="Factor">Times as slow attaching and detaching is, ≥ 1.</param>
public sealed record VolumeEffect(bool AttachFails, double Factor) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Volumes;
}
