using SchedBench.Core.Objects;

namespace SchedBench.Core.Faults;

/// <summary>Pods are deleted; who owns them makes others (Chaos Mesh <c>pod-kill</c>).</summary>
/// <param name="Grace">Grace that they are given; null for their own.</param>
public sealed record KillPodEffect(TimeSpan? Grace) : WorldEffect
{
    /// <inheritdoc/>
    public override bool IsInstant => true;

    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.KillPod;
}

/// <summary>The processes of pods are exchanged for ones that do nothing: nobody listens, probes fail; afterwards the right ones start (Chaos Mesh <c>pod-failure</c>, which writes a pause image into the pod and back).</summary>
public sealed record FailPodEffect : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.FailPod;
}

/// <summary>Containers of pods are killed; the agent starts them anew by the pod's restart policy and back-off (Chaos Mesh <c>container-kill</c>).</summary>
/// <param name="Container">Name of the container; empty for all that run.</param>
public sealed record KillContainerEffect(string Container) : WorldEffect
{
    /// <inheritdoc/>
    public override bool IsInstant => true;

    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.KillContainer;
}

/// <summary>Something else in the pods uses CPU and memory (Chaos Mesh <c>StressChaos</c>).</summary>
/// <param name="CpuWorkers">Threads that use CPU, ≥ 0; they share the pod's CPU with it as equals.</param>
/// <param name="CpuLoad">Percents of one CPU that each of them wants, 1 to 100.</param>
/// <param name="MemoryBytes">Memory that it takes, in bytes: beyond a container's limit it is killed.</param>
public sealed record StressPodEffect(int CpuWorkers, int CpuLoad, long MemoryBytes) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.StressPod;
}

/// <summary>Requests that reach the pods end badly, or late (Chaos Mesh <c>HTTPChaos</c>, <c>IOChaos</c> of a pod that works on its files for each request).</summary>
/// <param name="Share">Share of the requests, 0 to 1.</param>
/// <param name="Ending">How they end.</param>
/// <param name="Delay">How much longer they take.</param>
public sealed record RequestEffect(double Share, RequestEnding Ending, TimeSpan Delay) : WorldEffect
{
    /// <summary>The claim whose volume is in trouble, by its name or that of the volume in the pod, so that only pods that use it are touched; empty for any claim; null where the trouble is not a volume's.</summary>
    public string? Claim { get; init; }

    /// <inheritdoc/>
    public override bool Touches(Pod pod)
    {
        if (Claim is null) return true;
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.Kind == VolumeKind.PersistentVolumeClaim && (Claim.Length == 0 || volume.Source == Claim || volume.Name == Claim)) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Requests;
}

/// <summary>What becomes of a request that a fault touches.</summary>
public enum RequestEnding : byte
{
    /// <summary>It goes on, maybe later.</summary>
    GoesOn,

    /// <summary>The connection is broken.</summary>
    Aborted,

    /// <summary>It is answered with an error.</summary>
    Error,
}
