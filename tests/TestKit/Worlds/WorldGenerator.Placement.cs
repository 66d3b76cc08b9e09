using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;

namespace SchedBench.TestKit;

/// <content>Rules of placement: few keys and values, so that selectors meet pods.</content>
public static partial class WorldGenerator
{
    private const string Hostname = "kubernetes.io/hostname";
    private const string Zone = "topology.kubernetes.io/zone";

    /// <summary>The rules of a pod, for people.</summary>
    internal static string RulesOf(in PodArrival pod) =>
        $"labels [{string.Join(' ', pod.Labels)}] in '{pod.Namespace}' tolerates [{string.Join(' ', pod.Spec.Tolerations)}] ports [{string.Join(' ', pod.Spec.HostPorts)}] node '{pod.Spec.NodeName}'"
        + $" nodes [{string.Join(" or ", (pod.Spec.Affinity?.RequiredNodes ?? default).Select(term => $"{Text(term.Labels)}{Text(term.Fields)}"))}]"
        + $" near [{string.Join(' ', (pod.Spec.Affinity?.RequiredPods ?? default).Select(Text))}] away [{string.Join(' ', (pod.Spec.Affinity?.RequiredAnti ?? default).Select(Text))}]"
        + $" spread [{string.Join(' ', pod.Spec.TopologySpread.Select(c => $"{c.TopologyKey} {Text(c.Selector?.Requirements ?? default)} skew {c.MaxSkew} min {c.MinDomains} affinity {c.HonorsNodeAffinity} taints {c.HonorsNodeTaints} keys [{string.Join(' ', c.MatchLabelKeys)}]"))}]";

    private static string Text(PodAffinityTerm term) => $"({term.TopologyKey} {Text(term.Selector?.Requirements ?? default)} in [{string.Join(' ', term.Namespaces)}])";

    private static string Text(ValueList<LabelRequirement> requirements) => string.Join(',', requirements.Select(r => $"{r.Key} {r.Operator} {string.Join('|', r.Values)}"));

    private static void AddPlacement(NodeBuilder node, Dice dice, int i)
    {
        if (dice.Percent(80)) node.Label("rack", dice.Of("r0", "r1", "r2"));
        if (dice.Percent(90)) node.Label(Hostname, $"h{i}");
        if (dice.Percent(25)) node.Taint("dedicated", dice.Of("gpu", "db"), dice.Of(TaintEffect.NoSchedule, TaintEffect.NoExecute, TaintEffect.PreferNoSchedule));
    }

    private static void AddPlacement(PodBuilder pod, Dice dice)
    {
        if (dice.Percent(30)) pod.Tolerates("dedicated", dice.Of("gpu", "gpu", null!), dice.Of<TaintEffect?>(null, TaintEffect.NoSchedule));
        if (dice.Percent(15)) pod.NodeAffinity(dice.Percent(50) ? [Rack(dice)] : [Rack(dice), new LabelRequirement(Hostname, SelectorOperator.Exists, default)]);
        if (dice.Percent(4)) pod.NodeAffinity([], [new LabelRequirement("metadata.name", dice.Of(SelectorOperator.In, SelectorOperator.NotIn), ["n00-0"])]);
        if (dice.Percent(2)) pod.OnNode("n00-0");
        if (dice.Percent(12)) pod.HostPort(dice.Of(80, 443), dice.Of("", "", "10.0.0.1"));
        if (dice.Percent(20)) pod.Spread(Constraint(dice));
        if (dice.Percent(6)) pod.Spread(Constraint(dice));
        if (dice.Percent(10)) pod.Near(Term(dice));
        if (dice.Percent(14)) pod.AwayFrom(Term(dice));
    }

    private static LabelRequirement Rack(Dice dice) => new("rack", dice.Of(SelectorOperator.In, SelectorOperator.NotIn), dice.Of<ValueList<string>>(["r0"], ["r0", "r1"]));

    private static TopologySpreadConstraint Constraint(Dice dice) => new()
    {
        TopologyKey = dice.Of(Hostname, "rack", Zone, "rack"),
        MaxSkew = dice.Of(1, 1, 2),
        IsHard = !dice.Percent(10),
        Selector = Selector(dice),
        MinDomains = dice.Percent(20) ? dice.Of(2, 4) : null,
        HonorsNodeAffinity = !dice.Percent(30),
        HonorsNodeTaints = dice.Percent(30),
        MatchLabelKeys = dice.Percent(20) ? ["tier"] : [],
    };

    private static PodAffinityTerm Term(Dice dice) =>
        new(Selector(dice), dice.Percent(20) ? ["dev"] : [], dice.Percent(10) ? LabelSelector.Everything : null, dice.Of(Hostname, "rack", Zone));

    private static LabelSelector? Selector(Dice dice) => dice.Between(0, 9) switch
    {
        0 => LabelSelector.Everything,
        1 => null,
        2 => new LabelSelector([new LabelRequirement("tier", SelectorOperator.Exists, default)]),
        3 => new LabelSelector([new LabelRequirement("app", SelectorOperator.NotIn, ["a"])]),
        _ => LabelSelector.Of([new Label("app", dice.Of("a", "b"))]),
    };

    private static ValueList<Label> LabelsOf(Dice dice)
    {
        var labels = new List<Label>();
        if (dice.Percent(85)) labels.Add(new Label("app", dice.Of("a", "a", "b")));
        if (dice.Percent(20)) labels.Add(new Label("hash", dice.Of("x", "y")));
        if (dice.Percent(40)) labels.Add(new Label("tier", dice.Of("front", "back")));
        return Labels.Of(labels);
    }
}
