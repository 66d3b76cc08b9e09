using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests.Readers;

/// <summary>What a reader makes of times that are unsorted, missing, backwards or in another unit, tried through openb.</summary>
public sealed class RecordedTimesTests : TraceReaderFixture
{
    [Fact]
    public void Unsorted_arrivals_are_sorted_stably_and_counted()
    {
        TraceContents contents = ReadTimes("a,20,30,20", "b,10,30,10", "c,20,30,20", "d,10,30,10");
        Assert.Equal(["b", "d", "a", "c"], Pods(contents).Select(pod => pod.Name));
        ReadNote note = Assert.Single(contents.Report.Notes);
        Assert.Equal(("unsorted-arrivals", ReadNoteKind.Changed, 2L), (note.Code, note.Kind, note.Count));
        Assert.Equal([new ReadExample(3, "", "b"), new ReadExample(5, "", "d")], note.Examples);
    }

    [Fact]
    public void Equal_arrivals_keep_the_order_of_the_file_and_are_not_counted() =>
        Assert.Equal(["c", "a", "b"], Pods(Clean(ReadTimes("c,5,6,5", "a,5,6,5", "b,5,6,5"))).Select(pod => pod.Name));

    [Fact]
    public void A_missing_end_is_censored_and_counted()
    {
        TraceContents contents = ReadTimes("a,1,,1", "b,2,9,3");
        Assert.Equal([null, TimeSpan.FromSeconds(6)], Pods(contents).Select(pod => pod.Duration));
        Assert.Equal(1, contents.Report.Count("no-end"));
        Assert.Equal(1, contents.Report.Count(ReadNoteKind.Censored));
    }

    [Fact]
    public void A_missing_start_is_counted_from_the_arrival_and_a_missing_arrival_lies_before_the_record()
    {
        TraceContents contents = ReadTimes("a,100,130,", "b,,150,120", "c,,170,", "d,,,");
        Assert.Equal(["a", "b", "c", "d"], Pods(contents).Select(pod => pod.Name));
        Assert.All(Pods(contents), pod => Assert.Equal(TimeSpan.Zero, pod.Arrival));
        Assert.Equal([TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(170), null], Pods(contents).Select(pod => pod.Duration));
        Assert.Equal((1L, 3L, 1L), (contents.Report.Count("start-from-arrival"), contents.Report.Count("before-record"), contents.Report.Count("no-end")));
    }

    [Fact]
    public void A_pod_from_before_the_record_comes_first_without_counting_as_unsorted()
    {
        TraceContents contents = ReadTimes("a,100,130,100", "b,200,250,200", "c,,220,200");
        Assert.Equal(["a", "c", "b"], Pods(contents).Select(pod => pod.Name));
        Assert.Equal(0, contents.Report.Count("unsorted-arrivals"));
    }

    [Fact]
    public void An_end_before_the_start_or_at_it_is_dropped_and_counted()
    {
        TraceContents contents = ReadTimes("a,1,5,6", "b,1,6,6", "c,1,7,6");
        Assert.Equal(["c"], Pods(contents).Select(pod => pod.Name));
        Assert.Equal((1L, 1L, 3L), (contents.Report.Count("end-before-start"), contents.Report.Count("zero-duration"), contents.Report.RowsRead));
        Assert.Equal(new ReadExample(2, "deletion_time", "5"), contents.Report.Notes.Single(note => note.Code == "end-before-start").Examples[0]);
    }

    [Theory]
    [InlineData("a,1,5,6", "ends before it starts")]
    [InlineData("a,1,,1", "has no recorded end")]
    [InlineData("a,,2,1", "before the record began")]
    [InlineData("a,1,5,", "has no recorded start")]
    public void Strict_reading_refuses_what_would_be_changed_or_dropped(string row, string words)
    {
        InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => ReadTimes(new TraceReadOptions { Strict = true }, row)).Problems);
        Assert.Equal(2, problem.Line);
        Assert.Contains(words, problem.Expected, StringComparison.Ordinal);
        Assert.Contains("reading is strict", problem.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1000", "1728001000", "milliseconds")]
    [InlineData("1700000000000", "1701728000000", "milliseconds")]
    [InlineData("1700000000000000", "1700086400000000", "microseconds")]
    public void An_implausible_span_is_warned_of_with_the_likely_unit(string first, string last, string unit)
    {
        TraceContents contents = ReadTimes($"a,{first},,{first}", $"b,{last},,{last}");
        ReadNote warning = contents.Report.Notes.Single(note => note.Kind == ReadNoteKind.Warning);
        Assert.Equal("implausible-span", warning.Code);
        Assert.Contains($"look like {unit}", warning.Examples[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_span_beyond_what_time_can_hold_is_rejected_with_the_likely_unit()
    {
        InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => ReadTimes("a,1700000000000000000,,", "b,1701728000000000000,,")).Problems);
        Assert.Contains("at most 200000000000 seconds", problem.Expected, StringComparison.Ordinal);
        Assert.Contains("look like nanoseconds", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_duration_that_is_implausible_counts_as_a_span() =>
        Assert.Contains("look like milliseconds", ReadTimes("a,,1728000000,").Report.Notes.Single(note => note.Code == "implausible-span").Examples[0].Value, StringComparison.Ordinal);

    [Fact]
    public void A_span_of_years_in_seconds_is_plausible() => Clean(ReadTimes("a,1027839845,1137443484,1027839845"));

    [Theory]
    [InlineData("1e999")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData("12:00")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("99999999999999999999")]
    public void A_time_that_is_no_plain_number_is_rejected(string cell)
    {
        InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => ReadTimes($"a,\"{cell}\",,")).Problems);
        Assert.Equal(("creation_time", cell), (problem.Field, problem.Value));
        Assert.Contains("expected seconds", problem.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-0", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("0.0000001", 1)]
    [InlineData("2.50", 25_000_000)]
    [InlineData("00000000000000000000012", 120_000_000)]
    public void Seconds_are_exact(string cell, long ticks) => Assert.Equal(ticks + 10_000_000, Pods(Clean(ReadTimes("z,-1,,", $"a,{cell},,")), censored: 2)[1].Arrival.Ticks);

    [Fact]
    public void Seconds_finer_than_a_tick_are_rounded_to_the_nearest_and_counted()
    {
        TraceContents contents = ReadTimes("a,0,1,", "b,2029855.0000000002,2029856,2029855", "c,2029855.00000005,2029856,2029855.0000001");
        Assert.Equal(20_298_550_000_000, Pods(contents)[1].Arrival.Ticks);
        Assert.Equal(20_298_550_000_001, Pods(contents)[2].Arrival.Ticks);
        Assert.Equal(2, contents.Report.Count("rounded-time"));
    }

    private static TraceContents Clean(TraceContents contents)
    {
        Assert.DoesNotContain(contents.Report.Notes, note => note.Kind is ReadNoteKind.Changed or ReadNoteKind.Dropped or ReadNoteKind.Warning);
        return contents;
    }

    private static PodArrival[] Pods(TraceContents contents, int censored)
    {
        Assert.Equal(censored, contents.Report.Count("no-end"));
        return Pods(contents);
    }

    /// <summary>Rows of name, creation, deletion, scheduled.</summary>
    private TraceContents ReadTimes(params string[] rows) => ReadTimes(new TraceReadOptions(), rows);

    private TraceContents ReadTimes(TraceReadOptions options, params string[] rows) =>
        Read("openb", "name,creation_time,deletion_time,scheduled_time,cpu_milli,memory_mib,num_gpu,gpu_milli\n" + string.Concat(rows.Select(row => row + ",1,1,0,0\n")), options);
}
