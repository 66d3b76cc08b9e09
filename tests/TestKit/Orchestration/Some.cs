using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.TestKit;

/// <summary>Small objects of every workload kind in the default namespace, and steps that do anything.</summary>
public static class Some
{
    /// <summary>A Job of one container; its pods end as the agent says.</summary>
    public static Job Job(string name, int completions = 1, int parallelism = 1) => new()
    {
        Metadata = OrchestrationBuilder.Meta(name),
        Completions = completions,
        Parallelism = parallelism,
        Selector = LabelSelector.Of([new Label("app", name)]),
        Template = Template(name, RestartPolicy.Never),
    };

    /// <summary>A StatefulSet.</summary>
    public static StatefulSet StatefulSet(string name, int replicas, string image = "app:v1") => new()
    {
        Metadata = OrchestrationBuilder.Meta(name),
        Replicas = replicas,
        Selector = LabelSelector.Of([new Label("app", name)]),
        Template = OrchestrationBuilder.Template(name, image: image),
    };

    /// <summary>A DaemonSet.</summary>
    public static DaemonSet DaemonSet(string name, string image = "app:v1") => new()
    {
        Metadata = OrchestrationBuilder.Meta(name),
        Selector = LabelSelector.Of([new Label("app", name)]),
        Template = OrchestrationBuilder.Template(name, image: image),
    };

    /// <summary>A template with a restart policy.</summary>
    public static PodTemplate Template(string app, RestartPolicy policy)
    {
        PodTemplate template = OrchestrationBuilder.Template(app);
        return template with { Spec = template.Spec with { RestartPolicy = policy } };
    }

    /// <summary>A bare pod.</summary>
    public static Pod Pod(string name, string cpu = "100m") => new() { Metadata = OrchestrationBuilder.Meta(name), Spec = OrchestrationBuilder.Template(name, cpu).Spec };

    /// <summary>A ConfigMap.</summary>
    public static ConfigMap ConfigMap(string name, params OwnerReference[] owners) =>
        new() { Metadata = OrchestrationBuilder.Meta(name) with { Owners = [.. owners] } };

    /// <summary>A reference to an owner.</summary>
    public static OwnerReference OwnedBy(KubeObject owner) => new(owner.Kind, owner.Name, owner.Uid);

    /// <summary>Does something after some seconds.</summary>
    public static RunStep Step(double seconds, Action<OrchestratedRun> act) => new DoStep(TimeSpan.FromSeconds(seconds), act);

    /// <summary>Deletes an object of the default namespace after some seconds.</summary>
    public static RunStep Delete(double seconds, ResourceKind kind, string name, Propagation propagation = Propagation.Background) =>
        Step(seconds, run => run.Store.Delete(new ObjectKey(kind, ResourceKinds.Info(kind).IsNamespaced ? "default" : "", name), new DeleteOptions(Propagation: propagation)));

    /// <summary>The object of the default namespace, or null.</summary>
    public static T? Find<T>(this OrchestratedRun run, string name)
        where T : KubeObject
    {
        foreach (ResourceKindInfo info in ResourceKinds.All)
        {
            if (run.Store.View.Find<T>(info.Kind, info.IsNamespaced ? "default" : "", name) is { } found) return found;
        }

        return null;
    }

    /// <summary>Number of objects of a kind.</summary>
    public static int Count(this OrchestratedRun run, ResourceKind kind) => run.Store.View.All(kind).Count;

    /// <summary>Calls back at every write from now on.</summary>
    public static void OnEveryWrite(this OrchestratedRun run, Action<StoreChange> look) => run.Store.Subscribe(new Watcher(look));

    private sealed record DoStep(TimeSpan At, Action<OrchestratedRun> Act) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => Act(run);
    }

    private sealed class Watcher(Action<StoreChange> look) : IStoreListener
    {
        public void OnChange(in StoreChange change) => look(change);
    }
}
