using SchedBench.Core.Objects;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>What a plugin says (<c>fwk.Code</c>).</summary>
public enum StatusCode
{
    /// <summary>It goes on.</summary>
    Success,

    /// <summary>The plugin failed.</summary>
    Error,

    /// <summary>Not here; preemption may help.</summary>
    Unschedulable,

    /// <summary>Not here, and no preemption helps.</summary>
    UnschedulableAndUnresolvable,

    /// <summary>The pod waits (Permit).</summary>
    Wait,

    /// <summary>The plugin has nothing to do for this pod.</summary>
    Skip,

    /// <summary>The pod waits for something outside.</summary>
    Pending,
}

/// <summary>A code with its reasons in Kubernetes' words (<c>fwk.Status</c>). Immutable.</summary>
/// <param name="Code">Code.</param>
/// <param name="Reasons">Reasons, in order.</param>
public sealed record Status(StatusCode Code, ValueList<string> Reasons)
{
    /// <summary>It goes on.</summary>
    public static Status Success { get; } = new(StatusCode.Success, default);

    /// <summary>Nothing to do for this pod.</summary>
    public static Status Skip { get; } = new(StatusCode.Skip, default);

    /// <summary>Whether it goes on.</summary>
    public bool IsSuccess => Code == StatusCode.Success;

    /// <summary>Not here; preemption may help.</summary>
    public static Status Unschedulable(params ReadOnlySpan<string> reasons) => new(StatusCode.Unschedulable, [.. reasons]);

    /// <summary>Not here, and no preemption helps.</summary>
    public static Status Unresolvable(params ReadOnlySpan<string> reasons) => new(StatusCode.UnschedulableAndUnresolvable, [.. reasons]);

    /// <inheritdoc/>
    public override string ToString() => Reasons.Count == 0 ? $"{Code}" : $"{Code}: {string.Join(", ", Reasons)}";
}
