using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.TestKit;

/// <summary>Stands in for a scheduler: binds pods that are held back by <see cref="Gate"/> to the node that their affinity names.</summary>
public sealed class DaemonBinder : IStoreListener, IEventHandler
{
    /// <summary>Scheduling gate of the pods that it binds.</summary>
    public const string Gate = "test/bound-by-hand";

    private readonly OrchestratedRun _run;
    private readonly ushort _handler;

    private DaemonBinder(OrchestratedRun run)
    {
        _run = run;
        _handler = run.Loop.Register(this);
    }

    /// <summary>Binds pods of a run.</summary>
    public static void Attach(OrchestratedRun run) => run.Store.Subscribe(new DaemonBinder(run));

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change is { Before: null, After: Pod pod } && pod.Spec.SchedulingGates.Contains(Gate)) _run.Loop.Schedule(_run.Loop.Now, new EventData(_handler, 0, 0, pod.Uid));
    }

    /// <inheritdoc/>
    public void Handle(in EventData data)
    {
        if (_run.Store.View.Find(data.Argument) is Pod pod && _run.Find<Node>(pod.Spec.Affinity!.RequiredNodes!.Value[0].Fields[0].Values[0]) is { } node)
            _run.Store.Update(pod with { Node = node.Index });
    }
}
