namespace SchedBench.Core.Objects;

/// <summary>Operator of a requirement on a label.</summary>
public enum SelectorOperator : byte
{
    /// <summary>The label has one of the values.</summary>
    In,

    /// <summary>The label is missing or has none of the values.</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is missing.</summary>
    DoesNotExist,

    /// <summary>The label is an integer above the value (node affinity only).</summary>
    Gt,

    /// <summary>The label is an integer below the value (node affinity only).</summary>
    Lt,
}

/// <summary>One requirement on a label.</summary>
/// <param name="Key">Key of the label.</param>
/// <param name="Operator">Operator.</param>
/// <param name="Values">Values, sorted; empty for the operators that take none.</param>
public readonly record struct LabelRequirement(string Key, SelectorOperator Operator, ValueList<string> Values)
{
    /// <summary>Whether labels meet it.</summary>
    public bool Matches(ValueList<Label> labels) => MatchesValue(labels.ValueOf(Key));

    /// <summary>Whether a value of the label meets it.</summary>
    /// <param name="value">The value; null where the label is missing.</param>
    public bool MatchesValue(string? value) => Operator switch
    {
        SelectorOperator.In => value is not null && Values.AsSpan().Contains(value),
        SelectorOperator.NotIn => value is null || !Values.AsSpan().Contains(value),
        SelectorOperator.Exists => value is not null,
        SelectorOperator.DoesNotExist => value is null,
        SelectorOperator.Gt => Compare(value) > 0,
        _ => Compare(value) < 0,
    };

    /// <summary>Sign of label minus bound; 0 when either is no integer, so that neither Gt nor Lt holds.</summary>
    private int Compare(string? value) =>
        long.TryParse(value, out long number) && Values.Count == 1 && long.TryParse(Values[0], out long bound) ? number.CompareTo(bound) : 0;
}

/// <summary>A label selector (Kubernetes <c>metav1.LabelSelector</c>): all requirements hold. One without requirements matches everything; a null
/// reference in its place matches nothing.</summary>
/// <param name="Requirements">matchLabels (as In with one value) and matchExpressions, in the order of the manifest.</param>
public sealed record LabelSelector(ValueList<LabelRequirement> Requirements)
{
    /// <summary>Matches every set of labels.</summary>
    public static LabelSelector Everything { get; } = new(default(ValueList<LabelRequirement>));

    /// <summary>The selector of these labels, each exactly.</summary>
    public static LabelSelector Of(ValueList<Label> labels) =>
        new([.. labels.Select(label => new LabelRequirement(label.Key, SelectorOperator.In, [label.Value]))]);

    /// <summary>Whether labels meet all requirements.</summary>
    public bool Matches(ValueList<Label> labels)
    {
        foreach (ref readonly LabelRequirement requirement in Requirements.AsSpan())
        {
            if (!requirement.Matches(labels)) return false;
        }

        return true;
    }
}

/// <summary>Reading and changing sorted lists of labels.</summary>
public static class Labels
{
    /// <summary>Labels sorted by key; of equal keys the last wins.</summary>
    public static ValueList<Label> Of(IEnumerable<Label> labels)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Label label in labels) sorted[label.Key] = label.Value;
        return [.. sorted.Select(entry => new Label(entry.Key, entry.Value))];
    }

    /// <summary>The value of a label, or null.</summary>
    public static string? ValueOf(this ValueList<Label> labels, string key)
    {
        foreach (ref readonly Label label in labels.AsSpan())
        {
            if (label.Key == key) return label.Value;
        }

        return null;
    }

    /// <summary>These labels with one added or replaced.</summary>
    public static ValueList<Label> With(this ValueList<Label> labels, string key, string value) => Of(labels.Append(new Label(key, value)));

    /// <summary>These labels without one.</summary>
    public static ValueList<Label> Without(this ValueList<Label> labels, string key) => [.. labels.Where(label => label.Key != key)];
}
