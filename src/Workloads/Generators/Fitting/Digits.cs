using System.Globalization;

namespace SchedBench.Workloads.Generators.Fitting;

/// <summary>Estimates are kept to six digits: more would pretend, and fewer numbers differ between machines.</summary>
internal static class Digits
{
    /// <summary>The nearest number of six significant digits.</summary>
    public static double Six(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
