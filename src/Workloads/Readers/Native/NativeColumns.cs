using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>The files and columns of the native format, in the order in which they are written. docs/native-csv.md describes them.</summary>
internal static class NativeColumns
{
    public const string PodsFile = "pods.csv", GroupsFile = "groups.csv", NodesFile = "nodes.csv";

    public const string Succeeded = "succeeded", Failed = "failed";

    /// <summary>Columns of pods.csv by position in <see cref="Pods"/>.</summary>
    public const int PodName = 0, Arrival = 1, Duration = 2, Outcome = 3, Group = 4, PodCpu = 5, PodMemory = 6, PodStorage = 7, PodGpus = 8, GpuMilli = 9, GpuModels = 10,
        PodExtended = 11, NodeSelector = 12, App = 13, MaxPerNode = 14, Priority = 15;

    /// <summary>Columns of nodes.csv by position in <see cref="Nodes"/>.</summary>
    public const int NodeName = 0, NodeCpu = 1, NodeMemory = 2, NodeStorage = 3, NodePods = 4, NodeGpus = 5, GpuModel = 6, Zone = 7, Labels = 8, NodeExtended = 9;

    /// <summary>Columns of groups.csv by position in <see cref="Groups"/>.</summary>
    public const int GroupName = 0, MinMember = 1;

    public static readonly CsvLayout Pods = new(
        new("name"), new("arrival_seconds"), new("duration_seconds", false), new("outcome", false), new("group", false), new("cpu_milli"), new("memory_bytes"),
        new("ephemeral_storage_bytes", false), new("gpu_count", false), new("gpu_milli", false), new("gpu_models", false), new("extended", false),
        new("node_selector", false), new("app", false), new("max_per_node", false), new("priority", false));

    public static readonly CsvLayout Groups = new(new("name"), new("min_member"));

    public static readonly CsvLayout Nodes = new(
        new("name"), new("cpu_milli"), new("memory_bytes"), new("ephemeral_storage_bytes", false), new("pods", false), new("gpu_count", false), new("gpu_model", false),
        new("zone", false), new("labels", false), new("extended", false));
}
