using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Where bindings go: the node agents.</summary>
internal interface IBindingTarget
{
    /// <summary>Whether the API refuses the write that is about to be made because it is not well; each call is a write of its own.</summary>
    bool IsRefused => false;

    /// <summary>How much longer a write takes.</summary>
    TimeSpan WriteDelay => TimeSpan.Zero;

    /// <summary>A binding is about to be written.</summary>
    /// <returns>False when the API refuses it: the pod is gone or being deleted. The scheduler then forgets the pod.</returns>
    bool Accepts(PodIndex pod, NodeIndex node, DeviceSet devices) => true;

    /// <summary>A binding was written.</summary>
    void OnBound(PodIndex pod);
}
