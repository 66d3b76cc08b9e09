using SchedBench.Core.Objects;
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

    private InstantAgent(OrchestratedRun run)
    {
        _run = run;
        _handler = run.Loop.Register(this);
    }

    /// <summary>Time from binding to readiness.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time from deletion to the end.</summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(1);

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
        if (pod.Node.IsNode && before is not { Node.IsNode: true } && !NeverReady(pod)) Later(StartTime, Ready, pod.Uid);
        if (pod.Metadata.IsDeleting && before is { Metadata.IsDeleting: false }) Later(StopTime, Stopped, pod.Uid);
    }

    /// <inheritdoc/>
    public void Handle(in EventData data)
    {
        if (_run.Store.View.Find(data.Argument) is not Pod pod) return;
        TimeSpan now = _run.Loop.Now;
        if (data.Kind == Ended) End(pod);
        else if (data.Kind == Stopped) _run.Store.Delete(pod.Key, new DeleteOptions(pod.Uid, TimeSpan.Zero));
        else if (!pod.Metadata.IsDeleting)
        {
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
