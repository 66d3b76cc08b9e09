using System.Security.Cryptography;
using System.Text;

namespace SchedBench.Results.Journal;

/// <summary>One ingredient of a plan that results depend on: a name that a person recognises, and its value or hash.</summary>
/// <param name="Name">Such as <c>experiment</c>, <c>seeds</c>, <c>program version</c>, or the name of an input file.</param>
/// <param name="Value">The value, or the hash of a long one.</param>
public sealed record PlanPart(string Name, string Value);

/// <summary>What a journal belongs to: equal fingerprints mean equal cells under equal numbers. Its parts let a refusal say what differs.</summary>
public sealed class PlanFingerprint
{
    /// <summary>The fingerprint of a plan made of <paramref name="parts"/>; their order counts, their names differ.</summary>
    public PlanFingerprint(IEnumerable<PlanPart> parts)
    {
        Parts = [.. parts];
        var text = new StringBuilder();
        foreach (PlanPart part in Parts) text.Append(part.Name.Length).Append(':').Append(part.Name).Append(part.Value.Length).Append(':').Append(part.Value);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The ingredients, in the order given.</summary>
    public IReadOnlyList<PlanPart> Parts { get; }

    /// <summary>SHA-256 over all names and values, as 64 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The parts in which two plans differ, with both values; a value is <see langword="null"/> where a plan lacks the part.</summary>
    internal IEnumerable<(string Name, string? Here, string? There)> DifferencesTo(IReadOnlyList<PlanPart> there)
    {
        foreach (PlanPart part in Parts)
        {
            string? other = there.FirstOrDefault(p => p.Name == part.Name)?.Value;
            if (other != part.Value) yield return (part.Name, part.Value, other);
        }

        foreach (PlanPart part in there)
        {
            if (Parts.All(p => p.Name != part.Name)) yield return (part.Name, null, part.Value);
        }
    }
}
