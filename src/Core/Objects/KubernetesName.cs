using SchedBench.Core.Input;

namespace SchedBench.Core.Objects;

/// <summary>The rules of Kubernetes for names, labels and resource names (<c>k8s.io/apimachinery/pkg/util/validation</c>). Each check answers
/// <see langword="null"/> for a valid text, otherwise where it goes wrong and what was expected.</summary>
public static class KubernetesName
{
    private const int LongestSubdomain = 253;
    private const int LongestLabel = 63;

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
