using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.TestKit;

/// <summary>A store and a clock without controllers, scheduler or agents: a test says what is written when, so that what an observer makes of it can be worked out by hand.</summary>
public sealed class Script : IEventHandler
{
    private readonly ushort _handler;
    private readonly List<Action> _acts = [];

    /// <summary>An empty store with nodes of 8 CPU and 32 GiB in zones a, b, c in turn.</summary>
    /// <param name="nodes">How many.</param>
    public Script(int nodes = 8)
    {
        Loop = new EventLoop(new VirtualClock());
        _handler = Loop.Register(this);
        Store = new ObjectStore(Loop);
        Fleet = new FleetLayout([.. Enumerable.Range(0, nodes).Select(n => new NodeSpec
        {
            Name = $"node-{n:D3}", CpuMilli = 8000, MemoryBytes = 32L << 30, Zone = ((char)('a' + (n % 3))).ToString(),
        })]);
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>The store.</summary>
    public ObjectStore Store { get; }

    /// <summary>The nodes.</summary>
    public FleetLayout Fleet { get; }

    /// <summary>The current instant.</summary>
    public TimeSpan Now => Loop.Now;

    /// <summary>Does something after some seconds; equal instants in the order of the calls.</summary>
    public Script At(double seconds, Action act)
    {
        _acts.Add(act);
        Loop.Schedule(TimeSpan.FromSeconds(seconds), new EventData(_handler, 0, _acts.Count - 1));
        return this;
    }

    /// <summary>Creates objects; those that are there are replaced.</summary>
    public Script Apply(double seconds, params KubeObject[] objects) => At(seconds, () =>
    {
        foreach (KubeObject item in objects)
        {
            if (Store.View.Find(item.Key) is { } there) Must(Store.Update(item with { Metadata = there.Metadata }));
            else Must(Store.Create(item, out _));
        }
    });

    /// <summary>Creates the nodes' objects.</summary>
    public Script ApplyNodes(double seconds = 0) => At(seconds, () =>
    {
        for (int n = 0; n < Fleet.Count; n++) Must(Store.Create(NodeObjects.Of(Fleet, n), out _));
    });

    /// <summary>Creates a pod of an app that waits for a node.</summary>
    public Script Wait(double seconds, string name, string app, KubeObject? owner = null, string cpu = "1", string image = "app:v1") => At(seconds, () => Must(Store.Create(Make(name, app, owner, cpu, image), out _)));

    /// <summary>Creates a pod of an app that serves on a node.</summary>
    public Script Serve(double seconds, string name, string app, int node, KubeObject? owner = null, string image = "app:v1") =>
        Wait(seconds, name, app, owner, image: image).Bind(seconds, name, node).Ready(seconds, name);

    /// <summary>Binds a pod.</summary>
    public Script Bind(double seconds, string name, int node) => Set(seconds, name, pod => pod with { Node = new NodeIndex(node) });

    /// <summary>A pod turns ready, or unready.</summary>
    public Script Ready(double seconds, string name, bool isReady = true) =>
        Set(seconds, name, pod => pod with { Status = pod.Status with { Phase = PodLifePhase.Running, IsReady = isReady, ReadySince = Now } });

    /// <summary>A pod ends.</summary>
    public Script End(double seconds, string name, bool isWell) => Set(seconds, name, pod => pod with { Status = pod.Status with { Phase = isWell ? PodLifePhase.Succeeded : PodLifePhase.Failed, IsReady = false } });

    /// <summary>A pod's deletion is asked for, its condition DisruptionTarget set before where it has one.</summary>
    public Script Delete(double seconds, string name, string disruption = "") => At(seconds, () =>
    {
        if (disruption.Length > 0) Must(Store.Update(Pod(name) with { Status = Pod(name).Status with { Disruption = disruption } }));
        Must(Store.Delete(Pod(name).Key, new DeleteOptions(Grace: TimeSpan.FromSeconds(30))));
    });

    /// <summary>A pod's object is removed.</summary>
    public Script Remove(double seconds, string name) => At(seconds, () => Must(Store.Delete(Pod(name).Key, new DeleteOptions(Grace: TimeSpan.Zero))));

    /// <summary>Changes a node's object.</summary>
    public Script Node(double seconds, int node, Func<Node, Node> change) => At(seconds, () => Must(Store.Update(change(Store.View.Find<Node>(ResourceKind.Node, "", Fleet.Nodes[node].Name)!))));

    /// <summary>Tells an observer a fact about a pod.</summary>
    public Script Tell(double seconds, IFactObserver observer, FactKind kind, string pod, long detail = 0) =>
        At(seconds, () => observer.Observe(new Fact(kind, Now, default, (int)Pod(pod).Uid, Pod(pod).Node, detail)));

    /// <summary>Tells an observer a fact about anything.</summary>
    public Script Tell(double seconds, IFactObserver observer, FactKind kind, Func<long> uid, long detail = 0) =>
        At(seconds, () => observer.Observe(new Fact(kind, Now, default, (int)uid(), NodeIndex.None, detail)));

    /// <summary>The pod of that name.</summary>
    public Pod Pod(string name) => Store.View.Find<Pod>(ResourceKind.Pod, "default", name) ?? throw new InvalidOperationException($"There is no pod '{name}' at {Now}.");

    /// <summary>The object of the default namespace.</summary>
    public T Find<T>(ResourceKind kind, string name)
        where T : KubeObject => Store.View.Find<T>(kind, "default", name)!;

    /// <summary>Plays the script and asks for the metrics.</summary>
    public Dictionary<string, double?> Play(double end, Action<TimeSpan, MetricSink> report)
    {
        Loop.Run(TimeSpan.FromSeconds(end));
        var sink = new MetricSink();
        report(TimeSpan.FromSeconds(end), sink);
        return sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data) => _acts[data.Subject]();

    private Script Set(double seconds, string name, Func<Pod, Pod> change) => At(seconds, () => Must(Store.Update(change(Pod(name)))));

    /// <summary>Owners are told by their key, because they get their identity when they are created.</summary>
    private Pod Make(string name, string app, KubeObject? owner, string cpu, string image)
    {
        PodTemplate template = Template(app, cpu, image);
        KubeObject? known = owner is null ? null : Store.View.Find(owner.Key);
        ObjectMeta meta = Meta(name) with { Labels = template.Labels, Owners = known is null ? [] : [new OwnerReference(known.Kind, known.Name, known.Uid) { IsController = true }] };
        return new Pod { Metadata = meta, Spec = template.Spec };
    }

    private static void Must(ApiError? error)
    {
        if (error is not null) throw new InvalidOperationException(error.Message);
    }
}
