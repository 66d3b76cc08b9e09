using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Swarm;

namespace SchedBench.Experiments.Files;

/// <summary>What an experiment says that the orchestrator of a workload does not have: an error where the workload would be another one without it, a note where it merely
/// changes nothing, as workloads that share sections will have it.</summary>
internal static class SwarmChecks
{
    /// <summary>Objects that a note names.</summary>
    private const int MostNames = 5;

    private const string Nothing = "changes nothing: the orchestrator is ";

    internal static void Run(YamlMap workload, YamlMap cluster, YamlMap? update, ClusterReplay replay, ExperimentReading reading)
    {
        NoteSettings(workload, replay, reading);
        if (replay.Orchestrator != Orchestrator.Swarm) return;
        foreach (string key in (string[])["clientLimits", "watchDelay"]) Note(cluster, key, "managers of Docker Swarm have the store in themselves", reading);
        workload.Peek("nodeGroups")?.Report("expected no node groups here: Docker Swarm has no cluster autoscaler, they belong to the orchestrator kubernetes");
        CheckSteps(workload);
        if (cluster.Peek("manifests") is { } manifests) CheckObjects(manifests, replay.Objects.Objects, reading);
        if (update is not null && replay.Update is { } given) CheckUpdate(workload, update, given, reading);
    }

    /// <summary>Objects of manifests: those without which the workload would be another one are errors, those and their fields that change nothing are notes, one for each reason.</summary>
    internal static void CheckObjects(YamlValue place, IReadOnlyList<KubeObject> objects, ExperimentReading reading)
    {
        var idle = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (KubeObject item in objects)
        {
            SwarmSupport support = SwarmSupport.Check(item);
            if (support.Level == SwarmSupportLevel.Refused) place.Report($"expected objects that Docker Swarm has a counterpart of, or the orchestrator kubernetes; {item.Key}: {support.Reason}");
            if (support.Level == SwarmSupportLevel.NotApplied) Add(support.Reason, item);
            foreach (string field in support.Ignored) Add(field + " has no counterpart", item);
        }

        foreach (string reason in order)
        {
            List<string> names = idle[reason];
            string more = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
            reading.Note(place, place.PlainText, $"{string.Join(", ", names.Take(MostNames))}{more}: {Nothing}swarm, and {reason}");
        }

        void Add(string reason, KubeObject item)
        {
            if (!idle.TryGetValue(reason, out List<string>? names))
            {
                idle.Add(reason, names = []);
                order.Add(reason);
            }

            names.Add(item.Key.ToString());
        }
    }

    /// <summary>Groups that the other orchestrator alone has.</summary>
    private static void NoteSettings(YamlMap workload, ClusterReplay replay, ExperimentReading reading)
    {
        foreach ((string group, YamlValue value) in workload.Peek("settings") is { IsMap: true } settings ? settings.Entries() : [])
        {
            if (!SettingCatalog.IsOf(group, replay.Orchestrator)) reading.Note(value, group, Nothing + Words.Of(ClusterSection.Orchestrators, replay.Orchestrator));
        }
    }

    private static void CheckUpdate(YamlMap workload, YamlMap map, UpdateSpec update, ExperimentReading reading)
    {
        if (update.Method is not (UpdateMethod.Recreate or UpdateMethod.RollingUpdate))
            map.Peek("method")?.Report($"expected recreate or rollingUpdate: Docker Swarm has no {Words.Of(ClusterSection.Methods, update.Method)}, it belongs to the orchestrator kubernetes");
        Note(map, "progressDeadline", "tasks of Docker Swarm are watched for settings.swarm.updateConfig.monitor instead", reading);
        Note(map, "rollBack", "settings.swarm.updateConfig.failureAction says what follows a failure", reading);
        if (workload.Peek("settings") is not { IsMap: true } settings || settings.Entries().FirstOrDefault(entry => entry.Key == "swarm").Value is not { IsMap: true } swarm) return;
        if (swarm.Entries().All(entry => entry.Key != "updateConfig")) return;
        foreach (string key in (string[])["maxSurge", "maxUnavailable"]) Note(map, key, "settings.swarm.updateConfig says how updates go", reading);
    }

    private static void CheckSteps(YamlMap workload)
    {
        if (workload.Peek("steps") is not { IsList: true } list) return;
        foreach (YamlValue item in list.Items())
        {
            if (!item.IsMap) continue;
            foreach ((string verb, YamlValue value) in item.Entries())
            {
                if (verb is "pause" or "resume") value.Report("expected another step: Docker Swarm cannot hold the updates of a service, this belongs to the orchestrator kubernetes");
                if (verb is "taint" or "resize") value.Report("expected another step: Docker Swarm knows labels of nodes, but neither taints nor a size that is told to it; this belongs to the orchestrator kubernetes");
                if (verb == "rollback" && value.IsMap && value.Entries().FirstOrDefault(entry => entry.Key == "revision").Value is { } revision)
                    revision.Report("expected no revision: Docker Swarm knows the version before alone");
            }
        }
    }

    private static void Note(YamlMap map, string key, string why, ExperimentReading reading)
    {
        if (map.Peek(key) is { } value) reading.Note(value, value.PlainText, $"{Nothing}swarm, and {why}");
    }
}
