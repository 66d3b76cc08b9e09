using SchedBench.Chaos.Effects;
using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary><c>effect</c> of a fault and the parameters beside it: what <see cref="EffectCatalog"/> says can be stated.</summary>
internal static class EffectSection
{
    /// <summary>The effect; null when something is wrong, which is reported.</summary>
    /// <param name="map">The fault.</param>
    /// <param name="usual">What it is when none is stated; its parameters may be.</param>
    internal static FaultEffect? Read(YamlMap map, FaultEffect usual)
    {
        if (ReadKind(map, usual) is not { } kind) return null;
        FaultEffect effect = ReferenceEquals(kind, usual.Kind) ? usual : new FaultEffect(kind, []);
        foreach (EffectParameter parameter in kind.Parameters)
        {
            if (map.Optional(parameter.Name) is not { } value)
            {
                if (parameter.IsRequired && effect.Value(parameter.Name) is null) map.Report($"expected {parameter.Name} beside effect {kind}: {parameter.Meaning}");
                continue;
            }

            // Numbers may stand without quotation marks, and text that looks like one as well.
            if (parameter.TryRead(value.PlainText, out _, out TextError error)) effect = effect.With(parameter.Name, value.PlainText);
            else value.Report(error);
        }

        return kind.Parameters.All(parameter => !parameter.IsRequired || effect.Value(parameter.Name) is not null) ? effect : null;
    }

    private static EffectKind? ReadKind(YamlMap map, FaultEffect usual)
    {
        if (map.Optional("effect") is not { } value) return usual.Kind;
        if (value.Text() is not { } name) return null;
        if (EffectCatalog.Find(name) is { } kind) return kind;
        string[] names = [.. EffectCatalog.All.Select(known => known.Name)];
        value.Report($"expected one of {string.Join(", ", names)}", NearestName.Find(name, names));
        return null;
    }
}
