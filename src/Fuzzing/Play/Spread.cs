using System.Globalization;
using SchedBench.Core.Randomness;

namespace SchedBench.Fuzzing.Play;

/// <summary>Distributions of a case, by the catalog that checks them.</summary>
internal static class Spread
{
    /// <summary>Always the same.</summary>
    public static Distribution Constant(int value) => Read(string.Create(CultureInfo.InvariantCulture, $"constant(value={value})"));

    /// <summary>Without memory.</summary>
    public static Distribution Exponential(int mean) => Read(string.Create(CultureInfo.InvariantCulture, $"exponential(mean={Math.Max(1, mean)})"));

    private static Distribution Read(string text) => DistributionCatalog.TryParse(text, out _) ?? throw new ArgumentException($"The distribution {text} cannot be read.", nameof(text));
}
