using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Where bindings go: the node agents.</summary>
internal interface IBindingTarget
{
    /// <summary>A binding was written.</summary>
    void OnBound(PodIndex pod);
}
