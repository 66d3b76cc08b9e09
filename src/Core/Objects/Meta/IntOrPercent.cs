using System.Globalization;

namespace SchedBench.Core.Objects;

/// <summary>A number or a percentage of a total (Kubernetes <c>intstr.IntOrString</c>).</summary>
/// <param name="Value">The number, or the percents.</param>
/// <param name="IsPercent">Whether it is a percentage.</param>
public readonly record struct IntOrPercent(int Value, bool IsPercent)
{
    /// <summary>A plain number.</summary>
    public static IntOrPercent Of(int value) => new(value, IsPercent: false);

    /// <summary>A percentage.</summary>
    public static IntOrPercent Percent(int percent) => new(percent, IsPercent: true);

    /// <summary>The number it means of a total; percentages are rounded up or down.</summary>
    /// <param name="total">Total, ≥ 0.</param>
    /// <param name="roundUp">Whether a fraction counts as one more.</param>
    public int Of(int total, bool roundUp)
    {
        if (!IsPercent) return Value;
        long product = (long)Value * total;
        return (int)((product + (roundUp ? 99 : 0)) / 100);
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsPercent ? "%" : "");
}
