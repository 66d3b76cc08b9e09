namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The scores of one decision, plugin by plugin, for whoever explains it.</summary>
public sealed class ScoreSheet
{
    private readonly List<string> _skipped = [];
    private readonly SortedDictionary<string, long[]> _raw = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long[]> _normalized = new(StringComparer.Ordinal);

    /// <summary>Plugins that had nothing to do.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>[plugin][feasible node] scores before normalisation.</summary>
    public IReadOnlyDictionary<string, long[]> Raw => _raw;

    /// <summary>[plugin][feasible node] scores, 0 to 100, without weight.</summary>
    public IReadOnlyDictionary<string, long[]> Normalized => _normalized;

    internal void Skip(string plugin) => _skipped.Add(plugin);

    internal void AddRaw(string plugin, ReadOnlySpan<long> scores) => _raw[plugin] = scores.ToArray();

    internal void AddNormalized(string plugin, ReadOnlySpan<long> scores) => _normalized[plugin] = scores.ToArray();
}
