using System.Text.RegularExpressions;
using SchedBench.Core.Input;

namespace SchedBench.Workloads.Manifests;

/// <summary>Parses the text of a manifest. When it holds a Secret, what the parser complains about is not quoted.</summary>
internal static partial class ManifestText
{
    internal static IReadOnlyList<YamlDocument> Parse(string text, string displayName)
    {
        try
        {
            return YamlDocument.ParseAll(text, displayName);
        }
        catch (InputException exception) when (SecretKind().IsMatch(text))
        {
            throw new InputException([.. exception.Problems.Select(problem => problem with { Value = null })]);
        }
    }

    [GeneratedRegex("""kind["']?\s*:\s*["']?secret""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SecretKind();
}
