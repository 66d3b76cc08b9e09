using System.Globalization;
using SchedBench.Core.Faults;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Effects;

/// <summary>A stated parameter of an effect.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, in the one way of writing it.</param>
public readonly record struct EffectArgument(string Name, string Value);

/// <summary>What a fault does: an effect with its parameters. Immutable; equal when it does the same.</summary>
/// <param name="Kind">Which effect.</param>
/// <param name="Arguments">What is stated, in the order of the kind's parameters.</param>
public sealed record FaultEffect(EffectKind Kind, ValueList<EffectArgument> Arguments)
{
    /// <summary>A machine loses power.</summary>
    public static FaultEffect Crash { get; } = EffectCatalog.Of("crash");

    /// <summary>A machine stands still.</summary>
    public static FaultEffect Hang { get; } = EffectCatalog.Of("hang");

    /// <summary>A machine's processes stand still.</summary>
    public static FaultEffect ProcessHang { get; } = EffectCatalog.Of("processHang");

    /// <summary>A machine and the control plane lose each other.</summary>
    public static FaultEffect CutOff { get; } = EffectCatalog.Of("cutOff");

    /// <summary>A machine's heartbeats are lost.</summary>
    public static FaultEffect HeartbeatLoss { get; } = EffectCatalog.Of("heartbeatLoss");

    /// <summary>Pods are deleted.</summary>
    public static FaultEffect PodKill { get; } = EffectCatalog.Of("podKill");

    /// <summary>Its name.</summary>
    public string Name => Kind.Name;

    /// <summary>Whether it happens at an instant and leaves nothing to heal.</summary>
    public bool IsInstant => Build().IsInstant;

    /// <summary>The effect as worlds suffer it.</summary>
    public WorldEffect Build() => Kind.Build(this);

    /// <summary>A value, or the parameter's default; null without either.</summary>
    public string? Value(string name)
    {
        foreach (EffectArgument argument in Arguments)
        {
            if (argument.Name == name) return argument.Value;
        }

        return Kind.Find(name)!.Default;
    }

    /// <summary>A duration; null when it is left out.</summary>
    public TimeSpan? Duration(string name) => Value(name) is { } text && DurationText.TryParse(text, out TimeSpan duration, out _) ? duration : null;

    /// <summary>A decimal number; 0 when it is left out.</summary>
    public double Number(string name) => Value(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>A whole number, or bytes; 0 when it is left out.</summary>
    public long Whole(string name) => Value(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>The effect with a parameter stated.</summary>
    /// <exception cref="ArgumentException">It has no such parameter, or the value is not one.</exception>
    public FaultEffect With(string name, string text)
    {
        EffectParameter parameter = Kind.Find(name) ?? throw new ArgumentException($"{Name} has no parameter {name}.", nameof(name));
        if (!parameter.TryRead(text, out string value, out TextError error)) throw new ArgumentException($"{name} of {Name}: {error.Expected}, found '{text}'.", nameof(text));
        return this with
        {
            Arguments = [.. Kind.Parameters.Select(known => known.Name == name ? new EffectArgument(name, value) : Arguments.FirstOrDefault(stated => stated.Name == known.Name)).Where(stated => stated.Name is not null)],
        };
    }

    /// <inheritdoc/>
    public bool Equals(FaultEffect? other) => other is not null && ReferenceEquals(Kind, other.Kind) && Arguments == other.Arguments;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind.Name, Arguments);

    /// <inheritdoc/>
    public override string ToString() => Arguments.Count == 0 ? Name : $"{Name} {string.Join(' ', Arguments.Select(argument => $"{argument.Name}={argument.Value}"))}";
}
