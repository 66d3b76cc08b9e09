using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Rules;

/// <summary>A few nodes and the pods on them: which nodes would take a pod, and why not the others. Every answer is asked three ways: fast, with reasons, and by a plain scan.</summary>
internal sealed class RuleScene
{
    public RuleScene(params NodeBuilder[] nodes)
    {
        var fleet = new FleetLayout([.. nodes.Select(node => node.Build())]);
        State = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, countsPods: true));
    }

    public ClusterState State { get; }

    /// <summary>Six nodes in the racks r0, r0, r1, r1, r2 and none, named a to f, each with its own hostname.</summary>
    public static RuleScene Racks() => new([.. "abcdef".Select((name, i) => i < 5 ? Node($"{name}").Label("rack", $"r{i / 2}") : Node($"{name}"))]);

    public static NodeBuilder Node(string name) => A.Node(name).Label("kubernetes.io/hostname", name);

    public int Index(string node) => State.Layout.IndexOf(node);

    public RuleScene Place(PodBuilder pod, params string[] nodes)
    {
        foreach (string node in nodes) State.Add(in State.Shapes[Intern(pod)], Index(node), DeviceSet.Empty);
        return this;
    }

    public RuleScene Remove(PodBuilder pod, string node)
    {
        State.Remove(in State.Shapes[Intern(pod)], Index(node), DeviceSet.Empty);
        return this;
    }

    /// <summary>Names of the nodes that take the pod, in order.</summary>
    public string Takes(PodBuilder pod)
    {
        ShapeIndex shape = Intern(pod);
        var names = new List<string>();
        for (int n = 0; n < State.Count; n++)
        {
            bool fits = State.Fits(in State.Shapes[shape], n);
            Assert.Equal(fits, Predicates.Check(State, in State.Shapes[shape], n).Count == 0);
            Assert.Equal(fits, Naive.Fits(State, shape, n));
            if (fits) names.Add(State.Layout.Nodes[n].Name);
        }

        return string.Join(' ', names);
    }

    /// <summary>The reasons against a node.</summary>
    public string Why(PodBuilder pod, string node) =>
        string.Join(", ", Predicates.Check(State, in State.Shapes[Intern(pod)], Index(node)).Select(reason => reason.Reason.ToString()));

    public ShapeIndex Intern(PodBuilder pod) => State.Shapes.Intern(pod.Spec(), pod.Labels, pod.Namespace);

    public static LabelRequirement Needs(string key, SelectorOperator op, params string[] values) => new(key, op, [.. values]);
}
