using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>Which selectors of a namespace match a set of labels, without asking each of them: a selector is filed under one label that it requires.</summary>
internal sealed class SelectorIndex
{
    private readonly Dictionary<(string Namespace, string Key, string Value), List<long>> _byLabel = [];
    private readonly Dictionary<string, List<long>> _others = new(StringComparer.Ordinal);
    private readonly Dictionary<long, LabelSelector> _selectors = [];

    /// <summary>Files a selector.</summary>
    /// <param name="ns">Namespace of the labels that it may match.</param>
    /// <param name="selector">Selector.</param>
    /// <param name="uid">Identity of its owner.</param>
    public void Add(string ns, LabelSelector selector, long uid)
    {
        _selectors.Add(uid, selector);
        Drawer(ns, selector).Add(uid);
    }

    /// <summary>Takes a selector out.</summary>
    public void Remove(string ns, LabelSelector selector, long uid)
    {
        if (_selectors.Remove(uid)) Drawer(ns, selector).Remove(uid);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _byLabel.Clear();
        _others.Clear();
        _selectors.Clear();
    }

    /// <summary>Owners of the selectors that match, in the order of the labels and of filing.</summary>
    public void Find(string ns, ValueList<Label> labels, List<long> found)
    {
        found.Clear();
        if (_selectors.Count == 0) return;
        foreach (ref readonly Label label in labels.AsSpan())
        {
            if (_byLabel.TryGetValue((ns, label.Key, label.Value), out List<long>? filed)) Match(filed, labels, found);
        }

        if (_others.TryGetValue(ns, out List<long>? others)) Match(others, labels, found);
    }

    private void Match(List<long> filed, ValueList<Label> labels, List<long> found)
    {
        for (int i = 0; i < filed.Count; i++)
        {
            if (_selectors[filed[i]].Matches(labels)) found.Add(filed[i]);
        }
    }

    private List<long> Drawer(string ns, LabelSelector selector)
    {
        foreach (ref readonly LabelRequirement requirement in selector.Requirements.AsSpan())
        {
            if (requirement.Operator != SelectorOperator.In || requirement.Values.Count != 1) continue;
            (string, string, string) label = (ns, requirement.Key, requirement.Values[0]);
            if (!_byLabel.TryGetValue(label, out List<long>? filed)) _byLabel.Add(label, filed = []);
            return filed;
        }

        if (!_others.TryGetValue(ns, out List<long>? others)) _others.Add(ns, others = []);
        return others;
    }
}
