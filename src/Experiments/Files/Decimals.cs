using System.Globalization;

namespace SchedBench.Experiments.Files;

/// <summary>The one text form of a decimal number: without trailing zeros, so that <c>1.30</c> and <c>1.3</c> are the same number in a hash too.</summary>
internal static class Decimals
{
    internal static string Text(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
