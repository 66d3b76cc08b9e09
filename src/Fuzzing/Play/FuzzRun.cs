using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Play;

/// <summary>Plays cases with all judges on. A pure function of the case; the caller may play many at once.</summary>
/// <remarks>
/// <para>First act: every law of <c>docs/invariants.md</c> that applies is judged at every event, and no node is in trouble that no fault aims at (37). An exception of any part, the strategy among them, is a failure.</para>
/// <para>Second act: at the heal nothing of the faults is left (36), and what was whole before the first fault is whole at the end (38), where there is room and the same case without faults leaves it whole too.</para>
/// <para>Of some seeds the case is played again: the facts are the same (43). Of others it is played without faults: the facts before the first fault are the same (44).</para>
/// </remarks>
public sealed class FuzzRun
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly FuzzCase _case;
    private readonly FuzzSeams _seams;
    private readonly CancellationToken _cancellation;
    private readonly FaultPlan _plan;
    private readonly List<string> _checks = [];

    private FuzzRun(FuzzCase item, FuzzSeams seams, CancellationToken cancellation)
    {
        (_case, _seams, _cancellation) = (item, seams, cancellation);
        _plan = CaseFaults.Plan(item, new OrchestratedRun(CaseOptions.Of(item), new VirtualClock()), out IReadOnlyList<string> refused);
        Refused = refused;
    }

    private IReadOnlyList<string> Refused { get; }

    private TimeSpan FirstFault => _plan.Faults.Count > 0 ? _plan.Faults[0].At : TimeSpan.MaxValue;

    /// <summary>Plays a case.</summary>
    /// <param name="item">The case.</param>
    /// <param name="seams">Planted bugs of tests; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static FuzzOutcome Play(FuzzCase item, FuzzSeams? seams = null, CancellationToken cancellation = default)
    {
        try
        {
            return new FuzzRun(item, seams ?? FuzzSeams.None, cancellation).Play();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A case that cannot even be built.
            return new FuzzOutcome(FuzzFailure.Of(error), 0);
        }
    }

    private FuzzOutcome Play()
    {
        var act = new Act(this, 0, hasFaults: true);
        FuzzFailure? failure = null;
        try
        {
            act.Run();
            if (act.NotRestored > 0) JudgeLiveness(act);
            if (_case.Seed % 8 == 0) JudgeRepeat(act);
            if (_case.Seed % 4 == 1 && _plan.Faults.Count > 0) JudgePrefix(act);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            failure = FuzzFailure.Of(error);
        }

        return new FuzzOutcome(failure, failure is null ? act.Fingerprint : 0) { Hits = act.Hits, Refused = Refused, Checks = _checks };
    }

    /// <summary>Whether what is broken at the end is so because of the faults: without them it is whole.</summary>
    private void JudgeLiveness(Act faulted)
    {
        if (!CaseRoom.IsAmple(_case)) return;
        var calm = new Act(this, 0, hasFaults: false);
        calm.Run();
        _checks.Add("convergence");
        if (calm.NotRestored > 0) return;
        throw new FuzzCheckException(38, $"{faulted.NotRestored} workloads were whole before the first fault at {FirstFault} and are not at the end; without faults they are: {RestText.Of(faulted.Cluster)}");
    }

    private void JudgeRepeat(Act first)
    {
        var second = new Act(this, 1, hasFaults: true);
        second.Run();
        _checks.Add("second play");
        if (second.Fingerprint != first.Fingerprint) throw new FuzzCheckException(43, $"a second play has fingerprint {second.Fingerprint:x16}, the first {first.Fingerprint:x16}");
    }

    private void JudgePrefix(Act faulted)
    {
        var calm = new Act(this, 0, hasFaults: false, FirstFault);
        calm.Run();
        _checks.Add("same start without faults");
        if (calm.FingerprintBefore != faulted.FingerprintBefore)
            throw new FuzzCheckException(44, $"the facts before the first fault at {FirstFault} have fingerprint {faulted.FingerprintBefore:x16}, without faults {calm.FingerprintBefore:x16}");
    }

    /// <summary>One play of the case.</summary>
    private sealed class Act
    {
        private readonly FuzzRun _owner;
        private readonly PrefixFingerprint _fingerprint;
        private readonly FaultBooks? _books;
        private readonly ConvergenceObserver _convergence;
        private readonly IReadOnlyList<ObjectJudge> _judges;
        private readonly bool _isWhole;

        public Act(FuzzRun owner, int play, bool hasFaults, TimeSpan? until = null)
        {
            _owner = owner;
            _isWhole = until is null;
            OrchestratedRunOptions options = CaseOptions.Of(owner._case);
            if (owner._seams.Strategy is { } strategy) options = options with { Strategy = strategy(options.Strategy) };
            Cluster = new OrchestratedRun(options with { Steps = Steps(play, hasFaults), Until = until ?? options.Until }, new VirtualClock());
            _fingerprint = new PrefixFingerprint(owner.FirstFault);
            Cluster.Facts.Subscribe(new TimeBooks(Cluster.Loop));
            Cluster.Facts.Subscribe(_fingerprint);
            _convergence = new ConvergenceObserver(Cluster.Store.View, () => Cluster.Loop.Now, TimeSpan.FromSeconds(owner._case.HealAtSeconds));
            Cluster.Store.Subscribe(_convergence);
            if (hasFaults) Cluster.Facts.Subscribe(_convergence);
            _judges = ObjectJudge.AttachAll(Cluster);
            _books = hasFaults ? new FaultBooks(Cluster, owner._plan) : null;
        }

        public OrchestratedRun Cluster { get; }

        public ulong Fingerprint => _fingerprint.All;

        public ulong FingerprintBefore => _fingerprint.Before;

        public IReadOnlyDictionary<string, long> Hits => _books!.Hits;

        public double NotRestored
        {
            get
            {
                var sink = new MetricSink();
                _convergence.Report(sink);
                return sink.Metrics[0].Value ?? 0;
            }
        }

        public void Run()
        {
            Cluster.Run(null, _owner._cancellation);
            if (!_isWhole) return;
            if (Cluster.Scheduler.FirstStrategyError is { } error) throw new InvalidOperationException($"The strategy failed: {error}");
            foreach (ObjectJudge judge in _judges) judge.JudgeRest();
            _books?.JudgeEnd();
        }

        /// <summary>Users first, then faults; without faults whole workloads are noted at the instant at which the first of them would begin.</summary>
        private IReadOnlyList<RunStep> Steps(int play, bool hasFaults)
        {
            FuzzRun owner = _owner;
            TimeSpan healed = TimeSpan.FromSeconds(owner._case.HealAtSeconds) + Tick;
            IEnumerable<RunStep> steps = CaseSteps.Of(owner._case);
            steps = hasFaults
                ? steps.Concat(FaultInjection.Steps(owner._plan, owner._case.Seed)).Append(new LookStep(healed, () => _books!.JudgeHealed()))
                : steps.Append(new LookStep(owner.FirstFault, () => _convergence.Observe(new Core.Recording.Fact(Core.Recording.FactKind.FaultBegan, owner.FirstFault, default, 0, Core.Cluster.NodeIndex.None, 0))));
            if (owner._seams.Steps?.Invoke(new FuzzPlay(owner._case, owner._plan, play, hasFaults)) is { } planted) steps = steps.Concat(planted);
            return [.. steps.Where(step => step.At < TimeSpan.MaxValue).OrderBy(step => step.At)];
        }
    }

    /// <summary>Looks at a run and changes nothing.</summary>
    private sealed record LookStep(TimeSpan At, Action Look) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => Look();
    }
}
