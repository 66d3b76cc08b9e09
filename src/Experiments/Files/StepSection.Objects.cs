using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Experiments.Files;

/// <content>Steps on objects.</content>
internal sealed partial class StepSection
{
    private const int MostReplicas = 1_000_000;

    private static readonly (string Name, ResourceKind Value)[] Sized =
    [
        ("Deployment", ResourceKind.Deployment), ("StatefulSet", ResourceKind.StatefulSet), ("ReplicaSet", ResourceKind.ReplicaSet),
        ("ReplicationController", ResourceKind.ReplicationController),
    ];

    /// <summary>Kinds that manifests can hold, but nodes, which are the fleet's.</summary>
    private static readonly (string Name, ResourceKind Value)[] Deletable =
    [
        .. ResourceKinds.All.Where(info => info.Kind is not (ResourceKind.Node or ResourceKind.Event or ResourceKind.EndpointSlice or ResourceKind.ControllerRevision))
            .Select(info => (info.Kind.ToString(), info.Kind)),
    ];

    private static readonly (string Name, Propagation Value)[] Cascades =
        [("background", Propagation.Background), ("foreground", Propagation.Foreground), ("orphan", Propagation.Orphan)];

    private ClusterStep? ReadDelete(YamlMap map, TimeSpan at)
    {
        ResourceKind? kind = map.Required("kind")?.OneOf(Deletable);
        YamlValue? name = map.Required("name");
        Propagation cascade = map.Optional("cascade")?.OneOf(Cascades) ?? Propagation.Background;
        YamlValue? grace = map.Optional("gracePeriod");
        if (grace is not null && kind is not null and not ResourceKind.Pod) grace.Report("expected no gracePeriod here: it belongs to a Pod");
        TimeSpan? given = grace?.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (kind is not { } known || name is null || _objects.Find(name, known) is not { } key) return null;
        if (NeededByUpdate(key) is { } needed) name.Report($"expected an object that the update at {DurationText.Format(_replay.Update!.At)} can do without: it changes {needed.Key}");
        _objects.Delete(key);
        return new ClusterStep("delete", new DeleteStep(at, known, key.Name, cascade, key.Namespace) { Grace = given });
    }

    private ClusterStep? ReadScale(YamlMap map, TimeSpan at)
    {
        ResourceKind? kind = map.Optional("kind") is { } stated ? stated.OneOf(Sized) : ResourceKind.Deployment;
        YamlValue? name = map.Required("name");
        int replicas = (int)(map.Required("replicas")?.Integer(0, MostReplicas) ?? 0);
        if (kind is not { } known || name is null || _objects.Find(name, known) is not { } key) return null;
        if (_objects.Get<StatefulSet>(key) is { } set) _objects.Apply([set with { Replicas = replicas }]);
        return new ClusterStep("scale", new ScaleStep(at, known, key.Name, replicas, key.Namespace));
    }

    private ClusterStep? ReadSetImage(YamlMap map, TimeSpan at)
    {
        ObjectKey? found = DeploymentOf(map);
        YamlValue? container = map.Optional("container");
        string named = container?.Text() ?? "*";
        string image = map.Required("image")?.Text() ?? "";
        if (map.Peek("image") is { } place && place.PlainText == image && (image.Length == 0 || image.Any(c => char.IsWhiteSpace(c)))) place.Report("expected an image such as shop/web:v2");
        if (found is not { } key) return null;
        if (_objects.Get<Deployment>(key) is { } deployment && named != "*")
        {
            string[] names = [.. deployment.Template.Spec.Containers.Concat(deployment.Template.Spec.InitContainers).Select(other => other.Name)];
            if (!names.Contains(named, StringComparer.Ordinal)) container!.Report($"expected a container of Deployment {UpdateTargets.PathOf(deployment)}, or \"*\" for all", NearestName.Find(named, names));
        }

        RenewByStep(key);
        return new ClusterStep("setImage", new SetImageStep(at, key.Name, named, image, key.Namespace));
    }

    private ClusterStep? ReadRestart(YamlMap map, TimeSpan at)
    {
        if (RolledOut(map) is not { } key) return null;
        RenewByStep(key);
        return new ClusterStep("restart", new RestartStep(at, key.Name, key.Namespace));
    }

    private ClusterStep? ReadPause(YamlMap map, TimeSpan at, bool isPaused)
    {
        if (DeploymentOf(map) is not { } key) return null;
        _objects.Pause(key, isPaused);
        return isPaused ? new ClusterStep("pause", new PauseStep(at, key.Name, key.Namespace)) : new ClusterStep("resume", new ResumeStep(at, key.Name, key.Namespace));
    }

    private ClusterStep? ReadRollback(YamlMap map, TimeSpan at)
    {
        ObjectKey? found = RolledOut(map);
        long? revision = map.Optional("revision")?.Integer(1, int.MaxValue);
        if (found is not { } key) return null;
        if (_objects.IsKnown && !_objects.IsRenewed(key)) map.Peek("deployment")!.Report("expected a Deployment that got a new version before, by the update or by a step: this one has no revision to go back to");
        return new ClusterStep("rollback", new RollbackStep(at, key.Name, revision, key.Namespace)) { NeedsUpdate = _updated.Contains(key) };
    }

    private ClusterStep? ReadAbort(YamlMap map, TimeSpan at)
    {
        if (DeploymentOf(map) is not { } key) return null;
        if (_objects.IsKnown && !_objects.IsReleased(key)) map.Peek("deployment")!.Report("expected a Deployment that the update releases by then, by blueGreen or as a canary");
        return new ClusterStep("abortRelease", new AbortReleaseStep(at, key.Name, key.Namespace)) { NeedsUpdate = true };
    }

    /// <summary>A Deployment that the update still has to change, and that goes with an object; null when there is none.</summary>
    private Deployment? NeededByUpdate(ObjectKey key) => _isUpdated || _replay.Update is not { } update
        ? null
        : UpdateTargets.Of(update, _objects.All).FirstOrDefault(target => target.Key == key || (key.Kind == ResourceKind.Namespace && target.Metadata.Namespace == key.Name));

    private ObjectKey? DeploymentOf(YamlMap map) => map.Required("deployment") is { } name ? _objects.Find(name, ResourceKind.Deployment) : null;

    /// <summary>A Deployment that has to take a new template at once.</summary>
    private ObjectKey? RolledOut(YamlMap map)
    {
        if (DeploymentOf(map) is not { } key) return null;
        if (_objects.IsPaused(key)) map.Peek("deployment")!.Report("expected a Deployment that is not paused by then; resume it before");
        return key;
    }

    /// <summary>A step gives a Deployment a new template, with the update or without it.</summary>
    private void RenewByStep(ObjectKey key)
    {
        _objects.Renew(key);
        _updated.Remove(key);
    }
}
