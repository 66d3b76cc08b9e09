using System.Globalization;
using System.Text;

namespace SchedBench.Core.Input;

/// <summary>Durations as people write them: Go's form with days, <c>0s</c>, <c>90s</c>, <c>500ms</c>, <c>1h30m</c>, <c>7d</c>, <c>1.5h</c>.</summary>
/// <remarks>
/// <code>
/// duration := [+-] (0 | part part…)     part := number unit      number := digits | digits . digits
/// unit     := d | h | m | s | ms | us | µs | ns
/// </code>
/// The result is exact in ticks of 100 ns; what is finer or does not fit is an error, never rounded. A number without a unit is an error (except 0), because
/// nobody can tell seconds from milliseconds.
/// </remarks>
public static class DurationText
{
    private const string WhatADurationIs = "expected a duration such as 90s, 500ms, 1h30m or 7d";
    private const int LongestText = 64;

    /// <summary>Longest first, so that <c>ms</c> is not read as <c>m</c>. Nanoseconds a unit.</summary>
    private static readonly (string Unit, long Nanoseconds)[] Units =
    [
        ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ns", 1),
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
    ];

    /// <summary>Parses <paramref name="text"/>, which holds nothing but the duration.</summary>
    /// <returns>Whether it is one; when not, <paramref name="error"/> says what is wrong and where.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration, out TextError error)
    {
        duration = default;
        if (text.Length > LongestText)
        {
            error = new TextError(LongestText, WhatADurationIs);
            return false;
        }

        int at = text is ['+' or '-', ..] ? 1 : 0;
        bool isPlainZero = text[at..] is "0";
        Int128 nanoseconds = 0;
        error = at == text.Length ? new TextError(at, WhatADurationIs) : default;
        while (error == default && !isPlainZero && at < text.Length)
        {
            if (TryReadPart(text, ref at, out Int128 part, out error)) nanoseconds += part;
        }

        if (error != default) return false;
        if (nanoseconds % TimeSpan.NanosecondsPerTick != 0)
        {
            error = new TextError(0, "expected a whole multiple of 100ns, the finest step of virtual time");
            return false;
        }

        Int128 ticks = nanoseconds / TimeSpan.NanosecondsPerTick;
        if (ticks > long.MaxValue)
        {
            error = new TextError(0, "expected a duration below 10675199d");
            return false;
        }

        duration = new TimeSpan((long)(text[0] == '-' ? -ticks : ticks));
        return true;
    }

    /// <summary>Prints the shortest exact form, largest unit first: <c>1h30m</c>, <c>7d</c>, <c>0s</c>. <see cref="TryParse"/> reads it back.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        Int128 rest = Int128.Abs(duration.Ticks) * TimeSpan.NanosecondsPerTick;
        foreach (string unit in (ReadOnlySpan<string>)["d", "h", "m", "s", "ms", "us", "ns"])
        {
            long size = Units.First(u => u.Unit == unit).Nanoseconds;
            if (rest / size > 0) text.Append(CultureInfo.InvariantCulture, $"{rest / size}{unit}");
            rest %= size;
        }

        return text.ToString();
    }

    private static bool TryReadPart(ReadOnlySpan<char> text, ref int at, out Int128 nanoseconds, out TextError error)
    {
        nanoseconds = 0;
        int start = at;
        Int128 number = 0, scale = 1;
        int digits = 0;
        for (bool fraction = false; at < text.Length; at++)
        {
            if (text[at] == '.' && !fraction && digits > 0)
            {
                fraction = true;
                continue;
            }

            if (!char.IsAsciiDigit(text[at])) break;
            digits++;
            number = (number * 10) + (text[at] - '0');
            if (fraction) scale *= 10;
            if (digits <= 19) continue;
            error = new TextError(start, "expected at most 19 digits");
            return false;
        }

        if (digits == 0 || text[at - 1] == '.')
        {
            error = new TextError(at, WhatADurationIs);
            return false;
        }

        foreach ((string unit, long size) in Units)
        {
            if (!text[at..].StartsWith(unit, StringComparison.Ordinal)) continue;
            at += unit.Length;
            (nanoseconds, Int128 rest) = Int128.DivRem(number * size, scale);
            error = rest == 0 ? default : new TextError(start, "expected a whole number of nanoseconds");
            return rest == 0;
        }

        error = new TextError(at, at == text.Length ? WhatADurationIs + ": the unit is missing" : WhatADurationIs);
        return false;
    }
}
