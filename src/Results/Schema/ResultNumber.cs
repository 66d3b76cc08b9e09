using System.Buffers;
using System.Globalization;
using System.Text;

namespace SchedBench.Results.Schema;

/// <summary>The one text form of a number in a result file, and its reading back.</summary>
/// <remarks>
/// Whole numbers below 10¹⁵ print exactly and without a point; counters are never rounded. Everything else is rounded to nine significant digits and printed in its shortest form, with a point
/// between 10⁻⁹ and 10¹⁵ and as <c>1.5e-12</c> outside. Zero has no sign. An empty sample prints as nothing. Culture plays no part.
/// Printing is idempotent: a number that was read back prints as the same text.
/// </remarks>
public static class ResultNumber
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789+-.eE");
    private const double ExactBelow = 1e15;
    private const int SmallestPlainExponent = -9;
    private const int LargestPlainExponent = 14;

    /// <summary>The text of <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite: such a value never leaves the program.</exception>
    public static string Format(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "NaN and infinity do not enter a result file.");
        if (value == 0) return "0";
        if (Math.Abs(value) < ExactBelow && Math.Floor(value) == value) return ((long)value).ToString(CultureInfo.InvariantCulture);
        string scientific = value.ToString("E8", CultureInfo.InvariantCulture);
        int mark = scientific.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        bool isNegative = scientific[0] == '-';
        string digits = scientific[(isNegative ? 1 : 0)..mark].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        var text = new StringBuilder(24);
        if (isNegative) text.Append('-');
        if (exponent is >= SmallestPlainExponent and <= LargestPlainExponent) AppendPlain(text, digits, exponent);
        else AppendScientific(text, digits, exponent);
        return text.ToString();
    }

    /// <summary>The text of <paramref name="value"/>, or the empty text for an empty sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite.</exception>
    public static string Format(double? value) => value is { } number ? Format(number) : "";

    /// <summary>The value that a reader of the printed text gets. Statistics are computed from these, so that anybody can recompute them from <c>cells.csv</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite.</exception>
    public static double Round(double value) => double.Parse(Format(value), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Reads a finite number written with a point: no blanks, no thousands marks, no names such as NaN.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (text.Length is 0 or > 64 || text.ContainsAnyExcept(NumberCharacters))
        {
            value = 0;
            return false;
        }

        return double.TryParse(text, Plain, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    private static void AppendPlain(StringBuilder text, string digits, int exponent)
    {
        int pointAfter = exponent + 1;
        if (pointAfter <= 0) text.Append("0.").Append('0', -pointAfter).Append(digits);
        else if (pointAfter >= digits.Length) text.Append(digits).Append('0', pointAfter - digits.Length);
        else text.Append(digits, 0, pointAfter).Append('.').Append(digits, pointAfter, digits.Length - pointAfter);
    }

    private static void AppendScientific(StringBuilder text, string digits, int exponent)
    {
        text.Append(digits[0]);
        if (digits.Length > 1) text.Append('.').Append(digits, 1, digits.Length - 1);
        text.Append('e').Append(exponent.ToString(CultureInfo.InvariantCulture));
    }
}
