using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Experiments.Files;

/// <summary>Taints as <c>kubectl taint</c> has them (<c>pkg/cmd/taint/utils.go</c>): <c>key=value:Effect</c>, <c>key:Effect</c>, and with a <c>-</c> behind
/// <c>key:Effect-</c> or <c>key-</c> to take them away.</summary>
internal static class TaintText
{
    private const string Expected = "expected a taint such as dedicated=batch:NoSchedule, or dedicated:NoSchedule- or dedicated- to take it away";

    /// <summary>Reads one.</summary>
    /// <param name="text">Text.</param>
    /// <param name="taint">The taint that is set, when nothing is taken away.</param>
    /// <param name="removal">What is taken away; null when a taint is set.</param>
    /// <param name="error">What was expected.</param>
    /// <param name="nearest">Nearest name of an effect, when the effect is wrong.</param>
    public static bool TryParse(string text, out Taint taint, out TaintRemoval? removal, out TextError error, out string? nearest)
    {
        (taint, removal, error, nearest) = (default, null, default, null);
        bool isRemoval = text.EndsWith('-');
        string body = isRemoval ? text[..^1] : text;
        int colon = body.IndexOf(':', StringComparison.Ordinal), end = colon < 0 ? body.Length : colon, equals = body.IndexOf('=', 0, end);
        string key = body[..(equals < 0 ? end : equals)];
        if (KubernetesName.CheckQualifiedName(key) is { } keyError) return Fail(out error, keyError with { Expected = $"{keyError.Expected}, as the taint's key; {Expected}" });
        TaintEffect? effect = null;
        if (colon >= 0)
        {
            string word = body[(colon + 1)..];
            int found = Array.FindIndex(Words.TaintEffects, known => known.Name == word);
            if (found < 0)
            {
                string[] names = [.. Words.TaintEffects.Select(known => known.Name)];
                nearest = NearestName.Find(word, names);
                return Fail(out error, new TextError(colon + 1, $"expected one of {string.Join(", ", names)} behind ':'"));
            }

            effect = Words.TaintEffects[found].Value;
        }

        if (isRemoval)
        {
            if (equals >= 0) return Fail(out error, new TextError(equals, "expected no value where a taint is taken away: key:Effect- or key-"));
            removal = new TaintRemoval(key, effect);
            return true;
        }

        if (effect is not { } known) return Fail(out error, new TextError(body.Length, Expected));
        string value = equals < 0 ? "" : body[(equals + 1)..end];
        if (KubernetesName.CheckLabelValue(value) is { } valueError) return Fail(out error, valueError with { Position = valueError.Position + equals + 1, Expected = valueError.Expected + ", as the taint's value" });
        taint = new Taint(key, value, known);
        return true;
    }

    /// <summary>The text of a taint that is set.</summary>
    public static string Of(in Taint taint) => $"{taint.Key}{(taint.Value.Length == 0 ? "" : "=" + taint.Value)}:{Words.Of(Words.TaintEffects, taint.Effect)}";

    /// <summary>The text of taints that are taken away.</summary>
    public static string Of(in TaintRemoval removal) => removal.Effect is { } effect ? $"{removal.Key}:{Words.Of(Words.TaintEffects, effect)}-" : removal.Key + "-";

    private static bool Fail(out TextError error, TextError given)
    {
        error = given;
        return false;
    }
}
