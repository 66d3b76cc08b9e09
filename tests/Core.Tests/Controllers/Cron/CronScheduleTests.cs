using SchedBench.Core.Controllers.Cron;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Controllers.Cron;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2024-05-01 10:00:59", "2024-05-01 10:01:00")]
    [InlineData("*/15 * * * *", "2024-05-01 10:45:00", "2024-05-01 11:00:00")]
    [InlineData("5/20 * * * *", "2024-05-01 10:25:00", "2024-05-01 10:45:00")]
    [InlineData("0 9-17/4 * * *", "2024-05-01 09:00:00", "2024-05-01 13:00:00")]
    [InlineData("30 4 1,15 * *", "2024-05-02 00:00:00", "2024-05-15 04:30:00")]
    [InlineData("0 0 * jan-MAR *", "2024-05-01 00:00:00", "2025-01-01 00:00:00")]
    [InlineData("0 0 * * MON-fri", "2024-05-03 12:00:00", "2024-05-06 00:00:00")]
    [InlineData("0 0 29 2 *", "2096-03-01 00:00:00", "2104-02-29 00:00:00")]
    [InlineData("59 23 31 12 ?", "2024-12-31 23:59:00", "2025-12-31 23:59:00")]
    [InlineData("  0   0  *  *  *  ", "2024-05-01 00:00:00", "2024-05-02 00:00:00")]
    [InlineData("@yearly", "2024-05-01 00:00:00", "2025-01-01 00:00:00")]
    [InlineData("@monthly", "2024-05-01 00:00:00", "2024-06-01 00:00:00")]
    [InlineData("@weekly", "2024-05-01 00:00:00", "2024-05-05 00:00:00")]
    [InlineData("@daily", "2024-05-01 00:00:00", "2024-05-02 00:00:00")]
    [InlineData("@hourly", "2024-05-01 00:00:00", "2024-05-01 01:00:00")]
    [InlineData("@every 1h30m", "2024-05-01 00:00:00", "2024-05-01 01:30:00")]
    public void The_next_due_time_is_the_first_after_an_instant(string text, string after, string next)
    {
        Assert.True(CronSchedule.TryParse(text, out CronSchedule? schedule, out _));
        Assert.Equal(DateTime.Parse(next), schedule.Next(DateTime.Parse(after)));
        Assert.False(schedule.IsNeverDue);
    }

    [Fact]
    public void A_day_of_month_and_a_day_of_week_that_are_both_restricted_suffice_each()
    {
        // 2024-05-03 is a Friday, 2024-05-13 a Monday.
        Assert.Equal(new DateTime(2024, 5, 3), Next("0 0 13 * FRI", new DateTime(2024, 5, 1)));
        Assert.Equal(new DateTime(2024, 5, 13), Next("0 0 13 * FRI", new DateTime(2024, 5, 10)));

        // A step of 2 restricts, a step of 1 does not.
        Assert.Equal(new DateTime(2024, 5, 3), Next("0 0 */1 * FRI", new DateTime(2024, 5, 1)));
        Assert.Equal(new DateTime(2024, 5, 3), Next("0 0 */2 * SUN", new DateTime(2024, 5, 1)));
    }

    [Theory]
    [InlineData("0 0 31 2 *", true)]
    [InlineData("0 0 31 4,6,9,11 *", true)]
    [InlineData("0 0 30 2 ?", true)]
    [InlineData("0 0 31 2 MON", false)]
    [InlineData("0 0 29 2 *", false)]
    public void A_day_that_no_month_has_is_never_due(string text, bool isNever)
    {
        Assert.True(CronSchedule.TryParse(text, out CronSchedule? schedule, out _));
        Assert.Equal(isNever, schedule.IsNeverDue);
        Assert.Equal(isNever, schedule.Next(new DateTime(2024, 1, 1)) is null);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("* * * *", 7)]
    [InlineData("* * * * * *", 10)]
    [InlineData("*/0 * * * *", 2)]
    [InlineData("*/x * * * *", 2)]
    [InlineData("60 * * * *", 0)]
    [InlineData("* 24 * * *", 2)]
    [InlineData("* * 0 * *", 4)]
    [InlineData("* * * 13 *", 6)]
    [InlineData("* * * * 7", 8)]
    [InlineData("* * * * MOND", 8)]
    [InlineData("5-1 * * * *", 0)]
    [InlineData("1,,2 * * * *", 2)]
    [InlineData("1-2-3 * * * *", 2)]
    [InlineData("-1 * * * *", 0)]
    [InlineData("@fortnightly", 0)]
    [InlineData("@every soon", 7)]
    [InlineData("TZ=UTC 0 0 * * *", 0)]
    public void What_is_no_schedule_is_refused_with_its_place(string text, int position)
    {
        Assert.False(CronSchedule.TryParse(text, out _, out TextError error));
        Assert.Equal(position, error.Position);
        Assert.StartsWith("expected", error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Etc/UTC", true)]
    [InlineData("Local", false)]
    [InlineData("", false)]
    [InlineData("Mars/Base", false)]
    [InlineData("../etc/passwd", false)]
    public void Only_names_of_the_IANA_data_base_are_zones(string name, bool isKnown) => Assert.Equal(isKnown, ZoneNames.IsKnown(name));

    private static DateTime? Next(string text, DateTime after) => CronSchedule.TryParse(text, out CronSchedule? schedule, out _) ? schedule.Next(after) : null;
}
