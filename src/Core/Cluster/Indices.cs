namespace SchedBench.Core.Cluster;

/// <summary>Position of a node in the run's fleet order, 0-based. The order is part of the run (a shuffled fleet is shuffled once, before time 0).</summary>
public readonly record struct NodeIndex(int Value)
{
    /// <summary>No node: the answer "fits nowhere".</summary>
    public static readonly NodeIndex None = new(-1);

    /// <summary>Whether this names a node.</summary>
    public bool IsNode => Value >= 0;
}

/// <summary>Slot of a live pod in the store. Slots are reused after a pod is gone; the ordinal (<c>Uid</c>) never is.</summary>
public readonly record struct PodIndex(int Value);

/// <summary>Index of a shape in the run's <see cref="ShapeTable"/>.</summary>
public readonly record struct ShapeIndex(int Value);
