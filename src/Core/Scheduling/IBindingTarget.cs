using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Where bindings go: the node agents.</summary>
internal interface IBindingTarget
{
    /// <summary>A binding is about to be written.</summary>
    /// <returns>False when the API refuses it: the pod is gone or being deleted. The scheduler then forgets the pod.</returns>
    bool Accepts(PodIndex pod, NodeIndex node, DeviceSet devices) => true;

    /// <summary>A binding was written.</summary>
    void OnBound(PodIndex pod);
}
