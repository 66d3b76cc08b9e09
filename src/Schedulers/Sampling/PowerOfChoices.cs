using SchedBench.Core.Cluster;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Sampling;

/// <summary>Options of <see cref="PowerOfChoices"/>.</summary>
public sealed record PowerOfChoicesOptions
{
    /// <summary>Nodes drawn, 1 to 64.</summary>
    public int Choices { get; init; } = 2;
}

/// <summary>Draws a few feasible nodes and takes the least loaded of them.</summary>
/// <remarks>Load = the largest of CPU, memory and GPU in use before placement, in millionths of the node. Nodes are drawn with replacement, keyed by pod and
/// attempt; equal loads go by the run's tie-break. O(choices · nodes/64) a decision. Source: Mitzenmacher, <em>The power of two choices in randomized load
/// balancing</em>, IEEE TPDS 12(10), 2001.</remarks>
[Strategy("power-of-two", "The less loaded of two feasible nodes drawn at random")]
public sealed class PowerOfChoices : ClusterStrategy
{
    private readonly PowerOfChoicesOptions _options;
    private Draw _draw;

    /// <summary>Two choices unless told otherwise.</summary>
    public PowerOfChoices(PowerOfChoicesOptions? options = null) => _options = options ?? new PowerOfChoicesOptions();

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context) => _draw = context.Draws("power-of-two");

    /// <inheritdoc/>
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
    {
        BestNode best = feasible.Best(in pod);
        Span<NodeIndex> drawn = stackalloc NodeIndex[_options.Choices];
        for (int k = 0; k < _options.Choices; k++)
        {
            NodeIndex node = feasible.Nth((int)_draw.Below(pod.Entity, (ulong)(((long)pod.Attempt << 8) + k), (ulong)feasible.Count));
            // A node drawn again is no further candidate: offered twice, it would win a tie more often than the others.
            bool isDrawnAgain = drawn[..k].Contains(node);
            drawn[k] = node;
            if (isDrawnAgain) continue;
            best.Offer(node, -Load(feasible.State(node)));
        }

        return best.Node;
    }

    private static long Load(in NodeState node) => Math.Max(
        Share(node.RequestedCpuMilli, node.AllocatableCpuMilli),
        Math.Max(Share(node.RequestedMemoryBytes, node.AllocatableMemoryBytes), Share(node.AllocatableGpuMilli - node.FreeGpuMilli, node.AllocatableGpuMilli)));

    private static long Share(long used, long whole) => whole == 0 ? 0 : (long)((double)used / whole * 1_000_000);
}
