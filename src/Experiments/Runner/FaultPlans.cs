using SchedBench.Chaos.Plans;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Runner;

/// <summary>The faults of cells.</summary>
public static class FaultPlans
{
    /// <summary>The exact faults of a cell: what its run meets.</summary>
    public static FaultPlan Of(PlannedCell cell, LoadedInputs inputs)
    {
        var replay = (ClusterReplay)cell.Workload.Replay;
        return ClusterCellSetup.PlanOf(cell, replay, ClusterCellSetup.FleetOf(cell, replay, inputs).Nodes.ToArray());
    }
}
