using SchedBench.Core.Cluster;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Scheduling;

/// <summary>Keeps the best of the nodes it is offered, with ties settled by the run's tie-break. Higher scores win.</summary>
public ref struct BestNode
{
    private readonly TieOrder _order;
    private readonly TieBreak _tieBreak;
    private readonly Draw _draws;
    private readonly ulong _entity;
    private readonly ulong _attempt;
    private int _position;
    private ulong _equals;

    internal BestNode(TieOrder order, TieBreak tieBreak, Draw draws, ulong entity, int attempt)
    {
        _order = order;
        _tieBreak = tieBreak;
        _draws = draws;
        _entity = entity;
        _attempt = (ulong)attempt;
        _position = -1;
        Score = long.MinValue;
    }

    /// <summary>Score of the best node so far.</summary>
    public long Score { get; private set; }

    /// <summary>The best node so far.</summary>
    public readonly NodeIndex Node => _position < 0 ? NodeIndex.None : new NodeIndex(_order.Node(_position));

    /// <summary>Offers a node.</summary>
    public void Offer(NodeIndex node, long score)
    {
        if (score < Score) return;
        int position = _order.Position(node.Value);
        if (score > Score || _position < 0)
        {
            (Score, _position, _equals) = (score, position, 1);
            return;
        }

        _equals++;
        // Uniform by reservoir: the k-th equal replaces the kept one with probability 1/k.
        bool wins = _tieBreak == TieBreak.Uniform
            ? _draws.Below(_entity, (_attempt << 32) + _equals, _equals) == 0
            : position < _position;
        if (wins) _position = position;
    }
}
