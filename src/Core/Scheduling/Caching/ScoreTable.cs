using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// The cached scores of one shape: a score per node in tie order, a maximum per 64 nodes, a maximum per 64 of those. Finding the best looks at one number
/// per 4,096 nodes and then at 64 + 64; a new score touches its block only, and scans it only when the block's maximum fell.
/// </summary>
/// <remarks><see cref="Infeasible"/> marks nodes that the shape does not fit.</remarks>
internal sealed class ScoreTable
{
    public const long Infeasible = long.MinValue;
    private const int Shift = 6;
    private const int Width = 1 << Shift;
    private readonly long[] _scores;
    private readonly long[] _blocks;
    private readonly long[] _regions;

    public ScoreTable(int nodes)
    {
        _scores = new long[nodes];
        _blocks = new long[(nodes + Width - 1) >> Shift];
        _regions = new long[(_blocks.Length + Width - 1) >> Shift];
    }

    /// <summary>Bytes of the score arrays.</summary>
    public static long BytesFor(int nodes) => 8L * (nodes + (nodes >> Shift) + (nodes >> (2 * Shift)) + 16);

    public long this[int position] => _scores[position];

    /// <summary>The scores, for a whole refill; call <see cref="Index"/> afterwards.</summary>
    public Span<long> Raw => _scores;

    /// <summary>Recomputes every maximum.</summary>
    public void Index()
    {
        for (int block = 0; block < _blocks.Length; block++) _blocks[block] = MaxOf(_scores, block);
        for (int region = 0; region < _regions.Length; region++) _regions[region] = MaxOf(_blocks, region);
    }

    /// <summary>Sets a score.</summary>
    /// <param name="position">Where.</param>
    /// <param name="old">The score that stands there now.</param>
    /// <param name="score">The new one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int position, long old, long score)
    {
        if (old == score) return;
        _scores[position] = score;
        int block = position >> Shift;
        long oldMax = _blocks[block];
        if (score >= oldMax) Raise(block, score);
        else if (old == oldMax) Lower(block, oldMax);
    }

    /// <summary>Position of the best score, the first of equals; −1 when no node is feasible.</summary>
    public int FirstBest()
    {
        long best = Best();
        if (best == Infeasible) return -1;
        int region = _regions.AsSpan().IndexOf(best);
        int block = (region << Shift) + Part(_blocks, region).IndexOf(best);
        return (block << Shift) + Part(_scores, block).IndexOf(best);
    }

    /// <summary>Number of nodes with the best score; 0 when none is feasible.</summary>
    public int CountBest()
    {
        long best = Best();
        if (best == Infeasible) return 0;
        int count = 0;
        for (int block = 0; block < _blocks.Length; block++)
        {
            if (_blocks[block] == best) count += Part(_scores, block).Count(best);
        }

        return count;
    }

    /// <summary>Position of the <paramref name="rank"/>-th (0-based) of the nodes with the best score.</summary>
    public int NthBest(int rank)
    {
        long best = Best();
        for (int block = 0; ; block++)
        {
            if (_blocks[block] != best) continue;
            ReadOnlySpan<long> scores = Part(_scores, block);
            int here = scores.Count(best);
            if (rank >= here)
            {
                rank -= here;
                continue;
            }

            for (int k = 0; ; k++)
            {
                if (scores[k] == best && rank-- == 0) return (block << Shift) + k;
            }
        }
    }

    private long Best() => _regions.Length switch
    {
        0 => Infeasible,
        1 => _regions[0],
        _ => TensorPrimitives.Max<long>(_regions),
    };

    private void Raise(int block, long score)
    {
        if (_blocks[block] == score) return;
        _blocks[block] = score;
        int region = block >> Shift;
        if (score > _regions[region]) _regions[region] = score;
    }

    private void Lower(int block, long oldMax)
    {
        long max = MaxOf(_scores, block);
        if (max == oldMax) return;
        _blocks[block] = max;
        int region = block >> Shift;
        if (_regions[region] == oldMax) _regions[region] = MaxOf(_blocks, region);
    }

    private static ReadOnlySpan<long> Part(long[] values, int part) =>
        values.AsSpan(part << Shift, Math.Min(Width, values.Length - (part << Shift)));

    private static long MaxOf(long[] values, int part) => TensorPrimitives.Max(Part(values, part));
}
