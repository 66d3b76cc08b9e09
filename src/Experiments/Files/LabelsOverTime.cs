using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Experiments.Files;

/// <summary>The labels of a fleet's nodes by an instant, as far as they can be known before the run: recorded ones, with what steps made of them.</summary>
/// <remarks>A node of a group that leaves comes back with the labels of its pool, so a node counts with both.</remarks>
/// <param name="nodes">Nodes as recorded.</param>
internal sealed class LabelsOverTime(IReadOnlyList<NodeSpec> nodes)
{
    private ValueList<Label>[]? _changed;

    /// <summary>Whether a selector matches a node.</summary>
    public bool AnyMatches(LabelSelector selector) =>
        (_changed?.Any(labels => selector.Matches(labels)) ?? false) || nodes.Any(node => selector.Matches(NodeObjects.LabelsOf(node)));

    /// <summary>A step changes labels.</summary>
    public void Apply(LabelNodesStep step)
    {
        _changed ??= [.. nodes.Select(NodeObjects.LabelsOf)];
        var names = step.Nodes.ToHashSet(StringComparer.Ordinal);
        for (int n = 0; n < _changed.Length; n++)
        {
            if (step.Selector is { } selector ? !selector.Matches(_changed[n]) : !names.Contains(nodes[n].Name)) continue;
            foreach (Label label in step.Set) _changed[n] = _changed[n].With(label.Key, label.Value);
            foreach (string key in step.Remove) _changed[n] = _changed[n].Without(key);
        }
    }
}
