using SchedBench.Core.Faults;

namespace SchedBench.Chaos.Effects;

/// <content>Effects on pods.</content>
public static partial class EffectCatalog
{
    private static readonly EffectParameter Share = new("percent", ParameterType.Number, "percents of the requests that it touches") { Least = 0, Most = 100, Default = "100" };

    private static readonly EffectParameter RequestLatency = new("latency", ParameterType.Duration, "how much longer") { IsRequired = true, Most = 3_600 };

    private static readonly EffectParameter Claim = new("claim", ParameterType.Text, "the PersistentVolumeClaim, or the volume as pods name it; any unless stated");

    private static IEnumerable<EffectKind> Pods()
    {
        yield return new(
            "podKill", EffectTarget.Pods, "pods are deleted, with their own grace or another one; who owns them makes others", "the deletion",
            [new("gracePeriod", ParameterType.Duration, "grace that they are given; their own unless stated") { Most = LongestSeconds }],
            effect => new KillPodEffect(effect.Duration("gracePeriod")));
        yield return new("podFailure", EffectTarget.Pods, "their processes are exchanged for ones that do nothing, and back afterwards", "containers that restart and are not ready", [], _ => new FailPodEffect());
        yield return new(
            "containerKill", EffectTarget.Pods, "containers are killed; the agent starts them anew by restart policy and back-off", "restarts",
            [new("container", ParameterType.Text, "name of the container; all unless stated")],
            effect => new KillContainerEffect(effect.Value("container") ?? ""));
        yield return new(
            "podStress", EffectTarget.Pods, "something else in the pods uses CPU and memory", "slow pods; containers beyond their memory limit are killed, nodes short of memory evict",
            [
                new("cpuWorkers", ParameterType.Whole, "threads that use CPU, as equals of the pod's own") { Default = "0", Most = 1_000 },
                new("cpuLoad", ParameterType.Whole, "percents of a CPU that each of them wants") { Default = "100", Least = 1, Most = 100 },
                new("memory", ParameterType.Bytes, "memory that it takes") { Default = "0", Most = 1L << 50 },
            ],
            effect => new StressPodEffect((int)effect.Whole("cpuWorkers"), (int)effect.Whole("cpuLoad"), effect.Whole("memory")));
        yield return new("requestAbort", EffectTarget.Pods, "requests to them are broken off", "failed requests; probes are well", [Share], effect => Requests(effect, RequestEnding.Aborted));
        yield return new("requestError", EffectTarget.Pods, "requests to them are answered with an error", "failed requests; probes are well", [Share], effect => Requests(effect, RequestEnding.Error));
        yield return new("requestDelay", EffectTarget.Pods, "requests to them take longer, and hold their worker", "slow requests; probes are well", [RequestLatency, Share], effect => Requests(effect, RequestEnding.GoesOn));
        yield return new(
            "volumeReadOnly", EffectTarget.Pods, "the volumes of their claims take no writes: requests that write are answered with an error; pods without a claim are not touched", "failed requests; probes are well",
            [Share with { Meaning = "percents of the requests that write" }, Claim],
            effect => RequestsToVolumes(effect, RequestEnding.Error));
        yield return new(
            "volumeDelay", EffectTarget.Pods, "the volumes of their claims are slow: requests that use them take longer, and hold their worker; pods without a claim are not touched", "slow requests; probes are well",
            [RequestLatency, Share with { Meaning = "percents of the requests that use the volume" }, Claim],
            effect => RequestsToVolumes(effect, RequestEnding.GoesOn));
    }

    /// <summary>What requests meet, late by the effect's latency where it has one.</summary>
    private static RequestEffect Requests(FaultEffect effect, RequestEnding ending) =>
        new(effect.Number("percent") / 100, ending, ending == RequestEnding.GoesOn ? effect.Duration("latency")!.Value : TimeSpan.Zero);

    private static RequestEffect RequestsToVolumes(FaultEffect effect, RequestEnding ending) => Requests(effect, ending) with { Claim = effect.Value("claim") ?? "" };
}
