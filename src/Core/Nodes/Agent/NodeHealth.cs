namespace SchedBench.Core.Nodes;

/// <summary>What is wrong with a node in truth. Several may hold at once.</summary>
[Flags]
public enum NodeTrouble : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The machine is off: processes are gone, the agent too.</summary>
    Down = 1,

    /// <summary>The agent stands still; processes go on.</summary>
    AgentHung = 2,

    /// <summary>The processes stand still; the agent goes on and its probes time out.</summary>
    ProcessesHung = 4,

    /// <summary>No way between the agent and the control plane: no heartbeats, no news, no status; processes go on.</summary>
    CutOff = 8,

    /// <summary>Heartbeats are lost on their way; everything else arrives.</summary>
    HeartbeatsLost = 16,
}

/// <summary>Is told when the true state of a node changes.</summary>
public interface INodeHealthListener
{
    /// <summary>It changed from <paramref name="before"/> to <paramref name="after"/>.</summary>
    void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after);
}

/// <summary>The true state of every node's machine and network: what faults change. Called from events of the loop, never from listeners of the store.</summary>
/// <param name="nodes">Nodes of the fleet.</param>
public sealed class NodeHealth(int nodes)
{
    private readonly NodeTrouble[] _trouble = new NodeTrouble[nodes];
    private INodeHealthListener[] _listeners = [];

    /// <summary>What is wrong with a node.</summary>
    public NodeTrouble this[int node] => _trouble[node];

    /// <summary>Whether the agent works and reaches the control plane.</summary>
    public bool IsConnected(int node) => (_trouble[node] & (NodeTrouble.Down | NodeTrouble.AgentHung | NodeTrouble.CutOff)) == NodeTrouble.None;

    /// <summary>Whether the agent works.</summary>
    public bool HasAgent(int node) => (_trouble[node] & (NodeTrouble.Down | NodeTrouble.AgentHung)) == NodeTrouble.None;

    /// <summary>Whether heartbeats arrive.</summary>
    public bool HasHeartbeats(int node) => (_trouble[node] & ~NodeTrouble.ProcessesHung) == NodeTrouble.None;

    /// <summary>Adds a listener, told after those before it.</summary>
    public void Subscribe(INodeHealthListener listener) => _listeners = [.. _listeners, listener];

    /// <summary>The machine loses power.</summary>
    public void Crash(int node) => Set(node, NodeTrouble.Down);

    /// <summary>The machine stands still: agent and processes.</summary>
    public void Hang(int node) => Set(node, _trouble[node] | NodeTrouble.AgentHung | NodeTrouble.ProcessesHung);

    /// <summary>The control plane and the node lose each other; clients still reach its pods.</summary>
    public void CutOff(int node) => Set(node, _trouble[node] | NodeTrouble.CutOff);

    /// <summary>Everything is well again: a machine that was off has started anew.</summary>
    public void Recover(int node) => Set(node, NodeTrouble.None);

    /// <summary>Sets exactly this trouble.</summary>
    public void Set(int node, NodeTrouble trouble)
    {
        NodeTrouble before = _trouble[node];
        if (before == trouble) return;
        _trouble[node] = trouble;
        foreach (INodeHealthListener listener in _listeners) listener.OnHealthChanged(node, before, trouble);
    }
}
