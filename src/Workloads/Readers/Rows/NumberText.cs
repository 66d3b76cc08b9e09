using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>What a number's text turned out to be.</summary>
internal enum NumberOutcome
{
    /// <summary>Exactly the result.</summary>
    Exact,

    /// <summary>The result is rounded.</summary>
    Rounded,

    /// <summary>No number in plain notation.</summary>
    NotANumber,

    /// <summary>Beyond the bound.</summary>
    TooLarge,
}

/// <summary>How a decimal is brought to whole steps.</summary>
internal enum Rounding
{
    /// <summary>To the nearest step, halves away from zero.</summary>
    Nearest,

    /// <summary>Away from zero, as Kubernetes rounds quantities.</summary>
    Up,
}

/// <summary>Numbers as traces write them: digits with an optional minus and an optional fraction; no exponents, blanks, signs of plus, NaN or infinities.</summary>
internal static class NumberText
{
    private const int MostWholeDigits = 19;
    private const int MostFractionDigits = 40;
    private const int FractionDigitsOf128Bits = 18;

    /// <summary>A whole number of 64 bits. <c>-0</c> is 0.</summary>
    public static NumberOutcome Whole(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        ReadOnlySpan<byte> digits = text is [(byte)'-', ..] ? text[1..] : text;
        if (digits.IsEmpty || digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) return NumberOutcome.NotANumber;
        return Utf8Parser.TryParse(text, out value, out _) ? NumberOutcome.Exact : NumberOutcome.TooLarge;
    }

    /// <summary>A decimal times <paramref name="stepsPerUnit"/>, brought to a whole number of steps. Exact integer arithmetic; <c>-0.0</c> is 0.</summary>
    /// <param name="text">The number.</param>
    /// <param name="stepsPerUnit">Steps in one unit, up to 2⁶³−1.</param>
    /// <param name="rounding">What to do with the rest below a step.</param>
    /// <param name="steps">The result; the caller bounds it.</param>
    public static NumberOutcome Decimal(ReadOnlySpan<byte> text, long stepsPerUnit, Rounding rounding, out Int128 steps)
    {
        steps = 0;
        bool negative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> number = negative ? text[1..] : text;
        int point = number.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? number : number[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? [] : number[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty)) return NumberOutcome.NotANumber;
        if (whole.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) return NumberOutcome.NotANumber;
        whole = whole.TrimStart((byte)'0');
        fraction = fraction.TrimEnd((byte)'0');
        if (whole.Length > MostWholeDigits) return NumberOutcome.TooLarge;

        if (fraction.Length > MostFractionDigits) return NumberOutcome.TooLarge;

        // 19 digits of whole and 18 of fraction, times 63 bits of steps: below 2^127. What floating-point noise writes behind that takes the long way.
        bool exact;
        if (fraction.Length <= FractionDigitsOf128Bits)
        {
            Int128 scale = 1;
            for (int i = 0; i < fraction.Length; i++) scale *= 10;
            (Int128 quotient, Int128 rest) = Int128.DivRem(Digits(fraction) * stepsPerUnit, scale);
            exact = rest == 0;
            steps = (Digits(whole) * stepsPerUnit) + quotient + (!exact && (rounding == Rounding.Up || rest * 2 >= scale) ? 1 : 0);
        }
        else
        {
            BigInteger scale = BigInteger.Pow(10, fraction.Length);
            BigInteger quotient = BigInteger.DivRem(BigInteger.Parse(Encoding.ASCII.GetString(fraction), NumberStyles.None, CultureInfo.InvariantCulture) * stepsPerUnit, scale, out BigInteger rest);
            exact = rest.IsZero;
            steps = (Digits(whole) * stepsPerUnit) + (Int128)quotient + (!exact && (rounding == Rounding.Up || rest * 2 >= scale) ? 1 : 0);
        }

        if (negative) steps = -steps;
        return exact ? NumberOutcome.Exact : NumberOutcome.Rounded;
    }

    private static Int128 Digits(ReadOnlySpan<byte> digits)
    {
        Int128 value = 0;
        foreach (byte digit in digits) value = (value * 10) + (digit - '0');
        return value;
    }
}
