using SchedBench.Core.Input;

namespace SchedBench.Core.Objects;

/// <summary>The rules of Kubernetes for names, labels and resource names (<c>k8s.io/apimachinery/pkg/util/validation</c>). Each check answers
/// <see langword="null"/> for a valid text, otherwise where it goes wrong and what was expected.</summary>
public static class KubernetesName
{
    private const int LongestSubdomain = 253;
    private const int LongestLabel = 63;
    private const int LongestPortName = 15;

    /// <summary>An RFC 1123 subdomain, at most 253 characters: names of objects, and of everything in our own files.</summary>
    public static TextError? CheckSubdomain(string text)
    {
        const string Expected =
            "expected a name of lower-case letters, digits, '-' and '.', with a letter or digit at both ends of every part, at most 253 characters";
        if (text.Length == 0 || text.Length > LongestSubdomain) return new TextError(Math.Min(text.Length, LongestSubdomain), Expected);
        for (int i = 0; i < text.Length; i++)
        {
            bool isEdge = i == 0 || i == text.Length - 1 || text[i - 1] == '.' || text[i + 1] == '.';
            bool isAlphanumeric = char.IsAsciiDigit(text[i]) || char.IsAsciiLetterLower(text[i]);
            if (!isAlphanumeric && (isEdge || text[i] is not ('-' or '.'))) return new TextError(i, Expected);
        }

        return null;
    }

    /// <summary>An RFC 1123 label, at most 63 characters without points: names of namespaces, containers and volumes.</summary>
    /// <param name="text">The name.</param>
    /// <param name="startsWithLetter">Whether a digit may not come first (RFC 1035: names of services).</param>
    public static TextError? CheckDnsLabel(string text, bool startsWithLetter = false)
    {
        string expected = $"expected lower-case letters, digits and '-', with a letter {(startsWithLetter ? "in front and a letter or digit at the end" : "or digit at both ends")}, at most 63 characters";
        if (text.Length == 0 || text.Length > LongestLabel) return new TextError(Math.Min(text.Length, LongestLabel), expected);
        for (int i = 0; i < text.Length; i++)
        {
            bool isAlphanumeric = char.IsAsciiLetterLower(text[i]) || (char.IsAsciiDigit(text[i]) && (i > 0 || !startsWithLetter));
            if (!isAlphanumeric && (text[i] != '-' || i == 0 || i == text.Length - 1)) return new TextError(i, expected);
        }

        return null;
    }

    /// <summary>A name of a port (IANA service name): at most 15 lower-case letters, digits and single <c>-</c>, with a letter somewhere.</summary>
    public static TextError? CheckPortName(string text)
    {
        const string Expected = "expected at most 15 lower-case letters, digits and single '-' inside, with at least one letter";
        if (text.Length is 0 or > LongestPortName) return new TextError(Math.Min(text.Length, LongestPortName), Expected);
        for (int i = 0; i < text.Length; i++)
        {
            bool isAlphanumeric = char.IsAsciiLetterLower(text[i]) || char.IsAsciiDigit(text[i]);
            if (!isAlphanumeric && (text[i] != '-' || i == 0 || i == text.Length - 1 || text[i - 1] == '-')) return new TextError(i, Expected);
        }

        return text.Any(char.IsAsciiLetterLower) ? null : new TextError(0, Expected);
    }

    /// <summary>A key of a ConfigMap or Secret: at most 253 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, and not <c>.</c> or beginning with <c>..</c>.</summary>
    public static TextError? CheckConfigKey(string text)
    {
        const string Expected = "expected letters, digits, '-', '_' and '.', not '.' alone and no '..' in front, at most 253 characters";
        if (text.Length is 0 or > LongestSubdomain) return new TextError(Math.Min(text.Length, LongestSubdomain), Expected);
        if (text == "." || text.StartsWith("..", StringComparison.Ordinal)) return new TextError(0, Expected);
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('-' or '_' or '.')) return new TextError(i, Expected);
        }

        return null;
    }

    /// <summary>A label's value: empty, or at most 63 letters, digits, <c>-</c>, <c>_</c> and <c>.</c> with a letter or digit at both ends.</summary>
    public static TextError? CheckLabelValue(string text) => text.Length == 0 ? null : CheckLabelPart(text, 0);

    /// <summary>A label's key or a resource's name: an optional subdomain and <c>/</c>, then a part like a label's value that is not empty.</summary>
    public static TextError? CheckQualifiedName(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && CheckSubdomain(text[..slash]) is { } error) return error with { Expected = "expected a prefix like example.com before '/'" };
        return CheckLabelPart(text, slash + 1);
    }

    private static TextError? CheckLabelPart(string text, int start)
    {
        const string Expected = "expected letters, digits, '-', '_' and '.', with a letter or digit at both ends, at most 63 characters";
        if (text.Length == start || text.Length - start > LongestLabel) return new TextError(Math.Min(text.Length, start + LongestLabel), Expected);
        for (int i = start; i < text.Length; i++)
        {
            bool isEdge = i == start || i == text.Length - 1;
            if (!char.IsAsciiLetterOrDigit(text[i]) && (isEdge || text[i] is not ('-' or '_' or '.'))) return new TextError(i, Expected);
        }

        return null;
    }
}
