using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Input;

namespace SchedBench.Core.Controllers.Cron;

/// <summary>A cron schedule as CronJobs write it: five fields, or a macro. Immutable; knows local time only, zones are its caller's business.</summary>
/// <remarks>
/// <code>
/// ┌ minute 0-59   ┌ hour 0-23   ┌ day of month 1-31   ┌ month 1-12 or JAN-DEC   ┌ day of week 0-6 or SUN-SAT (0 is Sunday)
/// *               *             *                     *                         *
/// field := part[,part…]      part := (* | ? | value | value-value)[/step]      value/step means value-last/step
/// macro := @yearly @annually @monthly @weekly @daily @midnight @hourly | @every duration
/// </code>
/// <para>Names are taken in any case. When day of month and day of week are both restricted, either suffices; otherwise both must hold (a field is unrestricted when one of
/// its parts is <c>*</c> or <c>?</c> with a step of 1).</para>
/// <para>The grammar is that of the library that Kubernetes uses (robfig/cron v3, <c>ParseStandard</c>): day of week 7, backward ranges and steps of 0 are errors,
/// and <c>TZ=</c> in front is one too, as in CronJobs.</para>
/// </remarks>
public sealed class CronSchedule
{
    /// <summary>A leap day can be eight years away (1896 to 1904, 2096 to 2104).</summary>
    private const int MostYearsAhead = 9;

    private static readonly Dictionary<string, string> Macros = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _days;
    private readonly CronField _months;
    private readonly CronField _weekdays;
    private readonly TimeSpan _every;

    private CronSchedule(TimeSpan every) => _every = every;

    private CronSchedule(CronField[] fields) => (_minutes, _hours, _days, _months, _weekdays) = (fields[0], fields[1], fields[2], fields[3], fields[4]);

    /// <summary>Whether no date ever fits, such as 31 February.</summary>
    public bool IsNeverDue
    {
        get
        {
            if (_every > TimeSpan.Zero || !(_days.IsAny || _weekdays.IsAny) || _days.IsAny) return false;
            for (int month = 1; month <= 12; month++)
            {
                // 2024 is a leap year.
                for (int day = 1; day <= DateTime.DaysInMonth(2024, month); day++)
                {
                    if (_months.Has(month) && _days.Has(day)) return false;
                }
            }

            return true;
        }
    }

    /// <summary>Parses a schedule.</summary>
    /// <returns>Whether it is one; when not, <paramref name="error"/> says what is wrong and where.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out CronSchedule? schedule, out TextError error)
    {
        schedule = null;
        error = default;
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            error = new TextError(0, "expected a schedule without time zone; timeZone is a field of its own");
            return false;
        }

        if (text.StartsWith('@')) return TryParseMacro(text, out schedule, out error);
        var fields = new CronField[CronField.Rules.Length];
        int count = 0;
        for (int at = 0; at < text.Length && error == default;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            int end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end])) end++;
            if (count == fields.Length) error = new TextError(at, "expected five fields: minute, hour, day of month, month, day of week");
            else if (!CronField.TryParse(text, at, end, CronField.Rules[count], out fields[count], out error)) break;
            count++;
            at = end;
        }

        if (error == default && count < fields.Length) error = new TextError(text.Length, $"expected five fields (minute, hour, day of month, month, day of week), found {count}");
        if (error == default) schedule = new CronSchedule(fields);
        return error == default;
    }

    /// <summary>The first due time after an instant, in the same local time: a whole minute (of <c>@every</c>, the instant plus the duration, cut to seconds).</summary>
    /// <param name="after">Local time; what it says of its zone is ignored.</param>
    /// <returns>The time, or null when none comes within the years a leap day can be away.</returns>
    public DateTime? Next(DateTime after)
    {
        if (_every > TimeSpan.Zero) return DateTime.MaxValue - _every < after ? null : Cut(after, TimeSpan.TicksPerSecond) + _every;
        if (after.Year + MostYearsAhead > DateTime.MaxValue.Year) return null;
        DateTime first = Cut(after, TimeSpan.TicksPerMinute).AddMinutes(1);
        DateTime last = first.AddYears(MostYearsAhead);
        for (DateTime day = first.Date; day < last; day = day.AddDays(1))
        {
            if (!_months.Has(day.Month))
            {
                day = new DateTime(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month), 0, 0, 0, day.Kind);
                continue;
            }

            if (!IsDueOn(day)) continue;
            int start = day == first.Date ? (first.Hour * 60) + first.Minute : 0;
            for (int minute = start; minute < 24 * 60; minute++)
            {
                if (_hours.Has(minute / 60) && _minutes.Has(minute % 60)) return day.AddMinutes(minute);
            }
        }

        return null;
    }

    private bool IsDueOn(DateTime day)
    {
        bool fitsDay = _days.Has(day.Day), fitsWeekday = _weekdays.Has((int)day.DayOfWeek);
        return _days.IsAny || _weekdays.IsAny ? fitsDay && fitsWeekday : fitsDay || fitsWeekday;
    }

    private static DateTime Cut(DateTime time, long ticks) => new(time.Ticks - (time.Ticks % ticks), time.Kind);

    private static bool TryParseMacro(string text, [NotNullWhen(true)] out CronSchedule? schedule, out TextError error)
    {
        const string Every = "@every ";
        if (Macros.TryGetValue(text, out string? fields)) return TryParse(fields, out schedule, out error);
        schedule = null;
        if (!text.StartsWith(Every, StringComparison.Ordinal))
        {
            string meant = NearestName.Find(text, Macros.Keys) is { } nearest ? $"; did you mean {nearest}?" : "";
            error = new TextError(0, $"expected five fields, @every with a duration, or one of {string.Join(", ", Macros.Keys)}{meant}");
            return false;
        }

        if (!DurationText.TryParse(text.AsSpan(Every.Length), out TimeSpan duration, out error))
        {
            error = error with { Position = error.Position + Every.Length };
            return false;
        }

        // Whole seconds, at least one, as the library has it.
        schedule = new CronSchedule(TimeSpan.FromSeconds(Math.Max(1, duration.Ticks / TimeSpan.TicksPerSecond)));
        return true;
    }
}
