using System.Globalization;
using SchedBench.Core.Input;

namespace SchedBench.Core.Controllers.Cron;

/// <summary>One field of a <see cref="CronSchedule"/>: the set of its values as bits.</summary>
/// <param name="Bits">Bit n is set when n fits.</param>
/// <param name="IsAny">Whether the field does not restrict.</param>
internal readonly record struct CronField(ulong Bits, bool IsAny)
{
    /// <summary>The five fields in order.</summary>
    internal static readonly Rule[] Rules =
    [
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day of month", 1, 31, []),
        new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        new("day of week", 0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    /// <summary>Whether a value fits.</summary>
    internal bool Has(int value) => (Bits & (1UL << value)) != 0;

    /// <summary>Parses the characters from <paramref name="start"/> to <paramref name="end"/>.</summary>
    internal static bool TryParse(string text, int start, int end, Rule rule, out CronField field, out TextError error)
    {
        field = default;
        error = default;
        for (int at = start; at <= end && error == default;)
        {
            int comma = text.IndexOf(',', at, end - at);
            int stop = comma < 0 ? end : comma;
            if (TryParsePart(text, at, stop, rule, out CronField part, out error)) field = new CronField(field.Bits | part.Bits, field.IsAny || part.IsAny);
            at = stop + 1;
        }

        return error == default;
    }

    private static bool TryParsePart(string text, int start, int end, Rule rule, out CronField part, out TextError error)
    {
        part = default;
        int slash = text.IndexOf('/', start, end - start);
        int rangeEnd = slash < 0 ? end : slash, step = 1;
        ReadOnlySpan<char> range = text.AsSpan(start, rangeEnd - start);
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1, end - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out step) || step == 0))
        {
            error = new TextError(slash + 1, $"expected a step of 1 or more in the field {rule.Name}");
            return false;
        }

        if (range is "*" or "?")
        {
            part = new CronField(Fill(rule.Min, rule.Max, step), step == 1);
            error = default;
            return true;
        }

        int dash = range.IndexOf('-');
        if (!rule.TryValue(dash < 0 ? range : range[..dash], start, out int first, out error)) return false;
        int last = dash < 0 ? (slash < 0 ? first : rule.Max) : 0;
        if (dash >= 0 && !rule.TryValue(range[(dash + 1)..], start + dash + 1, out last, out error)) return false;
        if (last < first)
        {
            error = new TextError(start, $"expected a range that does not run backward in the field {rule.Name}");
            return false;
        }

        part = new CronField(Fill(first, last, step), IsAny: false);
        return true;
    }

    private static ulong Fill(int first, int last, int step)
    {
        ulong bits = 0;
        for (long value = first; value <= last; value += step) bits |= 1UL << (int)value;
        return bits;
    }

    /// <summary>What a field may hold.</summary>
    /// <param name="Name">For messages.</param>
    /// <param name="Min">Least value.</param>
    /// <param name="Max">Largest value.</param>
    /// <param name="Names">Names of the values from the least one on; empty for none.</param>
    internal sealed record Rule(string Name, int Min, int Max, string[] Names)
    {
        internal bool TryValue(ReadOnlySpan<char> text, int position, out int value, out TextError error)
        {
            error = default;
            for (int i = 0; i < Names.Length; i++)
            {
                value = i + Min;
                if (text.Equals(Names[i], StringComparison.OrdinalIgnoreCase)) return true;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= Min && value <= Max) return true;
            string names = Names.Length == 0 ? "" : $" or {Names[0]} to {Names[^1]}";
            error = new TextError(position, $"expected {Min} to {Max}{names} as {Name}");
            return false;
        }
    }
}
