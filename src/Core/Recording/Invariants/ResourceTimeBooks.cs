using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Resource-seconds counted twice: by pod from facts and specs, by node from node truth. All sums are exact integers (amount · ticks).</summary>
internal sealed class ResourceTimeBooks
{
    private static readonly string[] Names = ["milli CPU", "bytes of memory", "GPU milli"];
    private readonly ClusterRun _run;
    private readonly Int128[] _byPod = new Int128[3];
    private readonly Int128[] _byNode = new Int128[3];
    private readonly Level[] _levels;

    public ResourceTimeBooks(ClusterRun run)
    {
        _run = run;
        _levels = new Level[run.Fleet.Count];
    }

    private struct Level
    {
        public TimeSpan Since;
        public long Cpu;
        public long Memory;
        public long Gpu;
    }

    /// <summary>A pod held its request for so long.</summary>
    public void Held(PodSpec pod, TimeSpan time)
    {
        _byPod[0] += (Int128)pod.CpuMilli * time.Ticks;
        _byPod[1] += (Int128)pod.MemoryBytes * time.Ticks;
        _byPod[2] += (Int128)pod.GpuMilliTotal * time.Ticks;
    }

    /// <summary>Node truth of a node has changed at this instant.</summary>
    public void NodeChanged(int node, TimeSpan now)
    {
        ref Level level = ref _levels[node];
        Int128 ticks = (now - level.Since).Ticks;
        _byNode[0] += level.Cpu * ticks;
        _byNode[1] += level.Memory * ticks;
        _byNode[2] += level.Gpu * ticks;
        NodeState truth = _run.Agents.StateOf(new NodeIndex(node));
        level = new Level
        {
            Since = now,
            Cpu = truth.RequestedCpuMilli,
            Memory = truth.RequestedMemoryBytes,
            Gpu = truth.AllocatableGpuMilli - truth.FreeGpuMilli,
        };
    }

    /// <summary>The first resource whose two sums differ at the end of the run, or null.</summary>
    public Finding? Compare(TimeSpan end)
    {
        for (int n = 0; n < _levels.Length; n++) NodeChanged(n, end);
        for (int r = 0; r < Names.Length; r++)
        {
            if (_byPod[r] != _byNode[r]) return new Finding(Invariant.ResourceTime, $"{Names[r]} · ticks", $"{_byPod[r]} by pod", $"{_byNode[r]} by node");
        }

        return null;
    }
}
