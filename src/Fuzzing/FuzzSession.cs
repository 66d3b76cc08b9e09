using SchedBench.Chaos.Effects;
using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;
using SchedBench.Fuzzing.Shrinking;

namespace SchedBench.Fuzzing;

/// <summary>A seed that failed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Failure">How.</param>
public sealed record FuzzFinding(ulong Seed, FuzzFailure Failure)
{
    /// <summary>The case made smaller; null for seeds whose kind of failure an earlier one shows.</summary>
    public ShrunkCase? Shrunk { get; init; }
}

/// <summary>Plays the cases of consecutive seeds. Which seeds are played may depend on time; what comes of each of them, and of all, does not depend on how many are played at once.</summary>
public sealed class FuzzSession
{
    private readonly Lock _lock = new();
    private readonly FuzzSeams _seams;
    private readonly Func<ulong, bool> _takes;
    private readonly List<FuzzFinding> _findings = [];
    private ulong _next;

    private FuzzSession(ulong first, Func<ulong, bool> takes, FuzzSeams seams) => (_next, _takes, _seams) = (first, takes, seams);

    /// <summary>What was exercised.</summary>
    public FuzzTally Tally { get; } = new();

    /// <summary>The seeds that failed, in order; of every kind of failure the first one has been made smaller.</summary>
    public IReadOnlyList<FuzzFinding> Findings { get; private set; } = [];

    /// <summary>Whether it was ended from outside.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>Plays seeds from <paramref name="first"/> on, and makes the failures smaller.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="takes">Whether one more is played, after so many; asked before each, never by two threads at once.</param>
    /// <param name="jobs">Cases at once.</param>
    /// <param name="progress">Told of the tally after each case, and of the finding where it failed, never by two threads at once; null for nobody.</param>
    /// <param name="seams">Planted bugs of tests; null for none.</param>
    /// <param name="cancellation">Ends the session: cases under way are given up, what is done counts, and failures that were not made smaller by then stay as they are.</param>
    public static FuzzSession Play(ulong first, Func<ulong, bool> takes, int jobs = 1, Action<FuzzTally, FuzzFinding?>? progress = null, FuzzSeams? seams = null, CancellationToken cancellation = default)
    {
        var session = new FuzzSession(first, takes, seams ?? FuzzSeams.None);
        Thread[] workers = [.. Enumerable.Range(0, jobs).Select(_ => new Thread(() => session.Work(first, progress, cancellation)))];
        foreach (Thread worker in workers) worker.Start();
        foreach (Thread worker in workers) worker.Join();
        session.Shrink(cancellation);
        session.WasStopped = cancellation.IsCancellationRequested;
        return session;
    }

    private void Work(ulong first, Action<FuzzTally, FuzzFinding?>? progress, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            ulong seed;
            lock (_lock)
            {
                if (!_takes(_next - first)) return;
                seed = _next++;
            }

            FuzzOutcome outcome;
            FuzzCase item = CaseDrawing.Draw(seed);
            try
            {
                outcome = FuzzRun.Play(item, _seams, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            lock (_lock)
            {
                Tally.Add(item, outcome);
                FuzzFinding? finding = outcome.Failure is { } failure ? new FuzzFinding(seed, failure) : null;
                if (finding is not null) _findings.Add(finding);
                progress?.Invoke(Tally, finding);
            }
        }
    }

    private void Shrink(CancellationToken cancellation)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Findings = [.. _findings.OrderBy(finding => finding.Seed).Select(finding => seen.Add(finding.Failure.Kind) ? Shrunk(finding, cancellation) : finding)];
    }

    private FuzzFinding Shrunk(FuzzFinding finding, CancellationToken cancellation)
    {
        try
        {
            return finding with { Shrunk = CaseShrinker.Shrink(CaseDrawing.Draw(finding.Seed), finding.Failure, item => FuzzRun.Play(item, _seams, cancellation).Failure) };
        }
        catch (OperationCanceledException)
        {
            return finding;
        }
    }
}

/// <summary>How often what was exercised.</summary>
public sealed class FuzzTally
{
    private readonly SortedDictionary<string, long> _effects = new(StringComparer.Ordinal), _features = new(StringComparer.Ordinal), _checks = new(StringComparer.Ordinal);

    /// <summary>Nothing yet: every effect and feature that there is, with 0.</summary>
    public FuzzTally()
    {
        foreach (EffectKind effect in EffectCatalog.All) _effects.Add(effect.Name, 0);
        foreach (string feature in CaseFeatures.All) _features.Add(feature, 0);
    }

    /// <summary>Cases that were played.</summary>
    public long Runs { get; private set; }

    /// <summary>Cases that failed.</summary>
    public long Failures { get; private set; }

    /// <summary>By effect: nodes, pods and clusters that it hit.</summary>
    public IReadOnlyDictionary<string, long> Effects => _effects;

    /// <summary>By feature: cases that had it.</summary>
    public IReadOnlyDictionary<string, long> Features => _features;

    /// <summary>By check that only some cases have: how often it was made.</summary>
    public IReadOnlyDictionary<string, long> Checks => _checks;

    /// <summary>Adds a case.</summary>
    internal void Add(FuzzCase item, FuzzOutcome outcome)
    {
        Runs++;
        if (outcome.Failure is not null) Failures++;
        foreach ((string effect, long count) in outcome.Hits) _effects[effect] += count;
        foreach (string feature in CaseFeatures.Of(item)) _features[feature]++;
        foreach (string check in outcome.Checks) _checks[check] = _checks.GetValueOrDefault(check) + 1;
    }
}
