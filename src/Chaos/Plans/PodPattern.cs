using System.Text.RegularExpressions;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Plans;

/// <summary>Regular expressions of a target on namespaces and names of pods: they match from the first character on, and need not reach the last (Python's <c>re.match</c>, as krkn has them). Matching takes time linear in the name.</summary>
public sealed class PodPattern
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly Regex? _namespace;
    private readonly Regex? _name;

    /// <summary>The patterns of a target.</summary>
    public PodPattern(PodTarget target) => (_namespace, _name) = (Compile(target.NamespacePattern), Compile(target.NamePattern));

    /// <summary>What is wrong with a pattern, or null.</summary>
    public static string? Check(string pattern)
    {
        try
        {
            Compile(pattern);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return "expected a regular expression without look-arounds and back references, such as ^shop-.*$";
        }
    }

    /// <summary>Whether a pod matches.</summary>
    internal bool Takes(Pod pod) => _namespace?.IsMatch(pod.Metadata.Namespace) != false && _name?.IsMatch(pod.Name) != false;

    private static Regex? Compile(string pattern) => pattern.Length == 0 ? null : new Regex($"^(?:{pattern})", Options);
}
