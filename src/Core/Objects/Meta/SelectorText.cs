using SchedBench.Core.Input;

namespace SchedBench.Core.Objects;

/// <summary>Label selectors as <c>kubectl --selector</c> takes them: <c>zone=a,tier in (front,back),!gpu</c> (Kubernetes <c>apimachinery/pkg/labels/selector.go</c>).</summary>
/// <remarks>Requirements are parted by commas and all hold: <c>k=v</c> or <c>k==v</c>, <c>k!=v</c>, <c>k in (v,…)</c>, <c>k notin (v,…)</c>, <c>k</c>, <c>!k</c>,
/// <c>k&gt;n</c>, <c>k&lt;n</c>. As in Kubernetes, <c>k!=v</c> and <c>notin</c> also match what has no label <c>k</c>. An empty text, which matches everything there, is an error here.</remarks>
public static class SelectorText
{
    private const string Expected = "expected a selector such as zone=a, zone!=a, tier in (front,back), tier notin (back), gpu or !gpu, several of them parted by commas";

    /// <summary>Parses a selector.</summary>
    /// <param name="text">The text.</param>
    /// <param name="selector">The selector; null when it is none.</param>
    /// <param name="error">Where it goes wrong, and what was expected.</param>
    public static bool TryParse(string text, out LabelSelector? selector, out TextError error)
    {
        (selector, error) = (null, default);
        var parser = new Parser(text);
        var requirements = new List<LabelRequirement>();
        do
        {
            if (parser.Requirement(out error) is not { } requirement) return false;
            requirements.Add(requirement);
        }
        while (parser.Take(','));

        if (!parser.IsAtEnd)
        {
            error = parser.Error(Expected);
            return false;
        }

        selector = new LabelSelector([.. requirements]);
        return true;
    }

    /// <summary>The text of a selector; <see cref="TryParse"/> reads it back equal. Empty for one that matches everything.</summary>
    public static string Format(LabelSelector selector) => string.Join(',', selector.Requirements.Select(requirement => requirement.Operator switch
    {
        SelectorOperator.In when requirement.Values.Count == 1 => $"{requirement.Key}={requirement.Values[0]}",
        SelectorOperator.NotIn when requirement.Values.Count == 1 => $"{requirement.Key}!={requirement.Values[0]}",
        SelectorOperator.In => $"{requirement.Key} in ({string.Join(',', requirement.Values)})",
        SelectorOperator.NotIn => $"{requirement.Key} notin ({string.Join(',', requirement.Values)})",
        SelectorOperator.Exists => requirement.Key,
        SelectorOperator.DoesNotExist => $"!{requirement.Key}",
        SelectorOperator.Gt => $"{requirement.Key}>{requirement.Values[0]}",
        _ => $"{requirement.Key}<{requirement.Values[0]}",
    }));

    private sealed class Parser(string text)
    {
        private int _at;

        public bool IsAtEnd
        {
            get
            {
                SkipBlanks();
                return _at == text.Length;
            }
        }

        public TextError Error(string expected) => new(_at, expected);

        public bool Take(char wanted)
        {
            SkipBlanks();
            if (_at == text.Length || text[_at] != wanted) return false;
            _at++;
            return true;
        }

        public LabelRequirement? Requirement(out TextError error)
        {
            bool isAbsent = Take('!');
            SkipBlanks();
            int start = _at;
            string key = Word();
            if (KubernetesName.CheckQualifiedName(key) is { } keyError)
            {
                error = key.Length == 0 ? Error(Expected) : new TextError(start + keyError.Position, keyError.Expected);
                return null;
            }

            error = default;
            if (isAbsent) return new LabelRequirement(key, SelectorOperator.DoesNotExist, []);
            if (Take('!')) return Take('=') ? One(key, SelectorOperator.NotIn, out error) : Failed(out error);
            if (Take('='))
            {
                _ = Take('=');
                return One(key, SelectorOperator.In, out error);
            }

            if (Take('>')) return Bound(key, SelectorOperator.Gt, out error);
            if (Take('<')) return Bound(key, SelectorOperator.Lt, out error);
            int after = _at;
            switch (Word())
            {
                case "in":
                    return Several(key, SelectorOperator.In, out error);
                case "notin":
                    return Several(key, SelectorOperator.NotIn, out error);
                default:
                    _at = after;
                    return new LabelRequirement(key, SelectorOperator.Exists, []);
            }
        }

        private LabelRequirement? Failed(out TextError error)
        {
            error = Error(Expected);
            return null;
        }

        private LabelRequirement? One(string key, SelectorOperator what, out TextError error) =>
            Value(out error) is { } value ? new LabelRequirement(key, what, [value]) : null;

        private LabelRequirement? Bound(string key, SelectorOperator what, out TextError error)
        {
            SkipBlanks();
            int start = _at;
            if (Value(out error) is not { } value) return null;
            if (value.Length > 0 && value.All(char.IsAsciiDigit)) return new LabelRequirement(key, what, [value]);
            error = new TextError(start, "expected a whole number");
            return null;
        }

        private LabelRequirement? Several(string key, SelectorOperator what, out TextError error)
        {
            var values = new List<string>();
            if (!Take('(')) return Failed(out error);
            do
            {
                if (Value(out error) is not { } value) return null;
                values.Add(value);
            }
            while (Take(','));

            if (!Take(')')) return Failed(out error);
            values.Sort(StringComparer.Ordinal);
            return new LabelRequirement(key, what, [.. values.Distinct(StringComparer.Ordinal)]);
        }

        private string? Value(out TextError error)
        {
            SkipBlanks();
            int start = _at;
            string value = Word();
            error = KubernetesName.CheckLabelValue(value) is { } wrong ? new TextError(start + wrong.Position, wrong.Expected) : default;
            return error.Expected is null ? value : null;
        }

        /// <summary>What stands before the next blank or sign, which may be nothing.</summary>
        private string Word()
        {
            SkipBlanks();
            int start = _at;
            while (_at < text.Length && text[_at] is not (' ' or ',' or '=' or '!' or '(' or ')' or '<' or '>')) _at++;
            return text[start.._at];
        }

        private void SkipBlanks()
        {
            while (_at < text.Length && text[_at] == ' ') _at++;
        }
    }
}
