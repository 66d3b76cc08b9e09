using System.Globalization;
using System.Text.RegularExpressions;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Probes and the preStop hook.</summary>
internal static partial class ProbeReading
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly string[] Actions = ["httpGet", "tcpSocket", "exec", "grpc"];
    private static readonly string[] Hooks = ["exec", "httpGet", "sleep", "tcpSocket"];

    internal static Probe? Read(YamlMap container, string key, bool isReadiness, bool isForbidden)
    {
        if (container.Optional(key) is not { } value || value.Map() is not { } map) return null;
        if (isForbidden) value.Report("expected no probe on an init container that is no sidecar");
        int success = AtLeastOne(map, "successThreshold", 1);
        if (success != 1 && !isReadiness) map.Optional("successThreshold")!.Report("expected 1 on a liveness or startup probe");
        return new Probe
        {
            InitialDelay = map.Seconds("initialDelaySeconds", 0),
            Period = TimeSpan.FromSeconds(AtLeastOne(map, "periodSeconds", 10)),
            Timeout = TimeSpan.FromSeconds(AtLeastOne(map, "timeoutSeconds", 1)),
            SuccessThreshold = success,
            FailureThreshold = AtLeastOne(map, "failureThreshold", 3),
            Action = ReadAction(map, Actions),
        };
    }

    /// <summary>How long the hook takes: what a <c>sleep</c> of the API or of a shell says, otherwise zero; null without a hook.</summary>
    internal static TimeSpan? ReadPreStop(YamlMap container)
    {
        if (container.Child("lifecycle") is not { } lifecycle) return null;
        if (lifecycle.Child("postStart") is { } start) ReadAction(start, Hooks);
        if (lifecycle.Child("preStop") is not { } hook) return null;
        return ReadAction(hook, Hooks) switch
        {
            "sleep" => hook.Child("sleep")?.Seconds("seconds", 0) ?? TimeSpan.Zero,
            "exec" => Sleep(string.Join(' ', hook.Child("exec")?.Texts("command") ?? [])),
            _ => TimeSpan.Zero,
        };
    }

    private static string ReadAction(YamlMap map, string[] actions)
    {
        string[] found = [.. actions.Where(action => map.Optional(action) is not null)];
        if (found.Length != 1)
        {
            map.Report($"expected exactly one of {string.Join(", ", actions)}");
            return "exec";
        }

        if (map.Child(found[0]) is not { } action) return found[0];
        if (found[0] == "grpc") action.Count("port", 0, 1, 65_535);
        else if (found[0] is "httpGet" or "tcpSocket") action.Optional("port")?.Port();
        else if (found[0] == "exec" && action.Values("command").Count == 0) action.Report("expected a command of at least one word");
        return found[0];
    }

    /// <summary>A count; zero means the default, as it does for the API server.</summary>
    private static int AtLeastOne(YamlMap map, string key, int otherwise) => map.Count(key, 0) is > 0 and var count ? count : otherwise;

    private static TimeSpan Sleep(string command)
    {
        Match match = SleepCommand().Match(command);
        return match.Success ? TimeSpan.FromSeconds(int.Parse(match.Groups["seconds"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)) : TimeSpan.Zero;
    }

    [GeneratedRegex(@"^((/usr)?/bin/)?((ba|a|da)?sh -e?c )?((/usr)?/bin/)?sleep (?<seconds>[0-9]{1,6})s?;?\z", Options)]
    private static partial Regex SleepCommand();
}
