using System.Globalization;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Controllers;

public sealed class CronScheduleTests
{
    private static DateTime At(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static CronSchedule Schedule(string text)
    {
        Assert.True(CronSchedule.TryParse(text, out CronSchedule? schedule, out TextError error), error.Expected);
        return schedule!;
    }

    private static CronZone Zone(string name)
    {
        Assert.True(CronZone.TryFind(name, out CronZone? zone, out _));
        return zone!;
    }

    // Rows of robfig/cron/v3/spec_test.go, in UTC.
    [Theory]
    [InlineData("0/15 * * * *", "2012-07-09T14:45:00", "2012-07-09T15:00:00")]
    [InlineData("0/15 * * * *", "2012-07-09T14:59:59", "2012-07-09T15:00:00")]
    [InlineData("20-35/15 * * * *", "2012-07-09T15:45:00", "2012-07-09T16:20:00")]
    [InlineData("*/15 * * * *", "2012-07-09T23:46:00", "2012-07-10T00:00:00")]
    [InlineData("0 0 * Feb Mon", "2012-07-09T23:35:00", "2013-02-04T00:00:00")]
    [InlineData("0 0 15 * *", "2012-07-16T00:00:00", "2012-08-15T00:00:00")]
    [InlineData("0 0 29 Feb *", "2012-07-09T23:35:00", "2016-02-29T00:00:00")]
    [InlineData("@hourly", "2012-07-09T14:59:59", "2012-07-09T15:00:00")]
    [InlineData("@daily", "2012-07-09T14:59:59", "2012-07-10T00:00:00")]
    [InlineData("@weekly", "2012-07-09T14:59:59", "2012-07-15T00:00:00")]
    [InlineData("@monthly", "2012-07-09T14:59:59", "2012-08-01T00:00:00")]
    [InlineData("@yearly", "2012-07-09T14:59:59", "2013-01-01T00:00:00")]
    [InlineData("@every 90s", "2012-07-09T14:59:59", "2012-07-09T15:01:29")]
    [InlineData("30 8 1,15 * 5", "2024-01-01T08:30:00", "2024-01-05T08:30:00")]
    [InlineData("30 8 1,15 * *", "2024-01-01T08:30:00", "2024-01-15T08:30:00")]
    [InlineData("0 12 ? jan-mar SUN", "2024-03-31T12:00:00", "2025-01-05T12:00:00")]
    [InlineData("5/20 * * * *", "2024-01-01T00:00:00", "2024-01-01T00:05:00")]
    public void The_next_start_is_that_of_the_cron_library(string schedule, string after, string expected)
    {
        Assert.Equal(At(expected), Schedule(schedule).Next(At(after), CronZone.Utc));
    }

    [Fact]
    public void A_day_that_never_comes_has_no_start()
    {
        Assert.Null(Schedule("0 0 30 2 *").Next(At("2024-01-01T00:00:00"), CronZone.Utc));
    }

    // America/New_York springs forward at 2012-03-11 02:00 and falls back at 2012-11-04 02:00; in the pinned years: 2024-03-10 and 2024-11-03.
    [Theory]
    [InlineData("30 2 * * *", "2024-03-10T05:00:00", "2024-03-11T06:30:00")]
    [InlineData("0 * * * *", "2024-03-10T06:30:00", "2024-03-10T07:00:00")]
    [InlineData("0 * * * *", "2024-03-10T07:00:00", "2024-03-10T08:00:00")]
    [InlineData("0 3 * * *", "2024-03-10T05:00:00", "2024-03-10T07:00:00")]
    [InlineData("30 1 * * *", "2024-11-03T05:00:00", "2024-11-03T05:30:00")]
    [InlineData("30 1 * * *", "2024-11-03T05:30:00", "2024-11-03T06:30:00")]
    [InlineData("30 1 * * *", "2024-11-03T06:30:00", "2024-11-04T06:30:00")]
    [InlineData("0 0 * * *", "2024-07-01T12:00:00", "2024-07-02T04:00:00")]
    public void A_start_in_the_gap_is_left_out_and_one_in_the_repeated_hour_happens_twice(string schedule, string after, string expected)
    {
        Assert.Equal(At(expected), Schedule(schedule).Next(At(after), Zone("America/New_York")));
    }

    [Theory]
    [InlineData("Africa/Cairo", "2024-04-25T12:00:00", "2024-04-25T22:00:00")]
    [InlineData("Asia/Kolkata", "2024-04-25T12:00:00", "2024-04-25T18:30:00")]
    [InlineData("Australia/Lord_Howe", "2024-10-05T12:00:00", "2024-10-05T13:30:00")]
    public void Midnight_is_where_the_clock_of_the_place_shows_it_or_has_jumped_over_it(string zone, string after, string expected)
    {
        // Cairo jumps from 00:00 to 01:00 on 2024-04-26: there is no midnight, and the day's start is not run.
        DateTime? next = Schedule("0 0 * * *").Next(At(after), Zone(zone));
        if (zone == "Africa/Cairo") Assert.Equal(At("2024-04-26T21:00:00"), next);
        else Assert.Equal(At(expected), next);
    }

    [Fact]
    public void The_pinned_table_agrees_with_the_machines_own_where_it_has_one()
    {
        foreach (string name in CronZone.Names)
        {
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? known)) continue;
            for (DateTime at = At("2020-01-01T00:30:00"); at.Year < 2024; at = at.AddHours(37)) Assert.Equal(known.GetUtcOffset(at), Zone(name).ToLocal(at) - at);
        }
    }

    [Fact]
    public void An_unknown_zone_is_told_with_the_nearest_name()
    {
        Assert.False(CronZone.TryFind("Europe/Berlin2", out _, out string? nearest));
        Assert.Equal("Europe/Berlin", nearest);
        Assert.True(CronZone.Names.Count > 40);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("* * * *", 7)]
    [InlineData("* * * * * *", 10)]
    [InlineData("60 * * * *", 0)]
    [InlineData("* 24 * * *", 2)]
    [InlineData("* * 0 * *", 4)]
    [InlineData("* * * 13 *", 6)]
    [InlineData("* * * * 7", 8)]
    [InlineData("* * * foo *", 6)]
    [InlineData("10-5 * * * *", 3)]
    [InlineData("*/0 * * * *", 2)]
    [InlineData("*/-1 * * * *", 2)]
    [InlineData("1,,2 * * * *", 2)]
    [InlineData("@dayly", 0)]
    [InlineData("@every x", 7)]
    [InlineData("TZ=UTC * * * * *", 0)]
    public void A_schedule_that_is_none_says_where_it_goes_wrong(string text, int position)
    {
        Assert.False(CronSchedule.TryParse(text, out _, out TextError error));
        Assert.Equal(position, error.Position);
        Assert.StartsWith("expected", error.Expected, StringComparison.Ordinal);
    }
}
