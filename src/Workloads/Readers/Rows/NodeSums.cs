using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Refuses lists of nodes that the engine's 64-bit sums and indices cannot hold.</summary>
internal static class NodeSums
{
    private const int MostNodes = 1_000_000;

    public static void Check(IReadOnlyList<NodeSpec> nodes, ReadLog log)
    {
        if (nodes.Count > MostNodes) log.Problem(0, "", null, string.Create(CultureInfo.InvariantCulture, $"expected at most {MostNodes} nodes; there are {nodes.Count}"));
        CheckSum("cpu", node => node.CpuMilli);
        CheckSum("memory", node => node.MemoryBytes);
        CheckSum("ephemeral storage", node => node.EphemeralStorageBytes);
        foreach (string resource in nodes.SelectMany(node => node.Extended).Select(amount => amount.Name).Distinct(StringComparer.Ordinal))
        {
            CheckSum(resource, node => node.Extended.Where(amount => string.Equals(amount.Name, resource, StringComparison.Ordinal)).Sum(amount => amount.Amount));
        }

        log.ThrowIfProblems();

        void CheckSum(string resource, Func<NodeSpec, long> amount)
        {
            Int128 sum = 0;
            foreach (NodeSpec node in nodes) sum += amount(node);
            if (sum > long.MaxValue) log.Problem(0, resource, null, "expected capacities whose sum over the nodes stays below 2^63");
        }
    }
}
