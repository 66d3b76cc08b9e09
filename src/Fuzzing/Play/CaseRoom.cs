using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Play;

/// <summary>Whether a case has so much room that every pod finds a place whatever comes before: otherwise a fault may leave the cluster in another packing in which some do not, and nothing is wrong.</summary>
internal static class CaseRoom
{
    /// <summary>Judged by sums with a margin of two: pods beyond their number during updates, and nodes that are cut up. Where pods are tied to nodes, the smallest node has to hold all that others may have put there meanwhile.</summary>
    public static bool IsAmple(FuzzCase item)
    {
        if (item.Nodes.Count == 0) return false;
        long pods = 0, cpu = 0, memory = 0, gpus = 0, ports = 0;
        foreach (FuzzWorkload workload in item.Workloads)
        {
            int scaled = item.Steps.Where(step => step.Verb == FuzzVerb.Scale && step.Target == workload.Name).Select(step => step.Value).DefaultIfEmpty(0).Max();
            long most = (workload.Kind == FuzzWorkloadKind.DaemonSet ? item.Nodes.Count : Math.Max(Math.Max(workload.Replicas, workload.AutoscalesTo), scaled)) + 1;
            // One pod beyond their number comes with every update, and needs a node of its own.
            if (workload.Rule == FuzzRule.OnePerNode && most > item.Nodes.Count) return false;
            if (workload.Rule == FuzzRule.HostPort) ports += most;
            pods += most;
            cpu += most * workload.CpuMilli;
            memory += most * workload.MemoryMi;
            gpus += most * workload.Gpus;
        }

        // A pod of a DaemonSet has one node to go to: whatever else there is has to fit beside it there.
        if (item.Workloads.Any(workload => workload.Kind == FuzzWorkloadKind.DaemonSet) && item.Nodes.Any(node => cpu > node.CpuMilli || memory > node.MemoryMi || pods > node.Pods)) return false;
        // And a pod that has to keep zones even has one zone.
        if (item.Workloads.Any(workload => workload.Rule == FuzzRule.EvenOverZones) && (gpus > 0 || item.Nodes.GroupBy(node => node.Zone).Any(zone => cpu > zone.Sum(node => (long)node.CpuMilli)))) return false;
        long least = item.Nodes.Min(node => node.CpuMilli);
        bool isTied = item.Workloads.Any(workload => workload.Kind == FuzzWorkloadKind.DaemonSet || workload.HasVolume || workload.Rule is FuzzRule.OnePerNode or FuzzRule.HostPort or FuzzRule.EvenOverZones);
        if (isTied && (cpu > least || memory > item.Nodes.Min(node => node.MemoryMi) || pods > item.Nodes.Min(node => node.Pods))) return false;
        return ports <= item.Nodes.Count && pods * 2 <= item.Nodes.Sum(node => node.Pods) && cpu * 2 <= item.Nodes.Sum(node => (long)node.CpuMilli) && memory * 2 <= item.Nodes.Sum(node => (long)node.MemoryMi) && gpus <= item.Nodes.Sum(node => node.Gpus)
            && item.Workloads.All(workload => workload.CpuMilli * 2 <= least);
    }
}
