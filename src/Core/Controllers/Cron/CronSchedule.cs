using SchedBench.Core.Input;

namespace SchedBench.Core.Controllers;

/// <summary>When a CronJob starts: five fields or a macro, as <c>robfig/cron</c> v3 reads them for Kubernetes.</summary>
/// <remarks>
/// Fields are minute, hour, day of month, month, day of week; each a list of numbers or names, ranges and <c>*</c> (or <c>?</c>), with <c>/step</c>;
/// <c>5/15</c> runs to the end of the range. Sunday is 0, not 7. When both days are stated, one of them suffices; with a <c>*</c> in either both must hold. Macros:
/// <c>@yearly @annually @monthly @weekly @daily @midnight @hourly</c> and <c>@every 90s</c>. A zone inside the text (<c>TZ=</c>) is refused, as by Kubernetes.
/// </remarks>
public sealed class CronSchedule
{
    /// <summary>A schedule that finds no time in this many years has none.</summary>
    private const int YearsSearched = 5;

    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;

    private CronSchedule(string text, TimeSpan every)
    {
        Text = text;
        Every = every;
    }

    private CronSchedule(string text, ReadOnlySpan<(ulong Bits, bool IsStar)> fields)
    {
        Text = text;
        (_minutes, _hours, _days, _months, _weekdays) = (fields[0].Bits, fields[1].Bits, fields[2].Bits, fields[3].Bits, fields[4].Bits);
        (_anyDay, _anyWeekday) = (fields[2].IsStar, fields[4].IsStar);
    }

    /// <summary>The schedule as written.</summary>
    public string Text { get; }

    /// <summary>Time between starts of an <c>@every</c> schedule; zero for the others.</summary>
    public TimeSpan Every { get; }

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">Text.</param>
    /// <param name="schedule">The schedule, or null.</param>
    /// <param name="error">Where it goes wrong and what was expected.</param>
    public static bool TryParse(string text, out CronSchedule? schedule, out TextError error)
    {
        schedule = null;
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            error = new TextError(0, "expected a schedule without a zone; the zone goes to timeZone");
            return false;
        }

        if (text.StartsWith('@')) return CronText.TryParseMacro(text, out schedule, out error);
        Span<(ulong, bool)> fields = stackalloc (ulong, bool)[5];
        if (!CronText.TryParseFields(text, fields, out error)) return false;
        schedule = new CronSchedule(text, fields);
        return true;
    }

    internal static CronSchedule Of(string text, TimeSpan every) => new(text, every);

    internal static CronSchedule Of(string text, ReadOnlySpan<(ulong Bits, bool IsStar)> fields) => new(text, fields);

    /// <summary>The first start after an instant, in a place without changes of the clock; null when there is none within five years.</summary>
    public DateTime? NextLocal(DateTime afterLocal) =>
        Next(DateTime.SpecifyKind(afterLocal, DateTimeKind.Utc), CronZone.Utc) is { } next ? DateTime.SpecifyKind(next, afterLocal.Kind) : null;

    /// <summary>The first start after an instant in a zone.</summary>
    /// <param name="afterUtc">Instant, in UTC.</param>
    /// <param name="zone">Zone whose clock the fields are about.</param>
    /// <returns>Instant in UTC, or null when there is none within five years.</returns>
    /// <remarks>Where the clock springs forward, a start in the gap does not happen that day. Where it falls back, a start in the repeated hour happens twice, at two
    /// instants. Both are what <c>SpecSchedule.Next</c> does: it walks along real time and compares the clock on the wall.</remarks>
    public DateTime? Next(DateTime afterUtc, CronZone zone)
    {
        if (Every > TimeSpan.Zero) return Truncate(afterUtc, TimeSpan.TicksPerSecond) + Every;
        // The earliest possible time is the next whole second.
        DateTime at = Truncate(afterUtc, TimeSpan.TicksPerSecond).AddSeconds(1);
        int lastYear = zone.ToLocal(at).Year + YearsSearched;
        while (true)
        {
            DateTime local = zone.ToLocal(at);
            if (local.Year > lastYear) return null;
            if (!Has(_months, local.Month))
            {
                at = zone.FirstInstantOf(new DateTime(local.Year, local.Month, 1).AddMonths(1));
                continue;
            }

            if (!MatchesDay(local))
            {
                at = zone.FirstInstantOf(local.Date.AddDays(1));
                continue;
            }

            if (!Has(_hours, local.Hour))
            {
                at = NextBoundary(at, local, zone, TimeSpan.TicksPerHour);
                continue;
            }

            if (!Has(_minutes, local.Minute))
            {
                at = NextBoundary(at, local, zone, TimeSpan.TicksPerMinute);
                continue;
            }

            if (local.Second == 0) return at;
            at = NextBoundary(at, local, zone, TimeSpan.TicksPerMinute);
        }
    }

    /// <summary>The next instant at which the clock on the wall shows a full hour or minute, or jumps.</summary>
    private static DateTime NextBoundary(DateTime at, DateTime local, CronZone zone, long unit)
    {
        DateTime next = at.AddTicks(unit - (local.Ticks % unit));
        return zone.ChangeBetween(at, next) ?? next;
    }

    private static DateTime Truncate(DateTime instant, long unit) => instant.AddTicks(-(instant.Ticks % unit));

    private static bool Has(ulong bits, int value) => (bits & (1UL << value)) != 0;

    private bool MatchesDay(DateTime local)
    {
        bool day = Has(_days, local.Day), weekday = Has(_weekdays, (int)local.DayOfWeek);
        return _anyDay || _anyWeekday ? day && weekday : day || weekday;
    }
}
