using System.Text.Json;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Plan;

/// <content>Steps, node groups and settings of workloads of Kubernetes objects.</content>
internal static partial class ExperimentJson
{
    private static void WriteSystem(Utf8JsonWriter json, ClusterReplay replay)
    {
        json.WriteString("orchestrator", Words.Of(ClusterSection.Orchestrators, replay.Orchestrator));
        WriteList(json, "steps", replay.Steps, step => WriteStep(json, step));
        WriteList(json, "nodeGroups", replay.NodeGroups, group =>
        {
            json.WriteStartObject();
            json.WriteString("pool", group.Pool);
            json.WriteNumber("min", group.Min);
            json.WriteNumber("max", group.Max);
            if (group.Initial is { } initial) json.WriteNumber("initial", initial);
            json.WriteString("boot", group.BootSeconds.ToString());
            json.WriteEndObject();
        });
        json.WriteStartObject("settings");
        SettingCatalog.Write(json, replay.Settings);
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, ClusterStep step)
    {
        json.WriteStartObject();
        json.WriteString("at", DurationText.Format(step.Step.At));
        json.WriteStartObject(step.Verb);
        if (step.Nodes is { } nodes)
        {
            if (nodes.Selector is not null) json.WriteString("selector", nodes.Text);
            else WriteList(json, "nodes", nodes.NamesAlone, json.WriteStringValue);
        }

        switch (step.Step)
        {
            case ApplyStep:
                json.WriteString("manifests", step.Manifests!.Written);
                break;
            case DeleteStep delete:
                json.WriteString("kind", delete.Kind.ToString());
                WriteName(json, "name", delete.Namespace, delete.Name);
                json.WriteString("cascade", delete.Propagation switch { Propagation.Foreground => "foreground", Propagation.Orphan => "orphan", _ => "background" });
                if (delete.Grace is { } grace) json.WriteString("gracePeriod", DurationText.Format(grace));
                break;
            case ScaleStep scale:
                json.WriteString("kind", scale.Kind.ToString());
                WriteName(json, "name", scale.Namespace, scale.Name);
                json.WriteNumber("replicas", scale.Replicas);
                break;
            case SetImageStep image:
                WriteName(json, "deployment", image.Namespace, image.Deployment);
                json.WriteString("container", image.Container);
                json.WriteString("image", image.Image);
                break;
            case RestartStep restart:
                WriteName(json, "deployment", restart.Namespace, restart.Deployment);
                break;
            case PauseStep pause:
                WriteName(json, "deployment", pause.Namespace, pause.Deployment);
                break;
            case ResumeStep resume:
                WriteName(json, "deployment", resume.Namespace, resume.Deployment);
                break;
            case RollbackStep rollback:
                WriteName(json, "deployment", rollback.Namespace, rollback.Deployment);
                if (rollback.Revision is { } revision) json.WriteNumber("revision", revision);
                break;
            case AbortReleaseStep abort:
                WriteName(json, "deployment", abort.Namespace, abort.Deployment);
                break;
            case DrainStep drain:
                WriteDrain(json, drain.Options!);
                break;
            case MaintenanceStep maintenance:
                WriteDrain(json, maintenance.Options.Drain);
                json.WriteString("work", DurationText.Format(maintenance.Options.Work));
                json.WriteBoolean("uncordon", maintenance.Options.Uncordons);
                json.WriteString("pause", DurationText.Format(maintenance.Options.Pause));
                json.WriteBoolean("cordonAllFirst", maintenance.Options.CordonsAllFirst);
                break;
            case LabelNodesStep label:
                WriteLabels(json, label);
                break;
            case TaintNodesStep taint:
                WriteList(json, "taints", [.. taint.Set.Select(item => TaintText.Of(item)), .. taint.Remove.Select(item => TaintText.Of(item))], json.WriteStringValue);
                break;
            case ResizeNodesStep resize:
                if (resize.CpuMilli is { } cpu) json.WriteString("cpu", $"{cpu}m");
                if (resize.MemoryBytes is { } memory) json.WriteNumber("memory", memory);
                if (resize.EphemeralStorageBytes is { } disk) json.WriteNumber("ephemeralStorage", disk);
                if (resize.Pods is { } pods) json.WriteNumber("pods", pods);
                break;
            case CordonNodesStep or PowerStep:
                break;
            default:
                throw new InvalidOperationException($"No text for {step.Step.GetType().Name}.");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLabels(Utf8JsonWriter json, LabelNodesStep step)
    {
        json.WriteStartObject("labels");
        foreach (Core.Objects.Label label in step.Set) json.WriteString(label.Key, label.Value);
        foreach (string key in step.Remove) json.WriteNull(key);
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, string key, string ns, string name) => json.WriteString(key, ns.Length == 0 ? name : $"{ns}/{name}");

    private static void WriteDrain(Utf8JsonWriter json, DrainOptions options)
    {
        if (options.Grace is { } grace) json.WriteString("gracePeriod", DurationText.Format(grace));
        json.WriteBoolean("ignoreDaemonSets", options.IgnoresDaemonSets);
        json.WriteBoolean("force", options.IsForced);
        json.WriteBoolean("deleteEmptyDirData", options.DeletesEmptyDir);
        json.WriteBoolean("disableEviction", options.DisablesEviction);
        if (options.Timeout is { } timeout) json.WriteString("timeout", DurationText.Format(timeout));
        json.WriteNumber("parallelism", options.Parallelism);
    }
}
