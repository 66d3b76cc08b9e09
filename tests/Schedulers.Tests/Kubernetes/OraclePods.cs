using System.Globalization;
using System.Text;
using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>The placed pods of a scenario, as preemption sees them.</summary>
internal sealed class OraclePods : IPlacedPods, IDisruptionBudgets
{
    private readonly OracleScenario _scenario;
    private readonly List<(string Key, PlacedPod Pod, int Node)> _placed = [];
    private readonly List<string> _keys = [];
    private readonly List<JsonElement> _pods = [];
    private readonly JsonElement[] _budgets;

    public OraclePods(OracleScenario scenario)
    {
        _scenario = scenario;
        _budgets = [.. scenario.Input.Items("podDisruptionBudgets")];
        int i = 0;
        foreach (JsonElement pod in scenario.Input.Items("existingPods"))
        {
            string started = pod.Text("status", "startTime");
            TimeSpan at = started.Length == 0
                ? TimeSpan.FromSeconds(i)
                : DateTimeOffset.Parse(started, CultureInfo.InvariantCulture) - new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
            Place(pod, pod.Text("spec", "nodeName"), at);
            i++;
        }
    }

    public int Count => _budgets.Length;

    public static string Candidate(string node, IEnumerable<string> victims, int violations) => $"{node}: {string.Join(' ', victims)} ({violations})";

    public int Allowed(int budget) => _budgets[budget].Child("status").Number("disruptionsAllowed", 0);

    public bool Covers(int budget, PodIndex pod)
    {
        LabelSelector? selector = OracleObjects.Selector(_budgets[budget].Child("spec"), "selector");
        ValueList<Label> labels = OracleObjects.LabelsOf(_pods[pod.Value].Child("metadata"));
        bool isDisrupted = _budgets[budget].Child("status", "disruptedPods", _pods[pod.Value].Text("metadata", "name")).ValueKind != JsonValueKind.Undefined;
        return !isDisrupted && labels.Count > 0 && selector is { Requirements.Count: > 0 } && _budgets[budget].Namespace() == _pods[pod.Value].Namespace() && selector.Matches(labels);
    }

    public void List(NodeIndex node, List<PlacedPod> into) => into.AddRange(_placed.Where(pod => pod.Node == node.Value).Select(pod => pod.Pod));

    public void Evict(PodIndex victim, PodIndex preemptor) => throw new NotSupportedException();

    public void Remove(string key)
    {
        int i = _placed.FindIndex(pod => pod.Key == key);
        if (i < 0) return;
        _scenario.State.Remove(in _scenario.State.Shapes[_placed[i].Pod.Shape], _placed[i].Node, _placed[i].Pod.Devices);
        _placed.RemoveAt(i);
    }

    /// <summary>Does what the recording says: victims leave, the pod takes its node.</summary>
    public void Follow(int op, JsonElement pod, JsonElement decision)
    {
        if (decision.Text("outcome") == "preempted")
        {
            foreach (string victim in decision.Child("preemption").Names("victims")) Remove(victim);
        }

        if (decision.Text("selected") is not { Length: > 0 } selected) return;
        _scenario.Volumes.Choose(pod, new NodeIndex(_scenario.State.Layout.IndexOf(selected)));
        Place(pod, selected, TimeSpan.FromSeconds(100_000 + op));
    }

    /// <summary>What preemption says of a pod that fits nowhere.</summary>
    public void Preempt(StringBuilder text, ShapeIndex shape, PodSpec spec)
    {
        bool mayPreempt = spec.PreemptionPolicy != PreemptionPolicy.Never;
        text.Line("eligible", $"{mayPreempt} {(mayPreempt ? "" : "not eligible due to preemptionPolicy=Never.")}");
        Preemption? chosen = null;
        var candidates = new List<PreemptionCandidate>();
        if (mayPreempt)
        {
            var request = new PreemptionRequest(
                new PodRequest(in _scenario.State.Shapes[shape], new PodIndex(-1), 0, 0), spec.Priority, NodeIndex.None, new ClusterView(_scenario.State), new Nominations(_scenario.State, new PodStore()));
            var preemptor = new DefaultPreemptor(this, this);
            for (int n = 0; n < _scenario.State.Count; n++)
            {
                if (!_scenario.State.IsPresent(n) || preemptor.TryNode(in request, n) is not { } candidate) continue;
                candidates.Add(candidate);
                text.Line("candidate", Candidate(_scenario.NameOf(new NodeIndex(n)), candidate.Victims.Select(victim => KeyOf(victim.Pod)), candidate.BudgetViolations));
            }

            chosen = preemptor.Preempt(in request);
        }

        text.Line("tied", candidates.Where(one => !candidates.Exists(other => PreemptionCandidate.Compare(other, one).Order < 0)).Select(one => _scenario.NameOf(one.Node)));
        text.Line("preempts on", chosen is null ? "" : _scenario.NameOf(chosen.Node)).Line("victims", chosen?.Victims.Select(KeyOf) ?? []);
    }

    private string KeyOf(PodIndex pod) => _keys[pod.Value];

    private void Place(JsonElement pod, string nodeName, TimeSpan startedAt)
    {
        int node = _scenario.State.Layout.IndexOf(nodeName);
        ShapeIndex index = _scenario.Intern(pod);
        ref readonly PodShape shape = ref _scenario.State.Shapes[index];
        DeviceSet devices = DeviceChoice.Tightest(in shape, new NodeState(_scenario.State, node));
        _scenario.State.Add(in shape, node, devices);
        _placed.Add((pod.Key(), new PlacedPod(new PodIndex(_pods.Count), index, devices, pod.Child("spec").Number("priority", 0), startedAt), node));
        _pods.Add(pod);
        _keys.Add(pod.Key());
    }
}
