using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// The cached scores of one shape: a score per node in tie order, an upper bound per 64 nodes, an upper bound per 64 of those. A search goes down from the highest bound, one number per
/// 4,096 nodes and then 64 + 64; where a bound turns out too high it is tightened and the search begins anew.
/// </summary>
/// <remarks>
/// Bounds rather than maxima, because a score that falls then costs one store: only blocks that a search meets are ever read again, at most once for each time one of their scores fell. The
/// tables of many shapes lie outside the processor's caches, and reading 64 scores to keep a maximum was the largest part of a decision on 100,000 nodes.
/// <see cref="Infeasible"/> marks nodes that the shape does not fit.
/// </remarks>
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

    /// <summary>Makes every bound exact.</summary>
    public void Index()
    {
        for (int block = 0; block < _blocks.Length; block++) _blocks[block] = MaxOf(_scores, block);
        for (int region = 0; region < _regions.Length; region++) _regions[region] = MaxOf(_blocks, region);
    }

    /// <summary>Sets a score. Bounds rise with it; when it falls they stay, too high at worst.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int position, long score)
    {
        _scores[position] = score;
        int block = position >> Shift;
        if (score <= _blocks[block]) return;
        _blocks[block] = score;
        int region = block >> Shift;
        if (score > _regions[region]) _regions[region] = score;
    }

    /// <summary>Position of the best score, the first of equals; −1 when no node is feasible.</summary>
    public int FirstBest()
    {
        while (true)
        {
            long bound = HighestBound();
            if (bound == Infeasible) return -1;
            int region = _regions.AsSpan().IndexOf(bound);
            int inRegion = Part(_blocks, region).IndexOf(bound);
            if (inRegion < 0)
            {
                _regions[region] = MaxOf(_blocks, region);
                continue;
            }

            int block = (region << Shift) + inRegion;
            int inBlock = Part(_scores, block).IndexOf(bound);
            // Nothing lies above the bound, so a score that reaches it is the best, and everything before it was ruled out.
            if (inBlock >= 0) return (block << Shift) + inBlock;
            _blocks[block] = MaxOf(_scores, block);
        }
    }

    /// <summary>Number of nodes with the best score; 0 when none is feasible. Afterwards the blocks whose bound is the best score are those that hold it.</summary>
    public int CountBest()
    {
        int first = FirstBest();
        if (first < 0) return 0;
        long best = _scores[first];
        int count = 0;
        for (int block = first >> Shift; block < _blocks.Length; block++)
        {
            if (_blocks[block] != best) continue;
            int here = Part(_scores, block).Count(best);
            if (here == 0) _blocks[block] = MaxOf(_scores, block);
            count += here;
        }

        return count;
    }

    /// <summary>Position of the <paramref name="rank"/>-th (0-based) of the nodes with the best score, which <see cref="CountBest"/> has just counted.</summary>
    public int NthBest(int rank)
    {
        long best = HighestBound();
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

    private long HighestBound() => _regions.Length switch
    {
        0 => Infeasible,
        1 => _regions[0],
        _ => TensorPrimitives.Max<long>(_regions),
    };

    private static ReadOnlySpan<long> Part(long[] values, int part) =>
        values.AsSpan(part << Shift, Math.Min(Width, values.Length - (part << Shift)));

    private static long MaxOf(long[] values, int part) => TensorPrimitives.Max(Part(values, part));
}
