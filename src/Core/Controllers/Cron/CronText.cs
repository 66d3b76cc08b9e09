using System.Globalization;
using SchedBench.Core.Input;

namespace SchedBench.Core.Controllers;

/// <summary>Reads the text of a schedule (<c>robfig/cron/v3/parser.go</c>).</summary>
internal static class CronText
{
    private static readonly Field[] Fields =
    [
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day of month", 1, 31, []),
        new("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        new("day of week", 0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    private static readonly (string Name, string Text)[] Macros =
    [
        ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"), ("@monthly", "0 0 1 * *"), ("@weekly", "0 0 * * 0"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
    ];

    private sealed record Field(string Name, int Least, int Most, string[] Names);

    public static bool TryParseMacro(string text, out CronSchedule? schedule, out TextError error)
    {
        schedule = null;
        error = default;
        foreach ((string name, string fields) in Macros)
        {
            if (text != name) continue;
            Span<(ulong, bool)> bits = stackalloc (ulong, bool)[5];
            _ = TryParseFields(fields, bits, out _);
            schedule = CronSchedule.Of(text, bits);
            return true;
        }

        const string Every = "@every ";
        if (!text.StartsWith(Every, StringComparison.Ordinal))
        {
            string? nearest = NearestName.Find(text, [.. Macros.Select(macro => macro.Name), "@every"]);
            error = new TextError(0, "expected one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every" + (nearest is null ? "" : $"; did you mean {nearest}?"));
            return false;
        }

        if (!DurationText.TryParse(text.AsSpan(Every.Length), out TimeSpan every, out error))
        {
            error = error with { Position = error.Position + Every.Length };
            return false;
        }

        // Shorter than a second is a second; fractions are cut off (ConstantDelaySchedule).
        schedule = CronSchedule.Of(text, TimeSpan.FromSeconds(Math.Max(1, every.Ticks / TimeSpan.TicksPerSecond)));
        return true;
    }

    public static bool TryParseFields(string text, Span<(ulong Bits, bool IsStar)> fields, out TextError error)
    {
        int at = 0, count = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t') at++;
            if (at == text.Length) break;
            int start = at;
            while (at < text.Length && text[at] is not (' ' or '\t')) at++;
            if (count == Fields.Length)
            {
                error = new TextError(start, "expected five fields: minute, hour, day of month, month, day of week");
                return false;
            }

            if (!TryParseField(text, start, at, Fields[count], out fields[count], out error)) return false;
            count++;
        }

        error = new TextError(text.Length, "expected five fields: minute, hour, day of month, month, day of week");
        return count == Fields.Length;
    }

    private static bool TryParseField(string text, int start, int end, Field field, out (ulong Bits, bool IsStar) result, out TextError error)
    {
        result = default;
        error = default;
        while (true)
        {
            int comma = text.IndexOf(',', start, end - start);
            int stop = comma < 0 ? end : comma;
            if (!TryParseRange(text, start, stop, field, out ulong bits, out bool isStar, out error)) return false;
            result = (result.Bits | bits, result.IsStar || isStar);
            if (comma < 0) return true;
            start = comma + 1;
        }
    }

    /// <summary>One item of a list: <c>*</c>, a number, a range, each with an optional step.</summary>
    private static bool TryParseRange(string text, int start, int end, Field field, out ulong bits, out bool isStar, out TextError error)
    {
        bits = 0;
        isStar = false;
        int slash = text.IndexOf('/', start, end - start);
        int rangeEnd = slash < 0 ? end : slash;
        int low, high, step = 1;
        if (rangeEnd - start == 1 && text[start] is '*' or '?')
        {
            (low, high) = (field.Least, field.Most);
            isStar = true;
        }
        else
        {
            int dash = text.IndexOf('-', start, rangeEnd - start);
            if (!TryParseValue(text, start, dash < 0 ? rangeEnd : dash, field, out low, out error)) return false;
            high = low;
            if (dash >= 0 && !TryParseValue(text, dash + 1, rangeEnd, field, out high, out error)) return false;
            // A start with a step and no end runs to the end of the field.
            if (dash < 0 && slash >= 0) high = field.Most;
            if (high < low)
            {
                error = new TextError(dash + 1, string.Create(CultureInfo.InvariantCulture, $"expected the end of a range to be at least its start, {low}"));
                return false;
            }
        }

        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1, end - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out step) || step == 0)
            {
                error = new TextError(slash + 1, "expected a step: a whole number of at least 1");
                return false;
            }

            // Stepping makes a star a choice: both days must not hold then (robfig clears its star bit).
            if (step > 1) isStar = false;
        }

        for (int value = low; value <= high; value += step) bits |= 1UL << value;
        error = default;
        return true;
    }

    private static bool TryParseValue(string text, int start, int end, Field field, out int value, out TextError error)
    {
        ReadOnlySpan<char> word = text.AsSpan(start, end - start);
        error = default;
        bool isNumber = int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!isNumber)
        {
            value = -1;
            for (int i = 0; i < field.Names.Length; i++)
            {
                if (word.Equals(field.Names[i], StringComparison.OrdinalIgnoreCase)) value = field.Least + i;
            }
        }

        if (value >= field.Least && value <= field.Most) return true;
        string names = field.Names.Length == 0 ? "" : $" or {field.Names[0]} to {field.Names[^1]}";
        error = new TextError(start, string.Create(CultureInfo.InvariantCulture, $"expected a {field.Name} from {field.Least} to {field.Most}{names}"));
        return false;
    }
}
