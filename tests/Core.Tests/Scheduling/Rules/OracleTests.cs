using System.Globalization;
using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;

namespace SchedBench.Core.Tests.Scheduling.Rules;

/// <summary>Decisions of the real kube-scheduler (v1.34.1): which nodes are feasible, which plugin rejects which node, and whom preemption chooses.</summary>
public sealed class OracleTests
{
    private static readonly Dictionary<InfeasibleReason, string> PluginOf = new()
    {
        [InfeasibleReason.NodeUnschedulable] = "NodeUnschedulable",
        [InfeasibleReason.NodeNameMismatch] = "NodeName",
        [InfeasibleReason.UntoleratedTaint] = "TaintToleration",
        [InfeasibleReason.NodeSelectorMismatch] = "NodeAffinity",
        [InfeasibleReason.NodeAffinityMismatch] = "NodeAffinity",
        [InfeasibleReason.HostPortConflict] = "NodePorts",
        [InfeasibleReason.TooManyPods] = "NodeResourcesFit",
        [InfeasibleReason.InsufficientCpu] = "NodeResourcesFit",
        [InfeasibleReason.InsufficientMemory] = "NodeResourcesFit",
        [InfeasibleReason.InsufficientEphemeralStorage] = "NodeResourcesFit",
        [InfeasibleReason.InsufficientExtendedResource] = "NodeResourcesFit",
        [InfeasibleReason.TopologySpreadViolated] = "PodTopologySpread",
        [InfeasibleReason.TopologySpreadLabelMissing] = "PodTopologySpread",
        [InfeasibleReason.PodAffinityUnsatisfied] = "InterPodAffinity",
        [InfeasibleReason.PodAntiAffinityViolated] = "InterPodAffinity",
        [InfeasibleReason.ExistingAntiAffinity] = "InterPodAffinity",
    };

    [SkippableTheory]
    [InlineData("12-taints-tolerations")]
    [InlineData("13-prefer-noschedule-score")]
    [InlineData("14-unschedulable-and-nodename")]
    [InlineData("15-node-affinity-required")]
    [InlineData("16-node-affinity-preferred")]
    [InlineData("18-host-ports")]
    [InlineData("20-spread-hard-zone")]
    [InlineData("22-spread-soft-score")]
    [InlineData("26-pod-affinity-required")]
    [InlineData("27-pod-anti-affinity-required")]
    [InlineData("28-pod-affinity-preferred")]
    [InlineData("30-pod-affinity-namespaces")]
    [InlineData("31-preemption-basic")]
    [InlineData("33-preemption-pdb")]
    [InlineData("39-cluster-changes")]
    [InlineData("41-no-nodes-fit-messages")]
    [InlineData("42-random-default")]
    [InlineData("46-random-priority-preemption")]
    [InlineData("49-random-small-0")]
    [InlineData("50-random-small-1")]
    [InlineData("51-random-small-2")]
    public void Decides_as_kube_scheduler_does(string name)
    {
        var scenario = new OracleScenario(name);
        ClusterState state = scenario.State;
        var pods = new OraclePods(scenario);
        int op = -1, decisions = 0;
        foreach (JsonElement operation in scenario.Operations)
        {
            op++;
            switch (OracleScenario.Text(operation, "op"))
            {
                case "delete":
                    pods.Remove(OracleScenario.Text(operation, "pod"));
                    continue;
                case "addNode":
                    state.SetPresent(state.Layout.IndexOf(OracleScenario.Text(operation, "node", "metadata", "name")), present: true);
                    continue;
                case "updateNode":
                    // Devices and extended resources of a node are fixed: other ones end the comparison.
                    if (scenario.IsBeyond(operation.GetProperty("node"))) break;
                    scenario.Update(operation.GetProperty("node"));
                    continue;
            }

            if (OracleScenario.Text(operation, "op") != "schedule") break;
            Compare(scenario, pods, op, operation.GetProperty("pod"));
            decisions++;
        }

        Assert.True(decisions > 0);
    }

    private static void Compare(OracleScenario scenario, OraclePods pods, int op, JsonElement pod)
    {
        JsonElement decision = scenario.Decision(op);
        ShapeIndex index = scenario.Intern(pod);
        ref readonly PodShape shape = ref scenario.State.Shapes[index];
        var fitting = new List<string>();
        var rejected = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        for (int n = 0; n < scenario.State.Count; n++)
        {
            if (!scenario.State.IsPresent(n)) continue;
            string node = scenario.State.Layout.Nodes[n].Name;
            if (scenario.State.Fits(in shape, n)) fitting.Add(node);
            foreach (string plugin in Predicates.Check(scenario.State, in shape, n).Select(reason => PluginOf[reason.Reason]).Distinct())
            {
                if (!rejected.TryGetValue(plugin, out List<string>? nodes)) rejected.Add(plugin, nodes = []);
                nodes.Add(node);
            }
        }

        string key = OracleScenario.KeyOf(pod);
        Assert.Equal((op, string.Join(' ', Names(decision, "feasible"))), (op, string.Join(' ', fitting)));
        if (!decision.TryGetProperty("preFilter", out _) && !decision.TryGetProperty("preFilterNodes", out _) && decision.TryGetProperty("rejectedByPlugin", out JsonElement byPlugin))
        {
            IEnumerable<string> expected = byPlugin.EnumerateObject().OrderBy(plugin => plugin.Name, StringComparer.Ordinal)
                .Select(plugin => $"{plugin.Name}: {string.Join(' ', plugin.Value.EnumerateArray().Select(node => node.GetString()))}");
            Assert.Equal($"{op} {string.Join("; ", expected)}", $"{op} {string.Join("; ", rejected.Select(plugin => $"{plugin.Key}: {string.Join(' ', plugin.Value)}"))}");
        }

        if (decision.TryGetProperty("preemption", out JsonElement preemption)) pods.ComparePreemption(op, index, pod, preemption);
        if (OracleScenario.Text(decision, "outcome") == "preempted")
        {
            foreach (string victim in Names(preemption, "victims")) pods.Remove(victim);
        }

        if (OracleScenario.Text(decision, "selected") is { Length: > 0 } selected) pods.Place(key, pod, selected, TimeSpan.FromSeconds(100_000 + op));
    }

    private static IEnumerable<string> Names(JsonElement element, string name) => OracleScenario.Items(element, name).Select(item => item.GetString()!);

    /// <summary>The pods of a scenario, as preemption sees them.</summary>
    private sealed class OraclePods : IPlacedPods, IDisruptionBudgets
    {
        private readonly OracleScenario _scenario;
        private readonly List<(string Key, PlacedPod Pod, int Node)> _placed = [];
        private readonly List<string> _keys = [];
        private readonly List<JsonElement> _pods = [];
        private readonly JsonElement[] _budgets;

        public OraclePods(OracleScenario scenario)
        {
            _scenario = scenario;
            _budgets = [.. OracleScenario.Items(scenario.Input, "podDisruptionBudgets")];
            int i = 0;
            foreach (JsonElement pod in OracleScenario.Items(scenario.Input, "existingPods"))
            {
                string started = OracleScenario.Text(pod, "status", "startTime");
                TimeSpan at = started.Length == 0
                    ? TimeSpan.FromSeconds(i)
                    : DateTimeOffset.Parse(started, CultureInfo.InvariantCulture) - new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
                JsonElement unbound = pod;
                Place(OracleScenario.KeyOf(pod), unbound, OracleScenario.Text(pod, "spec", "nodeName"), at);
                i++;
            }
        }

        public int Count => _budgets.Length;

        public int Allowed(int budget) => int.Parse(OracleScenario.Text(_budgets[budget], "status", "disruptionsAllowed"), CultureInfo.InvariantCulture);

        public bool Covers(int budget, PodIndex pod)
        {
            LabelSelector? selector = OracleScenario.Selector(_budgets[budget].GetProperty("spec"), "selector");
            return selector is { Requirements.Count: > 0 } && OracleScenario.NamespaceOf(_budgets[budget]) == OracleScenario.NamespaceOf(_pods[pod.Value])
                && selector.Matches(OracleScenario.LabelsOf(_pods[pod.Value].GetProperty("metadata")));
        }

        public void List(NodeIndex node, List<PlacedPod> into) => into.AddRange(_placed.Where(pod => pod.Node == node.Value).Select(pod => pod.Pod));

        public void Evict(PodIndex victim, PodIndex preemptor) => throw new NotSupportedException();

        public void Place(string key, JsonElement pod, string nodeName, TimeSpan startedAt)
        {
            int node = _scenario.State.Layout.IndexOf(nodeName);
            ShapeIndex shape = _scenario.Intern(pod);
            _scenario.State.Add(in _scenario.State.Shapes[shape], node, DeviceSet.Empty);
            _placed.Add((key, new PlacedPod(new PodIndex(_pods.Count), shape, DeviceSet.Empty, Priority(pod), startedAt), node));
            _pods.Add(pod);
            _keys.Add(key);
        }

        public void Remove(string key)
        {
            int i = _placed.FindIndex(pod => pod.Key == key);
            if (i < 0) return;
            _scenario.State.Remove(in _scenario.State.Shapes[_placed[i].Pod.Shape], _placed[i].Node, DeviceSet.Empty);
            _placed.RemoveAt(i);
        }

        public void ComparePreemption(int op, ShapeIndex shape, JsonElement pod, JsonElement expected)
        {
            if (!expected.GetProperty("eligible").GetBoolean()) return;
            var request = new PreemptionRequest(
                new PodRequest(in _scenario.State.Shapes[shape], new PodIndex(-1), 0, 0), Priority(pod), NodeIndex.None, new ClusterView(_scenario.State), new Nominations(_scenario.State, new PodStore()));
            var preemptor = new DefaultPreemptor(this, this);
            var candidates = new List<string>();
            for (int n = 0; n < _scenario.State.Count; n++)
            {
                if (_scenario.State.IsPresent(n) && preemptor.TryNode(in request, n) is { } candidate) candidates.Add(Text(candidate.Preemption));
            }

            Assert.Equal(
                (op, string.Join("; ", OracleScenario.Items(expected, "candidates").Select(c => $"{OracleScenario.Text(c, "node")}: {string.Join(' ', Names(c, "victims"))} ({OracleScenario.Text(c, "pdbViolations")})"))),
                (op, string.Join("; ", candidates)));
            Preemption? chosen = preemptor.Preempt(in request);
            Assert.Equal(
                (op, OracleScenario.Text(expected, "selected"), string.Join(' ', Names(expected, "victims"))),
                (op, chosen is null ? "" : _scenario.State.Layout.Nodes[chosen.Node.Value].Name, chosen is null ? "" : string.Join(' ', chosen.Victims.Select(victim => _keys[victim.Value]))));
        }

        private string Text(Preemption preemption) =>
            $"{_scenario.State.Layout.Nodes[preemption.Node.Value].Name}: {string.Join(' ', preemption.Victims.Select(victim => _keys[victim.Value]))} ({preemption.BudgetViolations})";

        private static int Priority(JsonElement pod) => OracleScenario.Text(pod, "spec", "priority") is { Length: > 0 } priority ? int.Parse(priority, CultureInfo.InvariantCulture) : 0;
    }
}
