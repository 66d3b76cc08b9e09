using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How long Jobs wait and take, and how much of their pods' work was for nothing (REFERENCE §1.2 for Job objects).</summary>
/// <remarks>
/// Jobs that were created from the end of the warm-up on, weight one each. a is the creation, f the instant at which the controller calls the Job finished; the wait w is the time from a to f during
/// which none of its pods runs, the service time p what is left. Jobs that are not finished at the end, or were deleted before, are censored: waits and turnarounds enter as lower bounds, slowdowns
/// not at all, because their service time is not known. A pod runs from the start of its containers until the last has ended, its machine goes down, or it is gone. Work is run time × request of
/// the pods of these Jobs; work that was ended from outside (deletion, eviction, preemption, deadline, a dead machine) is wasted. Held is the time from admission on; useful is what pods held that
/// succeeded, and, of pods that save their work (<see cref="Checkpointing"/>) and are ended from outside, what they saved, which is not wasted either. Pods that still run at the end take no part in
/// either. Effective training time (ETTR) of a Job that succeeded: run time of its pods that succeeded, from the last start of their containers, or, where work is saved, what all its pods did of the
/// work, without writing and reading it, over (f − a) × the pods it may run at once; what waited, was restarted or done again is the rest. A Job misses its objective when it states a deadline and does
/// not succeed within it.
/// Nothing is reported of a run without Jobs.
/// </remarks>
/// <param name="view">The store's objects.</param>
/// <param name="now">The current instant.</param>
/// <param name="from">End of the warm-up.</param>
public sealed class JobObserver(ObjectView view, Func<TimeSpan> now, TimeSpan from) : IMetricObserver, IStoreListener, INodeHealthListener, IWorkObserver
{
    private readonly Dictionary<long, JobNote> _jobs = [];
    private readonly Dictionary<long, PodNote> _pods = [];
    private readonly List<long> _waits = [];
    private readonly List<long> _turnarounds = [];
    private readonly List<double> _slowdowns = [];
    private readonly List<double> _boundedSlowdowns = [];
    private readonly List<double> _effective = [];
    private readonly JobWork _work = new();
    private long _arrived;
    private long _succeeded;
    private long _failed;
    private long _withdrawn;
    private long _withDeadline;
    private long _missed;
    private bool _isOpen;
    private TimeSpan _firstArrival = TimeSpan.MaxValue;
    private TimeSpan _lastFinish;

    private sealed class JobNote(TimeSpan createdAt)
    {
        public readonly TimeSpan CreatedAt = createdAt;
        public int Running;
        public TimeSpan IdleSince = createdAt;
        public TimeSpan Waited;
        public TimeSpan Useful;
    }

    private sealed class PodNote(PodSpec spec, JobNote job, int node, TimeSpan admittedAt)
    {
        public readonly PodSpec Spec = spec;
        public readonly JobNote Job = job;
        public readonly int Node = node;
        public readonly TimeSpan AdmittedAt = admittedAt;
        public TimeSpan? RunsSince;
        public TimeSpan LastStart;
        public bool HasRun;

        /// <summary>Work of it that was saved, in all and since it runs; null when it saves none.</summary>
        public TimeSpan? Saved;
        public TimeSpan SavedNow;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Job job) OnJob(job, change.Before as Job, change.After as Job);
        else if (change.Object is Pod pod && change.After is null && _pods.Remove(pod.Uid, out PodNote? note)) End(note, hasSucceeded: false, isKilled: true);
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.PodAdmitted when view.Find(fact.Uid) is Pod pod && pod.Metadata.Controller is { Kind: ResourceKind.Job } owner && _jobs.TryGetValue(owner.Uid, out JobNote? job):
                _pods[fact.Uid] = new PodNote(pod.Spec, job, fact.Node.Value, fact.At);
                break;
            case FactKind.PodStarted or FactKind.ContainerRestarted when _pods.TryGetValue(fact.Uid, out PodNote? note):
                Run(note);
                break;
            case FactKind.PodStopped when fact.Detail != 0 && _pods.Remove(fact.Uid, out PodNote? note):
                End(note, hasSucceeded: false, isKilled: true);
                break;
            case FactKind.PodSucceeded or FactKind.PodFailed when _pods.Remove(fact.Uid, out PodNote? note):
                End(note, fact.Kind == FactKind.PodSucceeded, isKilled: false);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void OnWorkKept(Pod pod, TimeSpan work)
    {
        if (!_pods.TryGetValue(pod.Uid, out PodNote? note)) return;
        note.Saved = (note.Saved ?? TimeSpan.Zero) + work;
        note.SavedNow += work;
        note.Job.Useful += work;
    }

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        if ((after & ~before & NodeTrouble.Down) == NodeTrouble.None) return;
        foreach (PodNote pod in _pods.Values)
        {
            if (pod.Node == node) Pause(pod, isKilled: true);
        }
    }

    /// <inheritdoc/>
    public void Report(TimeSpan end, MetricSink sink)
    {
        if (_arrived == 0) return;
        long unfinished = _jobs.Count + _withdrawn;
        foreach (JobNote job in _jobs.Values) Censor(job, end);
        _jobs.Clear();
        sink.Add("jobs_arrived_total", _arrived);
        sink.Add("jobs_succeeded_total", _succeeded);
        sink.Add("jobs_failed_total", _failed);
        sink.AddRatio("censored_ratio", unfinished, _arrived);
        sink.AddRatio("jobs_finished_per_hour", (Int128)(_succeeded + _failed) * TimeSpan.TicksPerHour, Math.Max(0, (end - from).Ticks));
        SampleFigures.Seconds("wait_seconds", _waits, sink, withLargest: true);
        SampleFigures.Seconds("turnaround_seconds", _turnarounds, sink);
        SampleFigures.Ratios("slowdown", _slowdowns, sink);
        SampleFigures.Ratios("bounded_slowdown", _boundedSlowdowns, sink);
        if (_effective.Count > 0) sink.Add("effective_time_ratio_mean", _effective.Sum() / _effective.Count);
        if (_withDeadline > 0) sink.AddRatio("slo_miss_ratio", _missed, _withDeadline);
        sink.Add("makespan_seconds", unfinished == 0 && !_isOpen ? (_lastFinish - _firstArrival).TotalSeconds : null);
        _work.Report(sink);
    }

    private void OnJob(Job job, Job? before, Job? after)
    {
        if (before is null && job.Metadata.CreatedAt >= from)
        {
            _arrived++;
            // A CronJob makes Jobs for ever: that is no closed batch.
            _isOpen |= job.Metadata.Controller is { Kind: ResourceKind.CronJob };
            if (job.Metadata.CreatedAt < _firstArrival) _firstArrival = job.Metadata.CreatedAt;
            _jobs.Add(job.Uid, new JobNote(job.Metadata.CreatedAt));
        }

        if (after is { Status.FinishedAt: not null })
        {
            if (_jobs.Remove(job.Uid, out JobNote? finished)) Finish(finished, after);
        }
        else if (after is null && _jobs.Remove(job.Uid, out JobNote? withdrawn))
        {
            _withdrawn++;
            Censor(withdrawn, now());
        }
    }

    private void Finish(JobNote note, Job job)
    {
        if (job.Status.HasFailed) _failed++;
        else _succeeded++;
        _lastFinish = now();
        TimeSpan turnaround = now() - note.CreatedAt, waited = WaitedUntil(note, now()), service = turnaround - waited;
        _waits.Add(waited.Ticks);
        _turnarounds.Add(turnaround.Ticks);
        if (job.ActiveDeadline is not null)
        {
            _withDeadline++;
            if (job.Status.HasFailed) _missed++;
        }

        if (!job.Status.HasFailed && turnaround > TimeSpan.Zero) _effective.Add(note.Useful.Ticks / ((double)turnaround.Ticks * Math.Max(1, Math.Min(job.Parallelism, job.Completions ?? 1))));
        if (service > TimeSpan.Zero) _slowdowns.Add((double)turnaround.Ticks / service.Ticks);
        TimeSpan floor = service > SampleFigures.BoundedSlowdownFloor ? service : SampleFigures.BoundedSlowdownFloor;
        _boundedSlowdowns.Add(Math.Max(1, (double)turnaround.Ticks / floor.Ticks));
    }

    private void Censor(JobNote job, TimeSpan until)
    {
        _waits.Add(WaitedUntil(job, until).Ticks);
        _turnarounds.Add((until - job.CreatedAt).Ticks);
    }

    private static TimeSpan WaitedUntil(JobNote job, TimeSpan until) => job.Running > 0 ? job.Waited : job.Waited + (until - job.IdleSince);

    private void Run(PodNote pod)
    {
        pod.LastStart = now();
        if (pod.RunsSince is not null) return;
        pod.RunsSince = now();
        pod.HasRun = true;
        if (pod.Job.Running++ == 0) pod.Job.Waited += now() - pod.Job.IdleSince;
    }

    private void Pause(PodNote pod, bool isKilled)
    {
        if (pod.RunsSince is not { } since) return;
        pod.RunsSince = null;
        TimeSpan ran = now() - since;
        _work.AddRun(pod.Spec, ran, isKilled && ran > pod.SavedNow ? ran - pod.SavedNow : TimeSpan.Zero);
        pod.SavedNow = TimeSpan.Zero;
        if (--pod.Job.Running == 0) pod.Job.IdleSince = now();
    }

    private void End(PodNote pod, bool hasSucceeded, bool isKilled)
    {
        // Between two looks of the agent it started and ended.
        if (!pod.HasRun && !isKilled) pod.RunsSince ??= pod.LastStart = StartUnseen(pod);
        if (hasSucceeded && pod.RunsSince is not null && pod.Saved is null) pod.Job.Useful += now() - pod.LastStart;
        Pause(pod, isKilled);
        TimeSpan held = now() - pod.AdmittedAt;
        _work.AddHeld(pod.Spec, held, hasSucceeded ? held : pod.Saved ?? TimeSpan.Zero);
    }

    private TimeSpan StartUnseen(PodNote pod)
    {
        if (pod.Job.Running++ == 0) pod.Job.Waited += Later(pod.AdmittedAt, pod.Job.IdleSince) - pod.Job.IdleSince;
        return pod.AdmittedAt;
    }

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
