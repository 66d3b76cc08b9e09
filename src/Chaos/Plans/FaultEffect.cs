using SchedBench.Core.Nodes;

namespace SchedBench.Chaos.Plans;

/// <summary>What a fault does to a machine, or to pods, in truth. What the control plane believes of it follows by itself.</summary>
public enum FaultEffect
{
    /// <summary>It loses power: agent and processes are gone; afterwards it starts anew, with its disk and without its processes.</summary>
    Crash,

    /// <summary>It stands still, agent and processes; afterwards they go on.</summary>
    Hang,

    /// <summary>Its processes stand still; the agent goes on and its probes time out (gray: heartbeats are well, pods are not).</summary>
    ProcessHang,

    /// <summary>It and the control plane lose each other; clients still reach its pods.</summary>
    CutOff,

    /// <summary>Its heartbeats are lost on their way; everything else arrives (gray: pods are well, heartbeats are not).</summary>
    HeartbeatLoss,

    /// <summary>Pods are deleted, whoever owns them makes others (Chaos Mesh's <c>pod-kill</c>).</summary>
    PodKill,
}

/// <summary>The effects as files name them, and as machines suffer them.</summary>
public static class FaultEffects
{
    /// <summary>Names in experiment files and plans.</summary>
    public static IReadOnlyList<(string Name, FaultEffect Effect)> ByName { get; } =
    [
        ("crash", FaultEffect.Crash), ("hang", FaultEffect.Hang), ("processHang", FaultEffect.ProcessHang), ("cutOff", FaultEffect.CutOff), ("heartbeatLoss", FaultEffect.HeartbeatLoss), ("podKill", FaultEffect.PodKill),
    ];

    /// <summary>The name of an effect.</summary>
    public static string NameOf(FaultEffect effect) => ByName.First(known => known.Effect == effect).Name;

    /// <summary>What is wrong with a machine that suffers it.</summary>
    public static NodeTrouble TroubleOf(FaultEffect effect) => effect switch
    {
        FaultEffect.Crash => NodeTrouble.Down,
        FaultEffect.Hang => NodeTrouble.AgentHung | NodeTrouble.ProcessesHung,
        FaultEffect.ProcessHang => NodeTrouble.ProcessesHung,
        FaultEffect.CutOff => NodeTrouble.CutOff,
        FaultEffect.HeartbeatLoss => NodeTrouble.HeartbeatsLost,
        _ => NodeTrouble.None,
    };
}
