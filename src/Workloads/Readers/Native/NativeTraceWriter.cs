using CsvHelper;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>Writes workloads and nodes in the project's own format, described in docs/native-csv.md. Equal inputs give equal bytes.</summary>
/// <remarks>A column in which every row has the default is left out. What is written reads back equal with <see cref="NativeTraceReader"/>.</remarks>
public static class NativeTraceWriter
{
    private static readonly CsvWriterOptions Options = new() { NewLine = "\n" };

    /// <summary>Writes pods.csv, and groups.csv and nodes.csv where there are any, into <paramref name="folder"/>. Each file is complete or not there:
    /// it is written beside its place and then moved. Files of an earlier trace that have no counterpart now are removed.</summary>
    /// <param name="folder">Created when missing.</param>
    /// <param name="workload">Pods and groups.</param>
    /// <param name="nodes">Nodes, possibly none.</param>
    /// <exception cref="ArgumentException">A name or list holds what the format cannot say: line breaks, or its separators.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static void Write(string folder, Workload workload, IReadOnlyList<NodeSpec> nodes)
    {
        Directory.CreateDirectory(folder);
        WriteFile(folder, NativeColumns.PodsFile, true, writer => WritePods(writer, workload));
        WriteFile(folder, NativeColumns.GroupsFile, workload.Groups.Count > 0, writer => WriteGroups(writer, workload.Groups));
        WriteFile(folder, NativeColumns.NodesFile, nodes.Count > 0, writer => WriteNodes(writer, nodes));
    }

    /// <summary>Writes the content of pods.csv.</summary>
    public static void WritePods(TextWriter destination, Workload workload)
    {
        var table = new NativeTable<PodArrival>(workload.Pods);
        table.Always("name", pod => NativeText.Name(pod.Name));
        table.Always("arrival_seconds", pod => NativeText.Seconds(pod.Arrival));
        table.Where("duration_seconds", pod => pod.Duration is not null, pod => pod.Duration is TimeSpan duration ? NativeText.Seconds(duration) : "");
        table.Where("outcome", pod => pod.Outcome != PodOutcome.Succeeded, pod => pod.Outcome == PodOutcome.Failed ? NativeColumns.Failed : "");
        table.Where("group", pod => pod.Group >= 0, pod => pod.Group < 0 ? "" : NativeText.Name(workload.Groups[pod.Group].Name));
        table.Always("cpu_milli", pod => NativeText.Whole(pod.Spec.CpuMilli));
        table.Always("memory_bytes", pod => NativeText.Whole(pod.Spec.MemoryBytes));
        table.Where("ephemeral_storage_bytes", pod => pod.Spec.EphemeralStorageBytes != 0, pod => NativeText.Whole(pod.Spec.EphemeralStorageBytes));
        table.Where("gpu_count", pod => pod.Spec.GpuCount != 0, pod => NativeText.Whole(pod.Spec.GpuCount));
        table.Where("gpu_milli", pod => pod.Spec.GpuCount != 0 && pod.Spec.GpuMilliPerDevice != PodSpec.WholeGpuMilli, pod => NativeText.Whole(pod.Spec.GpuMilliPerDevice));
        table.Where("gpu_models", pod => pod.Spec.GpuModels.Count > 0, pod => NativeText.Models(pod.Spec.GpuModels));
        table.Where("extended", pod => pod.Spec.Extended.Count > 0, pod => NativeText.Amounts(pod.Spec.Extended));
        table.Where("node_selector", pod => pod.Spec.NodeSelector.Count > 0, pod => NativeText.Labels(pod.Spec.NodeSelector));
        table.Where("app", pod => pod.Spec.App.Length > 0, pod => NativeText.Line(pod.Spec.App));
        table.Where("max_per_node", pod => pod.Spec.MaxPerNode != 0, pod => NativeText.Whole(pod.Spec.MaxPerNode));
        table.Where("priority", pod => pod.Spec.Priority != 0, pod => NativeText.Whole(pod.Spec.Priority));
        table.Write(destination, Options);
    }

    /// <summary>Writes the content of groups.csv.</summary>
    public static void WriteGroups(TextWriter destination, IReadOnlyList<PodGroupSpec> groups)
    {
        var table = new NativeTable<PodGroupSpec>(groups.ToArray());
        table.Always("name", group => NativeText.Name(group.Name));
        table.Always("min_member", group => NativeText.Whole(group.MinMember));
        table.Write(destination, Options);
    }

    /// <summary>Writes the content of nodes.csv.</summary>
    public static void WriteNodes(TextWriter destination, IReadOnlyList<NodeSpec> nodes)
    {
        var table = new NativeTable<NodeSpec>(nodes.ToArray());
        table.Always("name", node => NativeText.Name(node.Name));
        table.Always("cpu_milli", node => NativeText.Whole(node.CpuMilli));
        table.Always("memory_bytes", node => NativeText.Whole(node.MemoryBytes));
        table.Where("ephemeral_storage_bytes", node => node.EphemeralStorageBytes != 0, node => NativeText.Whole(node.EphemeralStorageBytes));
        table.Always("pods", node => NativeText.Whole(node.Pods));
        table.Where("gpu_count", node => node.GpuCount != 0, node => NativeText.Whole(node.GpuCount));
        table.Where("gpu_model", node => node.GpuModel.Length > 0, node => NativeText.Line(node.GpuModel));
        table.Where("zone", node => node.Zone.Length > 0, node => NativeText.Line(node.Zone));
        table.Where("labels", node => node.Labels.Count > 0, node => NativeText.Labels(node.Labels));
        table.Where("extended", node => node.Extended.Count > 0, node => NativeText.Amounts(node.Extended));
        table.Write(destination, Options);
    }

    private static void WriteFile(string folder, string name, bool present, Action<TextWriter> write)
    {
        string path = Path.Combine(folder, name), part = path + ".part";
        if (!present)
        {
            File.Delete(path);
            return;
        }

        using (var writer = new StreamWriter(part)) write(writer);
        File.Move(part, path, overwrite: true);
    }
}
