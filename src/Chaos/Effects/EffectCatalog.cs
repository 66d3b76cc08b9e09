using SchedBench.Core.Faults;
using SchedBench.Core.Nodes;

namespace SchedBench.Chaos.Effects;

/// <summary>All effects, by name: of machines here, of pods, links and the cluster in the other files. What an experiment, a plan and a fuzzer can say is this list.</summary>
public static partial class EffectCatalog
{
    /// <summary>Longest duration of a parameter, in seconds: a day.</summary>
    private const decimal LongestSeconds = 86_400;

    /// <summary>All, in the order in which they are listed.</summary>
    public static IReadOnlyList<EffectKind> All => Known.Value;

    private static readonly Lazy<IReadOnlyList<EffectKind>> Known = new(() => [.. Machines(), .. Links(), .. Pods(), .. Cluster(), .. ControlPlane(), .. Operations()]);

    /// <summary>The effect of that name, or null.</summary>
    public static EffectKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>An effect with nothing stated about it.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static FaultEffect Of(string name) => new(Find(name) ?? throw new ArgumentException($"There is no effect {name}.", nameof(name)), []);

    private static IEnumerable<EffectKind> Machines()
    {
        yield return Machine("crash", "it is off; afterwards it starts anew, with its disk and without its processes", "heartbeats stop", NodeTrouble.Down);
        yield return Machine("hang", "agent and processes stand still, and go on afterwards", "heartbeats stop", NodeTrouble.AgentHung | NodeTrouble.ProcessesHung);
        yield return Machine("processHang", "processes stand still, the agent goes on", "heartbeats are well, probes time out", NodeTrouble.ProcessesHung);
        yield return Machine("cutOff", "it and the control plane lose each other; clients still reach its pods", "heartbeats stop, nothing else arrives either way", NodeTrouble.CutOff);
        yield return Machine("heartbeatLoss", "heartbeats are lost, everything else arrives", "heartbeats stop", NodeTrouble.HeartbeatsLost);
        EffectParameter factor = new("factor", ParameterType.Number, "times as slow") { Least = 1, Most = 10_000, IsRequired = true };
        yield return new("slowCpu", EffectTarget.Nodes, "its processes are slower: requests, starts, stops and work take longer, those under way too", "nothing, until probes or clients time out", [factor], effect => new SlowMachineEffect(effect.Number("factor"), 1, 1));
        yield return new("slowNetwork", EffectTarget.Nodes, "images come slower", "pods that start late", [factor], effect => new SlowMachineEffect(1, effect.Number("factor"), 1));
        yield return new("slowDisk", EffectTarget.Nodes, "layers of images are written more slowly, and processes that start meanwhile take longer until they listen", "pods that start late", [factor], effect => new SlowMachineEffect(1, 1, effect.Number("factor")));
        EffectParameter[] taken =
        [
            new("percent", ParameterType.Whole, "percents of the capacity that are taken") { Least = 1, Most = 100, Default = "90" },
            new("bytes", ParameterType.Bytes, "bytes that are taken, instead of percents") { Least = 1, Most = 1L << 60 },
        ];
        yield return new("diskFull", EffectTarget.Nodes, "so much of its disk is taken", "disk pressure by the agent's thresholds: a taint, image garbage collection, evictions", taken, effect => Fill(effect, isMemory: false));
        yield return new("memoryPressure", EffectTarget.Nodes, "so much of its memory is taken", "memory pressure by the agent's thresholds: a taint, evictions", taken, effect => Fill(effect, isMemory: true));
        EffectParameter[] clock =
        [
            new("offset", ParameterType.Duration, "how far the clock is off") { Most = LongestSeconds, IsRequired = true },
            new("direction", ParameterType.Word, "which way") { Default = "ahead", Words = ["ahead", "behind"] },
        ];
        yield return new("clockSkew", EffectTarget.Nodes, "its clock is wrong: since when a pod is ready, as its agent writes it, is off by that much, and stays so", "pods that count as available too late or too soon (minReadySeconds)", clock, Skew);
    }

    private static ClockSkewEffect Skew(FaultEffect effect) => new(effect.Value("direction") == "behind" ? -effect.Duration("offset")!.Value : effect.Duration("offset")!.Value);

    private static FillEffect Fill(FaultEffect effect, bool isMemory) => effect.Whole("bytes") is > 0 and var bytes ? new FillEffect(isMemory, 0, bytes) : new FillEffect(isMemory, (int)effect.Whole("percent"), 0);

    private static EffectKind Machine(string name, string truth, string seen, NodeTrouble trouble)
    {
        var effect = new MachineEffect(trouble);
        return new(name, EffectTarget.Nodes, truth, seen, [], _ => effect);
    }
}
