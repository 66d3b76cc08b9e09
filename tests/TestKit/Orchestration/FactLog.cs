using SchedBench.Core.Recording;
using SchedBench.Core.Runs;

namespace SchedBench.TestKit;

/// <summary>Keeps the facts of a run, for tests to look at.</summary>
public sealed class FactLog : IFactObserver
{
    private readonly List<Fact> _facts = [];

    /// <summary>Facts so far.</summary>
    public IReadOnlyList<Fact> All => _facts;

    /// <summary>Facts of a kind.</summary>
    public IReadOnlyList<Fact> Of(FactKind kind) => [.. _facts.Where(fact => fact.Kind == kind)];

    /// <summary>Instants of the facts of a kind, in seconds.</summary>
    public double[] Seconds(FactKind kind) => [.. Of(kind).Select(fact => fact.At.TotalSeconds)];

    /// <summary>Follows a run.</summary>
    public static FactLog Of(OrchestratedRun run)
    {
        var log = new FactLog();
        run.Facts.Subscribe(log);
        return log;
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact) => _facts.Add(fact);
}
