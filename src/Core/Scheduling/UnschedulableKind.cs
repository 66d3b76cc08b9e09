namespace SchedBench.Core.Scheduling;

/// <summary>Why a unit is unschedulable, which decides what can help it.</summary>
internal enum UnschedulableKind
{
    /// <summary>A pod that fits on no node: a node with room for its shape can help.</summary>
    Pod,

    /// <summary>A group of equal pods that does not fit as a whole: a node with room for one of them can help.</summary>
    Group,

    /// <summary>The strategy let it wait, its answer was refused, or it is a group of different pods: any change may help.</summary>
    Unknown,
}
