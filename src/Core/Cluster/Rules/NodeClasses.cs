using System.Runtime.CompilerServices;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>The kinds of nodes met in a run, numbered: nodes of one class have the same labels, zone and GPU model. It begins with those of the fleet and grows when a node gets
/// labels that no node had before.</summary>
internal sealed class NodeClasses(FleetLayout fleet)
{
    private readonly List<NodeSpec> _classes = [.. fleet.Classes];
    private readonly Dictionary<(string Model, ValueList<Label> Labels), int> _numbers = [];

    /// <summary>Number of classes so far.</summary>
    public int Count => _classes.Count;

    /// <summary>A node of the class; its name says nothing.</summary>
    public NodeSpec this[int number] => _classes[number];

    /// <summary>The class of a node whose labels were changed.</summary>
    public int Intern(NodeSpec node)
    {
        if (_numbers.TryGetValue((node.GpuModel, node.Labels), out int number)) return number;
        _classes.Add(node);
        _numbers.Add((node.GpuModel, node.Labels), _classes.Count - 1);
        return _classes.Count - 1;
    }
}

/// <summary>Which nodes a spec allows by node selector, required node affinity and (where asked for) GPU model: one answer a class of nodes, asked once.</summary>
internal sealed class NodeVerdicts
{
    private readonly PodSpec _spec;
    private readonly NodeClasses _classes;
    private readonly bool _readsModel;
    private readonly bool _namesNodes;
    private readonly int _onlyNode;

    private NodeVerdicts(PodSpec spec, RuleIndex index, bool readsModel)
    {
        _spec = spec;
        _classes = index.Classes;
        _readsModel = readsModel;
        string? only = NodeMatching.OnlyName(spec);
        _onlyNode = only is null ? PodShape.AnyNode : index.Fleet.IndexOf(only);
        _namesNodes = only is null && spec.Affinity?.RequiredNodes is { } terms && NodeMatching.NamesNodes(terms);
        Answers = only is null ? new sbyte[_classes.Count] : [];
    }

    /// <summary>[class] 1 allowed, −1 not, 0 not asked yet.</summary>
    internal sbyte[] Answers { get; private set; }

    /// <summary>The verdicts on a spec; null when it allows every node whatever its labels.</summary>
    public static NodeVerdicts? Of(PodSpec spec, RuleIndex index, bool readsModel)
    {
        bool hasModel = readsModel && spec.GpuModels.Count > 0 && spec.GpuCount > 0;
        return !hasModel && spec.NodeSelector.Count == 0 && spec.Affinity?.RequiredNodes is null ? null : new NodeVerdicts(spec, index, hasModel);
    }

    /// <summary>Whether a node is allowed, with the labels that a state has of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(ClusterState state, int n)
    {
        int nodeClass = state.ClassOf(n);
        sbyte[] answers = Answers;
        sbyte answer = (uint)nodeClass < (uint)answers.Length ? answers[nodeClass] : (sbyte)0;
        return (answer == 0 ? Ask(nodeClass, n) : answer > 0) && (!_namesNodes || NodeMatching.MatchesAffinity(_spec, NodeIdentity.Of(state.SpecOf(n))));
    }

    private bool Ask(int nodeClass, int n)
    {
        if (_onlyNode != PodShape.AnyNode) return _onlyNode == n && IsAllowed(_classes[nodeClass]);
        if (nodeClass >= Answers.Length)
        {
            sbyte[] more = Answers;
            Array.Resize(ref more, Math.Max(_classes.Count, Answers.Length + (Answers.Length / 4)));
            Answers = more;
        }

        bool allowed = IsAllowed(_classes[nodeClass]);
        Answers[nodeClass] = (sbyte)(allowed ? 1 : -1);
        return allowed;
    }

    /// <summary>Terms that name nodes are judged by node; a class is out only when no such term could let it in.</summary>
    private bool IsAllowed(NodeSpec like)
    {
        NodeIdentity node = NodeIdentity.Of(like);
        if ((_readsModel && !NodeMatching.AllowsModel(_spec, like.GpuModel)) || !NodeMatching.MatchesSelector(_spec, in node)) return false;
        if (_onlyNode != PodShape.AnyNode) return NodeMatching.MatchesLabels(_spec.Affinity!.RequiredNodes!.Value[0], in node);
        return _namesNodes || NodeMatching.MatchesAffinity(_spec, in node);
    }
}
