using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary>Numbers that may be percents of a total.</summary>
internal static class Amounts
{
    /// <summary>A number ≥ 0, or percents; null when it is neither, which is reported.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mostPercent">Most percents.</param>
    /// <param name="expected">What is expected where it is neither.</param>
    internal static IntOrPercent? Read(YamlValue value, int mostPercent, string expected)
    {
        if (!value.PlainText.EndsWith('%')) return value.Integer(0, int.MaxValue) is { } number ? IntOrPercent.Of((int)number) : null;
        if (int.TryParse(value.PlainText.AsSpan(0, value.PlainText.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && percent <= mostPercent) return IntOrPercent.Percent(percent);
        value.Report(expected);
        return null;
    }
}
