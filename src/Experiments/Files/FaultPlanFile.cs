using System.Globalization;
using System.Text;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary>A fault plan as a file: the exact faults of one seed, which a set with <c>plan</c> replays under any seed.</summary>
public static class FaultPlanFile
{
    /// <summary>Kind of the file.</summary>
    public const string Kind = "FaultPlan";

    private const long LargestBytes = 64 << 20;

    /// <summary>The plan as text.</summary>
    public static string Write(FaultPlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"apiVersion: {Experiment.ApiVersion}\nkind: {Kind}\nfaults:{(plan.Faults.Count == 0 ? " []" : "")}\n");
        foreach (PlannedFault fault in plan.Faults)
        {
            string target = fault.Pods is { } pods ? PodsOf(pods) : $"nodes: [{string.Join(", ", fault.Nodes.Select(node => $"\"{node}\""))}]";
            string duration = fault.Duration is { } length ? $"duration: {DurationText.Format(length)}, " : "";
            text.Append(CultureInfo.InvariantCulture,
                $"- {{ name: \"{fault.Number}-{fault.Cause}\", at: {DurationText.Format(fault.At)}, {duration}effect: {FaultEffects.NameOf(fault.Effect)}, {target} }}\n");
        }

        return text.ToString();
    }

    private static string PodsOf(PodKillSource source)
    {
        PodTarget target = source.Pods;
        string ns = target.Namespace.Length > 0 ? $"namespace: \"{target.Namespace}\", " : "", selector = target.Selector is { } labels ? $"selector: \"{SelectorText.Format(labels)}\"" : "";
        string grace = target.Grace is { } given ? $", gracePeriod: {DurationText.Format(given)}" : "";
        string value = target.Value > 0 ? string.Create(CultureInfo.InvariantCulture, $", value: {target.Value}") : "";
        return $"pods: {{ {$"{ns}{selector}".TrimEnd(' ', ',')} }}, mode: {FaultSection.NameOf(target.Mode)}{value}{grace}, draws: \"{source.Draws}\"";
    }

    /// <summary>The faults of a file.</summary>
    /// <exception cref="InputException">It cannot be read, or something is wrong with it.</exception>
    public static IReadOnlyList<FaultSource> Read(string path, string displayName)
    {
        var reader = new YamlReader(displayName);
        YamlMap root = reader.Open(YamlDocument.ParseSingle(InputFile.ReadAllText(path, displayName, LargestBytes), displayName));
        root.Required("apiVersion")?.OneOf([(Experiment.ApiVersion, 0)]);
        root.Required("kind")?.OneOf([(Kind, 0)]);
        IReadOnlyList<FaultSource> sources = root.Required("faults") is { } list ? FaultSection.ReadSources(list) : [];
        reader.Finish();
        return sources;
    }
}
