using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>
/// GPU fragmentation of a node for the typical pods of a workload (Weng et al., <em>Beware of Fragmentation</em>, USENIX ATC 2023, section 4), as exact integers.
/// </summary>
/// <remarks>
/// With R = the node's free GPU milli, a typical pod m of weight w contributes <c>w·R</c> when it asks for no GPU or cannot run there (model, CPU, devices; the
/// study does not look at memory), and otherwise <c>w·</c>(free milli on devices with less free than m needs of one). Weights are pod counts, so the sum is an
/// integer; the study's F is it divided by <see cref="TotalWeight"/>.
/// <para>Rewritten for speed: <c>F = W·R − Σ over devices d of free(d)·G[free(d), cpu] − 1000·whole·H[whole, cpu]</c>, where G sums the weights of the shares
/// that fit into free(d) and H those of the whole-device pods that fit, both for pods whose CPU fits and whose models include the node's. G and H are tables by
/// model: an evaluation is one search for the CPU column and one look-up a device.</para>
/// </remarks>
public sealed class FragmentationModel
{
    /// <summary>Share of the pods that the typical pods cover in the study, in percent.</summary>
    public const int DefaultCoveragePercent = 95;

    private readonly ClassTable[] _tables;
    private readonly int[] _tableOf;

    private FragmentationModel(ClassTable[] tables, int[] tableOf, long totalWeight, int typicalPods)
    {
        _tables = tables;
        _tableOf = tableOf;
        TotalWeight = totalWeight;
        TypicalPods = typicalPods;
    }

    /// <summary>Sum of the weights: the pods of the trace that the typical ones stand for.</summary>
    public long TotalWeight { get; }

    /// <summary>Number of typical pods (distinct requests).</summary>
    public int TypicalPods { get; }

    /// <summary>A request as the study tells requests apart: memory is not part of it.</summary>
    private readonly record struct Request(long CpuMilli, long GpuMilli, int GpuCount, ValueList<string> Models);

    /// <summary>Builds the model.</summary>
    /// <param name="profile">Requests of the original trace.</param>
    /// <param name="fleet">The fleet whose GPU models matter.</param>
    /// <param name="coveragePercent">Typical pods are the most frequent requests (ties: larger CPU, then larger GPU milli, then count) that together reach this share.</param>
    public static FragmentationModel Of(WorkloadProfile profile, FleetLayout fleet, int coveragePercent = DefaultCoveragePercent)
    {
        var counts = new Dictionary<Request, long>();
        long pods = 0;
        foreach (WorkloadProfile.Entry entry in profile.Entries)
        {
            PodSpec spec = entry.Spec;
            var request = new Request(spec.CpuMilli, spec.GpuMilliPerDevice, spec.GpuCount, spec.GpuModels);
            counts[request] = counts.GetValueOrDefault(request) + entry.Pods;
            pods += entry.Pods;
        }

        var typical = new List<(Request Request, long Weight)>();
        long covered = 0;
        foreach ((Request request, long weight) in counts
            .OrderByDescending(pair => pair.Value)
            .ThenByDescending(pair => pair.Key.CpuMilli)
            .ThenByDescending(pair => pair.Key.GpuMilli)
            .ThenByDescending(pair => pair.Key.GpuCount)
            .ThenBy(pair => string.Join('|', pair.Key.Models), StringComparer.Ordinal))
        {
            if (100 * covered >= coveragePercent * pods) break;
            typical.Add((request, weight));
            covered += weight;
        }

        string[] models = [.. fleet.Nodes.ToArray().Select(node => node.GpuModel).Distinct(StringComparer.Ordinal)];
        int[] tableOf = [.. fleet.Nodes.ToArray().Select(node => Array.IndexOf(models, node.GpuModel))];
        int devices = fleet.Count == 0 ? 0 : fleet.Nodes.ToArray().Max(node => node.GpuCount);
        long[] cpus = [.. typical.Select(t => t.Request.CpuMilli).Distinct().Order()];
        ClassTable[] tables = [.. models.Select(model => new ClassTable(typical, model, cpus, devices))];
        return new FragmentationModel(tables, tableOf, covered, typical.Count);
    }

    /// <summary>The node's fragmentation now, times <see cref="TotalWeight"/>, in milli GPU.</summary>
    public long Of(in NodeState node) => Of(node.Index, node.FreeCpuMilli, node.FreeGpuMilli, node.WholeDevicesFree, node.DeviceFreeMilli);

    /// <summary>The node's fragmentation if its free amounts were these, times <see cref="TotalWeight"/>.</summary>
    public long Of(NodeIndex node, long freeCpuMilli, long freeGpuMilli, int wholeDevicesFree, ReadOnlySpan<int> deviceFreeMilli)
    {
        Column column = At(node, freeCpuMilli);
        long usable = column.WholeUsable(wholeDevicesFree);
        foreach (int free in deviceFreeMilli) usable += column.ShareUsable(free);
        return (TotalWeight * freeGpuMilli) - usable;
    }

    /// <summary>The tables of the node's model for an amount of free CPU.</summary>
    public Column At(NodeIndex node, long freeCpuMilli) => _tables[_tableOf[node.Value]].At(freeCpuMilli);

    /// <summary>How much of the free GPU typical pods can use on a node of one model with a given amount of free CPU.</summary>
    public readonly ref struct Column
    {
        private readonly ReadOnlySpan<long> _shareWeights;
        private readonly ReadOnlySpan<long> _wholeWeights;
        private readonly ushort[] _shareRow;

        internal Column(ReadOnlySpan<long> shareWeights, ReadOnlySpan<long> wholeWeights, ushort[] shareRow)
        {
            _shareWeights = shareWeights;
            _wholeWeights = wholeWeights;
            _shareRow = shareRow;
        }

        /// <summary>free · (weight of the shares that fit into a device with this much free).</summary>
        public long ShareUsable(int free) => free * _shareWeights[_shareRow[free]];

        /// <summary>1000 · whole · (weight of the whole-device pods that fit into so many free devices).</summary>
        public long WholeUsable(int whole) => (long)PodSpec.WholeGpuMilli * whole * _wholeWeights[whole];
    }

    private sealed class ClassTable
    {
        private readonly long[] _cpus;
        private readonly ushort[] _shareRow = new ushort[PodSpec.WholeGpuMilli + 1];
        private readonly long[] _shares;
        private readonly long[] _wholes;
        private readonly int _shareStride;
        private readonly int _wholeStride;

        public ClassTable(List<(Request Request, long Weight)> typical, string model, long[] cpus, int devices)
        {
            _cpus = cpus;
            (Request Request, long Weight)[] allowed = [.. typical.Where(t =>
                t.Request.GpuCount > 0 && (t.Request.Models.Count == 0 || t.Request.Models.AsSpan().IndexOf(model) >= 0))];
            long[] shares = [.. allowed.Where(t => IsShare(t.Request)).Select(t => t.Request.GpuMilli).Distinct().Order()];
            for (int free = 0, row = 0; free < _shareRow.Length; free++)
            {
                while (row < shares.Length && shares[row] <= free) row++;
                _shareRow[free] = (ushort)row;
            }

            _shareStride = shares.Length + 1;
            _wholeStride = devices + 1;
            // Column 0 stands for less CPU than any typical pod asks for.
            _shares = new long[(cpus.Length + 1) * _shareStride];
            _wholes = new long[(cpus.Length + 1) * _wholeStride];
            foreach ((Request request, long weight) in allowed)
            {
                for (int c = Array.BinarySearch(cpus, request.CpuMilli) + 1; c <= cpus.Length; c++)
                {
                    if (IsShare(request))
                    {
                        for (int row = _shareRow[request.GpuMilli]; row < _shareStride; row++) _shares[(c * _shareStride) + row] += weight;
                    }
                    else
                    {
                        for (int whole = request.GpuCount; whole < _wholeStride; whole++) _wholes[(c * _wholeStride) + whole] += weight;
                    }
                }
            }
        }

        public Column At(long freeCpuMilli)
        {
            int column = Array.BinarySearch(_cpus, freeCpuMilli);
            column = column >= 0 ? column + 1 : ~column;
            return new Column(_shares.AsSpan(column * _shareStride, _shareStride), _wholes.AsSpan(column * _wholeStride, _wholeStride), _shareRow);
        }

        private static bool IsShare(Request request) => request.GpuCount == 1 && request.GpuMilli < PodSpec.WholeGpuMilli;
    }
}
