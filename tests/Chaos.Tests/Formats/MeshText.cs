using System.Globalization;
using SchedBench.Chaos.Formats;
using SchedBench.Chaos.Formats.ChaosMesh;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Tests.Formats;

/// <summary>Resources as text, and what they came to as text.</summary>
internal static class MeshText
{
    /// <summary>A resource of a kind in namespace <c>ops</c>.</summary>
    internal static string Resource(string kind, string spec) => $"apiVersion: chaos-mesh.org/v1alpha1\nkind: {kind}\nmetadata: {{ name: x, namespace: ops }}\nspec: {spec}\n";

    internal static FileFaults Read(string text, FileFaultOptions? options = null) => ChaosMeshReader.Parse(text, "chaos.yaml", options ?? new FileFaultOptions());

    /// <summary>The sources of one resource, a line each.</summary>
    internal static string Sources(string kind, string spec, FileFaultOptions? options = null) => string.Join('\n', Read(Resource(kind, spec), options).Sources.Select(Of));

    /// <summary>What is wrong with a resource.</summary>
    internal static IReadOnlyList<InputProblem> Problems(string kind, string spec) => Assert.Throws<InputException>(() => Read(Resource(kind, spec))).Problems;

    /// <summary>A source on one line.</summary>
    internal static string Of(FaultSource source)
    {
        string when = source switch
        {
            TimedSource timed => $"at {DurationText.Format(timed.At)}{For(timed.Duration)}",
            CronSource cron => $"cron '{cron.Schedule.Text}' from {DurationText.Format(cron.From)}{For(cron.Duration)}{If(cron.Until is not null, $" until {DurationText.Format(cron.Until ?? TimeSpan.Zero)}")}{If(cron.Delay > TimeSpan.Zero, $" delay {DurationText.Format(cron.Delay)}")}"
                + If(cron.Busy > TimeSpan.Zero, cron.Busy == TimeSpan.MaxValue ? " busy for ever" : $" busy {DurationText.Format(cron.Busy)}"),
            _ => throw new InvalidOperationException(),
        };
        return $"{source.Name}: {source.Effect} {when} on {Of(source.Targets)}";
    }

    private static string Of(FaultTarget target) => target switch
    {
        TargetSpec nodes => $"nodes {string.Join(' ', nodes.Nodes)}{If(nodes.Selector is not null, SelectorText.Format(nodes.Selector ?? LabelSelector.Everything))} {Mode(nodes.Mode, nodes.Value)}",
        PodTarget pods => $"pods [{string.Join(' ', pods.Namespaces)}]{If(pods.NamespacePattern.Length > 0, $" ns~{pods.NamespacePattern}")}{If(pods.NamePattern.Length > 0, $" name~{pods.NamePattern}")}{If(pods.Names.Count > 0, $" names {string.Join(' ', pods.Names)}")}"
            + $"{Labels(" ", pods.Selector)}{Labels(" annotated ", pods.Annotations)}{Labels(" on ", pods.NodeSelector)}{If(pods.Phases.Count > 0, $" {string.Join(' ', pods.Phases)}")} {Mode(pods.Mode, pods.Value)}",
        _ => "cluster",
    };

    private static string Labels(string before, LabelSelector? selector) => selector is null ? "" : before + SelectorText.Format(selector);

    private static string Mode(TargetMode mode, int value) => value > 0 ? string.Create(CultureInfo.InvariantCulture, $"{mode} {value}") : $"{mode}";

    private static string For(TimeSpan? duration) => duration is { } known ? $" for {DurationText.Format(known)}" : "";

    private static string If(bool holds, string text) => holds ? text : "";
}
