using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>One thing that a resource does.</summary>
/// <param name="Suffix">What distinguishes it from the others of the resource; empty when it is alone.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Targets">Whom it may hit.</param>
internal sealed record MeshEffect(string Suffix, FaultEffect Effect, FaultTarget Targets)
{
    /// <summary>How long it lasts whatever the resource says: of machines that are restarted. Null for as long as the resource says.</summary>
    public TimeSpan? Length { get; init; }
}

/// <summary>What the spec of a chaos kind says.</summary>
/// <param name="Effects">What it does: one thing or several at once. Victims of all of them are the same.</param>
/// <param name="Duration">How long; null where it is left out.</param>
internal sealed record MeshChaos(IReadOnlyList<MeshEffect> Effects, TimeSpan? Duration)
{
    /// <summary>Nothing: something was wrong with it.</summary>
    public static MeshChaos None { get; } = new([], null);

    /// <summary>Whether it is over as soon as it has begun (Chaos Mesh's one-shot actions).</summary>
    public bool IsOneShot => Effects.All(effect => effect.Effect.IsInstant || effect.Length is not null);
}
