using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>Why a release was taken back.</summary>
public enum ReleaseAbortReason : byte
{
    /// <summary>The new side was not available in time.</summary>
    Deadline,

    /// <summary>The analysis found it wanting.</summary>
    Analysis,

    /// <summary>A user said so.</summary>
    User,

    /// <summary>An object that the release needs is gone.</summary>
    ObjectGone,
}

/// <summary>A release of a new template beside the old one, over ordinary objects.</summary>
public abstract record ReleasePlan
{
    /// <summary>Deployment that is released.</summary>
    public required string Deployment { get; init; }

    /// <summary>Namespace of all its objects.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Service in front of it.</summary>
    public required string Service { get; init; }

    /// <summary>The new template, with the labels that the Deployment's selector asks for.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>Label of pods that tells the versions apart. The hash of the template does for any manifest; another one must be in both templates, with
    /// different values.</summary>
    public string VersionLabel { get; init; } = Revisions.HashLabel;

    /// <summary>The new side must be available after this long, at every size it gets.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Judges the new version; null judges nothing.</summary>
    public IReleaseAnalysis? Analysis { get; init; }

    /// <summary>Time between two analyses.</summary>
    public TimeSpan AnalysisInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>End of the name of the new side's Deployment.</summary>
    public abstract string Suffix { get; }

    /// <summary>Makes the state of a release.</summary>
    internal abstract Release Begin(ReleaseController controller, Deployment deployment);
}

/// <summary>Blue/green: the new side is brought up at full size, the Service is switched to it at once, and the old side stays for a while as a way back.</summary>
public sealed record BlueGreenPlan : ReleasePlan
{
    /// <summary>How long the old side stays at full size after the switch.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public override string Suffix => "green";

    internal override Release Begin(ReleaseController controller, Deployment deployment) => new BlueGreenRelease(controller, this, deployment);
}

/// <summary>How a canary gets its share of the requests.</summary>
public enum CanaryRouting : byte
{
    /// <summary>By its share of the Service's endpoints: as many of the pods are canaries as the weight says, rounded up.</summary>
    Endpoints,

    /// <summary>By the weight of a canary Ingress (<c>nginx.ingress.kubernetes.io/canary-weight</c>).</summary>
    IngressWeight,

    /// <summary>By a path of its own; the weights give its size alone.</summary>
    IngressPath,
}

/// <summary>A step of a canary.</summary>
/// <param name="Weight">Share of the requests in percent, 1 to 100.</param>
/// <param name="Pause">How long it stays there once its pods are available.</param>
public readonly record struct CanaryStep(int Weight, TimeSpan Pause);

/// <summary>Canary: a small new side takes a growing share of the requests; then the Deployment itself is rolled to the new template.</summary>
public sealed record CanaryPlan : ReleasePlan
{
    /// <summary>Steps, in order.</summary>
    public required ValueList<CanaryStep> Steps { get; init; }

    /// <summary>How the share is made.</summary>
    public CanaryRouting Routing { get; init; }

    /// <summary>Ingress that leads to the Service, where an Ingress routes.</summary>
    public string Ingress { get; init; } = "";

    /// <summary>Path of the canary with <see cref="CanaryRouting.IngressPath"/>.</summary>
    public string Path { get; init; } = "/canary";

    /// <inheritdoc/>
    public override string Suffix => "canary";

    internal override Release Begin(ReleaseController controller, Deployment deployment) => new CanaryRelease(controller, this, deployment);
}
