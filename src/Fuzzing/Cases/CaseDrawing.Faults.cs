using System.Globalization;
using SchedBench.Chaos.Effects;

namespace SchedBench.Fuzzing.Cases;

/// <content>Faults: effects of the catalog with values of their parameters within their bounds. A new effect joins by itself.</content>
public static partial class CaseDrawing
{
    /// <summary>Largest duration of a parameter in milliseconds; longer ones last for the whole run.</summary>
    private const long LongestMs = 60_000;

    /// <summary>Largest number of bytes.</summary>
    private const long MostBytes = 1L << 36;

    private static FuzzFault[] Faults(CaseDice dice, FeatureSet features, FuzzWorkload[] workloads, int healAt)
    {
        EffectKind[] kinds = [.. EffectCatalog.All.Where(_ => dice.Percent(50))];
        if (kinds.Length == 0) return [];
        var faults = new List<FuzzFault>();
        for (int f = 0; f < features.Faults; f++)
        {
            EffectKind kind = dice.Of<EffectKind>(kinds);
            // Surges multiply: one of a few times as many is a case, ten of forty times as many each is none.
            if (kind.Name == "surge" && faults.Any(other => other.Effect == kind.Name)) continue;
            if (Fault(dice, features, $"f{f}", kind, workloads, healAt) is { } fault) faults.Add(kind.Name == "surge" ? AsOne(fault, dice) : fault);
        }

        return [.. faults];
    }

    /// <summary>A surge that happens once.</summary>
    private static FuzzFault AsOne(FuzzFault fault, CaseDice dice)
    {
        SortedDictionary<string, string> parameters = new(fault.Parameters.ToDictionary(), StringComparer.Ordinal) { ["factor"] = Text(dice.Between(1, 4)) };
        return fault with { Parameters = parameters, EverySeconds = 0, IsRenewal = false };
    }

    private static FuzzFault? Fault(CaseDice dice, FeatureSet features, string name, EffectKind kind, FuzzWorkload[] workloads, int healAt)
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (EffectParameter parameter in kind.Parameters)
        {
            if (!parameter.IsRequired && dice.Percent(50)) continue;
            // Drains that stop at what they may not touch are mistakes of their users.
            if (parameter.Default == "true" && kind.Name == "drain") continue;
            if (Value(dice, parameter, workloads) is { } value) parameters.Add(parameter.Name, value);
            else if (parameter.IsRequired) return null;
        }

        string whom = kind.Target switch
        {
            EffectTarget.Nodes => dice.Of("nodes", "nodes", "zones"),
            EffectTarget.Pods => "pods",
            EffectTarget.Cluster => "cluster",
            _ => dice.Of("nodes", "zones", "pods"),
        };
        // Pods talk neither to the control plane nor to the registry.
        if (whom == "pods" && parameters.GetValueOrDefault("peer") is "controlPlane" or "registry") parameters["peer"] = "outside";
        bool isRenewal = features.Has(Features.Models) && whom is not "pods" && dice.Percent(40);
        return new FuzzFault(name, kind.Name, dice.Between(Calm, healAt - 1))
        {
            Parameters = parameters,
            Whom = whom,
            Workload = whom == "pods" && dice.Percent(60) ? dice.Of<FuzzWorkload>(workloads).Name : "",
            Count = dice.Of(0, 1, 1, 2),
            ForSeconds = dice.Of(1, 5, 20, 60, 200) * features.Intensity,
            EverySeconds = isRenewal || dice.Percent(40) ? dice.Of(10, 40, 120) * (5 - features.Intensity) : 0,
            IsRenewal = isRenewal,
        };
    }

    /// <summary>A value of a parameter; null where only a name would do that nobody here knows.</summary>
    private static string? Value(CaseDice dice, EffectParameter parameter, FuzzWorkload[] workloads)
    {
        long least = (long)decimal.Ceiling(parameter.Least), most = (long)decimal.Min(parameter.Most, long.MaxValue);
        return parameter.Type switch
        {
            ParameterType.Duration => Text(dice.Magnitude(least * 1000, Math.Min(most, LongestMs / 1000) * 1000)) + "ms",
            ParameterType.Number or ParameterType.Whole when most <= 100 => Text(dice.Between((int)least, (int)most)),
            ParameterType.Number or ParameterType.Whole => Text(dice.Magnitude(least, Math.Min(most, 10_000))),
            ParameterType.Bytes => Text(dice.Magnitude(least, Math.Min(most, MostBytes))),
            ParameterType.Word => dice.Of(parameter.Words),
            ParameterType.Peer => dice.Of("anyone", "controlPlane", "outside", "registry", "nodes", "nodes topology.kubernetes.io/zone=a", "pods", $"pods default/ app={workloads[0].Name}"),
            _ => parameter.Name switch
            {
                "service" => dice.Of<FuzzWorkload>(workloads).Name,
                "image" => $"{dice.Of<FuzzWorkload>(workloads).Name}{dice.Of("", ":v1", ":v2")}",
                "container" => "main",
                "deployment" => workloads.Where(workload => workload.Kind == FuzzWorkloadKind.Deployment).Select(workload => $"default/{workload.Name}").FirstOrDefault(),
                _ => parameter.Default,
            },
        };
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
