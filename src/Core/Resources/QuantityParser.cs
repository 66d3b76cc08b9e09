using System.Globalization;
using System.Numerics;
using SchedBench.Core.Input;

namespace SchedBench.Core.Resources;

/// <summary>Reads a quantity left to right; the grammar stands at <see cref="Quantity"/>.</summary>
internal static class QuantityParser
{
    /// <summary>1024¹ to 1024⁶.</summary>
    internal static readonly string[] BinarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>1000⁻³ to 1000⁶.</summary>
    internal static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

    /// <summary>Longer texts are no quantities; it bounds the big integers below.</summary>
    private const int LongestText = 128;

    /// <summary>Beyond it every number of <see cref="LongestText"/> digits is too large, or rounds to one billionth.</summary>
    private const int LargestExponent = 1000;

    private const string WhatAQuantityIs =
        "expected a Kubernetes quantity: a number with an optional suffix n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3";

    internal static bool TryParse(ReadOnlySpan<char> text, out Quantity quantity, out TextError error)
    {
        quantity = default;
        if (text.Length > LongestText)
        {
            error = new TextError(LongestText, $"expected a quantity of at most {LongestText} characters");
            return false;
        }

        int at = text is ['+' or '-', ..] ? 1 : 0;
        int numberStart = at, point = -1;
        for (; at < text.Length; at++)
        {
            if (text[at] == '.' && point < 0) point = at;
            else if (!char.IsAsciiDigit(text[at])) break;
        }

        ReadOnlySpan<char> whole = text[numberStart..(point < 0 ? at : point)];
        ReadOnlySpan<char> fraction = point < 0 ? [] : text[(point + 1)..at];
        if (whole.IsEmpty && fraction.IsEmpty)
        {
            error = new TextError(at, WhatAQuantityIs);
            return false;
        }

        if (!TryReadSuffix(text, at, out QuantityFormat format, out int exponent, out error)) return false;
        return TryScale(text[0] == '-', whole, fraction, format, exponent, out quantity, out error);
    }

    /// <summary>Reads what follows the number; <paramref name="exponent"/> is a power of two for <see cref="QuantityFormat.BinarySi"/>, else of ten.</summary>
    private static bool TryReadSuffix(ReadOnlySpan<char> text, int start, out QuantityFormat format, out int exponent, out TextError error)
    {
        ReadOnlySpan<char> suffix = text[start..];
        error = default;
        format = QuantityFormat.BinarySi;
        for (int i = 0; i < BinarySuffixes.Length; i++)
        {
            exponent = 10 * (i + 1);
            if (suffix.SequenceEqual(BinarySuffixes[i])) return true;
        }

        format = QuantityFormat.DecimalSi;
        for (int i = 0; i < DecimalSuffixes.Length; i++)
        {
            exponent = 3 * (i - 3);
            if (suffix.SequenceEqual(DecimalSuffixes[i])) return true;
        }

        format = QuantityFormat.DecimalExponent;
        if (suffix is ['e' or 'E', ..]) return TryReadExponent(text, start + 1, out exponent, out error);

        exponent = 0;
        int good = 0;
        foreach (string known in BinarySuffixes.Concat(DecimalSuffixes)) good = Math.Max(good, suffix.CommonPrefixLength(known));
        error = new TextError(start + good, suffix is ['K', ..] ? WhatAQuantityIs + " (1000 is a small k, 1024 is Ki)" : WhatAQuantityIs);
        return false;
    }

    private static bool TryReadExponent(ReadOnlySpan<char> text, int start, out int exponent, out TextError error)
    {
        exponent = 0;
        bool negative = start < text.Length && text[start] == '-';
        int at = start < text.Length && text[start] is '+' or '-' ? start + 1 : start;
        int digits = at;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++) exponent = Math.Min((exponent * 10) + (text[at] - '0'), LargestExponent);
        if (negative) exponent = -exponent;
        error = at == text.Length && at > digits ? default : new TextError(at, "expected a whole number after the exponent's e");
        return error == default;
    }

    private static bool TryScale(
        bool negative, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, QuantityFormat format, int exponent, out Quantity quantity, out TextError error)
    {
        var mantissa = BigInteger.Parse(string.Concat(whole, fraction), NumberStyles.None, CultureInfo.InvariantCulture);
        int decimals = 9 - fraction.Length;
        if (format == QuantityFormat.BinarySi) mantissa <<= exponent;
        else decimals += exponent;

        bool isRounded = false;
        if (decimals >= 0)
        {
            mantissa *= BigInteger.Pow(10, decimals);
        }
        else
        {
            mantissa = BigInteger.DivRem(mantissa, BigInteger.Pow(10, -decimals), out BigInteger rest);
            isRounded = !rest.IsZero;
            if (isRounded) mantissa += 1;
        }

        bool fits = mantissa <= (BigInteger)long.MaxValue * Quantity.NanosPerUnit;
        error = fits ? default : new TextError(0, "expected at most 2^63-1 units (Kubernetes caps larger values silently; here they are an error)");
        quantity = fits ? new Quantity((Int128)(negative ? -mantissa : mantissa), format, isRounded) : default;
        return fits;
    }
}
