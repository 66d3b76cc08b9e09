namespace SchedBench.Core.Nodes;

/// <summary>The ways between agents and the control plane while they are slow or lose packets.</summary>
internal interface IAgentWay
{
    /// <summary>Whether something is wrong with the way of a node.</summary>
    bool IsSlow(int node);

    /// <summary>How long it takes until the control plane has what an agent sends it now.</summary>
    TimeSpan ToControlPlane(int node);

    /// <summary>How long it takes until an agent hears what happened at the control plane now.</summary>
    TimeSpan FromControlPlane(int node);
}
