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
            string duration = fault.Duration is { } length ? $", duration: {DurationText.Format(length)}" : "";
            string parameters = string.Concat(fault.Effect.Arguments.Select(argument => $", {argument.Name}: \"{argument.Value}\""));
            text.Append(CultureInfo.InvariantCulture, $"- {{ name: \"{fault.Number}-{fault.Cause}\", at: {DurationText.Format(fault.At)}{duration}, effect: {fault.Effect.Name}{parameters}{TargetOf(fault)}{Moments.Write(fault.After, fault.By)}{GuardSection.Write(fault.Guards)} }}\n");
        }

        return text.ToString();
    }

    private static string TargetOf(PlannedFault fault)
    {
        if (fault.Pods is not { } target) return fault.Nodes.Count == 0 ? "" : $", nodes: {List(fault.Nodes)}";
        var pods = new List<string>();
        if (target.Namespaces.Count > 0) pods.Add($"namespaces: {List(target.Namespaces)}");
        if (target.Names.Count > 0) pods.Add($"names: {List(target.Names)}");
        if (target.Selector is { } selector) pods.Add($"selector: \"{SelectorText.Format(selector)}\"");
        if (target.NamespacePattern.Length > 0) pods.Add($"namespacePattern: {Quoted(target.NamespacePattern)}");
        if (target.NamePattern.Length > 0) pods.Add($"namePattern: {Quoted(target.NamePattern)}");
        if (target.Annotations is { } annotations) pods.Add($"annotations: \"{SelectorText.Format(annotations)}\"");
        if (target.Phases.Count > 0) pods.Add($"phases: {List(target.Phases)}");
        if (target.NodeSelector is { } nodes) pods.Add($"nodeSelector: \"{SelectorText.Format(nodes)}\"");
        string value = target.Value > 0 ? string.Create(CultureInfo.InvariantCulture, $", value: {target.Value}") : "";
        return $", pods: {{ {string.Join(", ", pods)} }}, mode: {FaultTargetSection.NameOf(target.Mode)}{value}, draws: \"{fault.Draws}\"";
    }

    /// <summary>Text that may hold backslashes.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string List(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(name => $"\"{name}\""))}]";

    /// <summary>The faults of a file.</summary>
    /// <exception cref="InputException">It cannot be read, or something is wrong with it.</exception>
    public static IReadOnlyList<FaultSource> Read(string path, string displayName)
    {
        var reader = new YamlReader(displayName);
        YamlMap root = reader.Open(YamlDocument.ParseSingle(InputFile.ReadAllText(path, displayName, LargestBytes), displayName));
        root.Required("apiVersion")?.OneOf([(Experiment.ApiVersion, 0)]);
        root.Required("kind")?.OneOf([(Kind, 0)]);
        IReadOnlyList<FaultSource> sources = root.Required("faults") is { } list ? FaultSection.ReadSources(list, reading: null) : [];
        reader.Finish();
        return sources;
    }
}
