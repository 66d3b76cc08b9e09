using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.TestKit;

/// <summary>The least agent that controllers can be tested with: bound pods become ready after a while, deleted ones go after a while. Nothing is started.</summary>
public sealed class InstantAgent : IStoreListener, IEventHandler
{
    private const ushort Ready = 0;
    private const ushort Stopped = 1;
    private const ushort Ended = 2;
    private readonly OrchestratedRun _run;
    private readonly ushort _handler;
    private readonly Draw _spread;

    private InstantAgent(OrchestratedRun run)
    {
        _run = run;
        _handler = run.Loop.Register(this);
        _spread = Draw.Stream(run.Seed, "testkit/instant-agent");
    }

    /// <summary>Time from binding to readiness.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Most that is added to it, evenly drawn by pod; none unless set.</summary>
    public TimeSpan StartSpread { get; set; }

    /// <summary>Time from deletion to the end.</summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Told what really answers; null when nobody asks.</summary>
    public IServingObserver? Serving { get; set; }

    /// <summary>How the pods answer.</summary>
    public ImageBehavior Behavior { get; set; } = ImageBehavior.Default;

    /// <summary>Pods that never become ready.</summary>
    public Func<Pod, bool> NeverReady { get; set; } = _ => false;

    /// <summary>After how long from readiness pods end, and whether well; null for those that run on.</summary>
    public Func<Pod, (double Seconds, bool IsWell)?> Ends { get; set; } = _ => null;

    /// <summary>Plays the agents of a run.</summary>
    public static InstantAgent Attach(OrchestratedRun run)
    {
        var agent = new InstantAgent(run);
        run.Store.Subscribe(agent);
        return agent;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.After is not Pod pod) return;
        var before = change.Before as Pod;
        if (pod.Node.IsNode && before is not { Node.IsNode: true } && !NeverReady(pod)) Later(StartTime + (StartSpread * _spread.Uniform(Draw.Entity(pod.Name), 0)), Ready, pod.Uid);
        if (!pod.Metadata.IsDeleting || before is not { Metadata.IsDeleting: false }) return;
        Serving?.OnStopping(pod);
        Later(StopTime, Stopped, pod.Uid);
    }

    /// <inheritdoc/>
    public void Handle(in EventData data)
    {
        if (_run.Store.View.Find(data.Argument) is not Pod pod) return;
        TimeSpan now = _run.Loop.Now;
        if (data.Kind == Ended)
        {
            End(pod);
        }
        else if (data.Kind == Stopped)
        {
            Serving?.OnStopped(pod);
            _run.Store.Delete(pod.Key, new DeleteOptions(pod.Uid, TimeSpan.Zero));
        }
        else if (!pod.Metadata.IsDeleting)
        {
            Serving?.OnListening(pod, Behavior);
            _run.Store.Update(pod with { Status = pod.Status with { Phase = PodLifePhase.Running, IsReady = true, ReadySince = now, StartedAt = now } });
            if (Ends(pod) is { } end) Later(TimeSpan.FromSeconds(end.Seconds), Ended, pod.Uid);
        }
    }

    private void End(Pod pod)
    {
        if (pod.HasEnded) return;
        PodLifePhase phase = Ends(pod)?.IsWell == true ? PodLifePhase.Succeeded : PodLifePhase.Failed;
        _run.Store.Update(pod with { Status = pod.Status with { Phase = phase, IsReady = false, ReadySince = _run.Loop.Now } });
    }

    private void Later(TimeSpan delay, ushort kind, long uid) => _run.Loop.Schedule(_run.Loop.Now + delay, new EventData(_handler, kind, 0, uid));
}
