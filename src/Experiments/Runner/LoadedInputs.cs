using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Workloads.Manifests;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Experiments.Runner;

/// <summary>A workload in memory, shared by all cells that replay it.</summary>
/// <param name="Workload">The pods.</param>
/// <param name="Profile">The mix of requests.</param>
/// <param name="Report">What the reader did; null for generated workloads.</param>
public sealed record LoadedWorkload(Workload Workload, WorkloadProfile Profile, ReadReport? Report);

/// <summary>A fleet in memory: its nodes as recorded, before a run orders or thins them.</summary>
/// <param name="Nodes">The nodes.</param>
/// <param name="Report">What the reader did; null for pools.</param>
public sealed record LoadedFleet(IReadOnlyList<NodeSpec> Nodes, ReadReport? Report);

/// <summary>Everything the cells of a plan read, read once before the first of them starts.</summary>
public sealed class LoadedInputs
{
    private readonly Dictionary<string, LoadedWorkload> _workloads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ManifestSet> _manifests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LoadedFleet> _fleets = new(StringComparer.Ordinal);

    private LoadedInputs()
    {
    }

    /// <summary>What readers did, file by file, in the order of the plan.</summary>
    public IEnumerable<ReadReport> Reports =>
        _fleets.Values.Select(fleet => fleet.Report).Concat(_workloads.Values.Select(workload => workload.Report)).OfType<ReadReport>();

    /// <summary>Reads what the cells need.</summary>
    /// <exception cref="InputException">A file cannot be used.</exception>
    public static LoadedInputs Load(IEnumerable<PlannedCell> cells)
    {
        var inputs = new LoadedInputs();
        var replays = new HashSet<(string Fleet, string Workload)>();
        var faults = new HashSet<(string Fleet, string Workload, string Faults)>();
        var problems = new List<InputProblem>();
        foreach (PlannedCell cell in cells)
        {
            if (!inputs._fleets.ContainsKey(cell.Fleet.Name)) inputs._fleets.Add(cell.Fleet.Name, LoadFleet(cell.Fleet));
            if (cell.Workload.Replay is ClusterReplay cluster)
            {
                inputs._manifests.TryAdd(cluster.Manifests.Written, cluster.Objects);
                foreach (ClusterStep step in cluster.Steps.Where(step => step.Manifests is not null)) inputs._manifests.TryAdd(step.Manifests!.Written, step.Objects!);
                if (cell.Fleet.Nodes is not null && replays.Add((cell.Fleet.Name, cell.Workload.Name))) problems.AddRange(NodeTargets.Check(cell.Fleet, cluster, inputs.FleetOf(cell).Nodes));
                if (cell.Faults.Sources.Count == 0 || !faults.Add((cell.Fleet.Name, cell.Workload.Name, cell.Faults.Name))) continue;
                InputProblem[] ofNodes = [.. NodeTargets.Check(cell.Fleet, cell.Faults, ClusterCellSetup.FleetOf(cell, cluster, inputs).Nodes.ToArray())];
                problems.AddRange(ofNodes);
                // With other problems there is no cluster to ask.
                if (problems.Count == 0) problems.AddRange(ClusterCellSetup.Refused(cell, cluster, inputs));
                continue;
            }

            if (!inputs._workloads.ContainsKey(cell.Workload.Name)) inputs._workloads.Add(cell.Workload.Name, LoadWorkload(cell.Workload));
            if (replays.Add((cell.Fleet.Name, cell.Workload.Name)) && ReplayLimits.Check(cell, inputs.FleetOf(cell).Nodes, inputs.WorkloadOf(cell).Workload.Pods.Span) is { } problem) problems.Add(problem);
        }

        return problems.Count == 0 ? inputs : throw new InputException(problems);
    }

    /// <summary>The workload of a cell.</summary>
    public LoadedWorkload WorkloadOf(PlannedCell cell) => _workloads[cell.Workload.Name];

    /// <summary>The manifests that the cells apply, in the order of the plan.</summary>
    public IEnumerable<ManifestSet> Manifests => _manifests.Values;

    /// <summary>The fleet of a cell.</summary>
    public LoadedFleet FleetOf(PlannedCell cell) => _fleets[cell.Fleet.Name];

    private static LoadedFleet LoadFleet(FleetSpec fleet)
    {
        if (fleet.Nodes is not { } file) return new LoadedFleet(fleet.BuildPoolNodes(), null);
        NodeContents contents = NodeReaderCatalog.Get(file.Format, file.Path.Written).Read(file.Path.FullPath, file.Options);
        return new LoadedFleet(contents.Nodes, contents.Report);
    }

    /// <summary>A <c>compress</c> far below 1 multiplies times; how far is known with the trace's last arrival.</summary>
    private static void RefuseTimesBeyondReach(WorkloadSpec spec, ReadOnlySpan<PodArrival> pods)
    {
        if (spec is not { Replay: TimedReplay timed, CompressPlace: { } place } || pods.IsEmpty || !timed.IsDrawnOutTooFar(pods[^1].Arrival)) return;
        throw new InputException(place with { Expected = timed.ExpectedCompress(pods[^1].Arrival) });
    }

    private static LoadedWorkload LoadWorkload(WorkloadSpec spec)
    {
        TraceFile trace = spec.Trace!;
        TraceContents contents = TraceReaderCatalog.Get(trace.Format, trace.Path.Written).Read(trace.Path.FullPath, trace.Options);
        RefuseTimesBeyondReach(spec, contents.Workload.Pods.Span);
        return new LoadedWorkload(contents.Workload, WorkloadProfile.Of(contents.Workload.Pods.Span), contents.Report);
    }
}
