using System.Globalization;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests.Readers;

public sealed class SwfReaderTests : TraceReaderFixture
{
    [Fact]
    public void A_job_of_one_processor_is_a_pod_and_one_of_more_is_a_group_of_pods()
    {
        TraceContents contents = Swf(Job(7, submit: 100, run: 60, processors: 1, requestedMemory: "2048"), Job(8, submit: 130.5, run: 10.25, processors: 3, status: 0));
        PodArrival[] pods = Pods(contents);
        Assert.Equal(["job-7", "job-8-0", "job-8-1", "job-8-2"], pods.Select(pod => pod.Name));
        Assert.Equal(new PodSpec { CpuMilli = 1000, MemoryBytes = 2048 * 1024 }, pods[0].Spec);
        Assert.Equal([-1, 0, 0, 0], pods.Select(pod => pod.Group));
        Assert.Equal([new PodGroupSpec("job-8", 3)], contents.Workload.Groups);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(60), PodOutcome.Succeeded), (pods[0].Arrival, pods[0].Duration!.Value, pods[0].Outcome));
        Assert.Equal((TimeSpan.FromSeconds(30.5), TimeSpan.FromSeconds(10.25), PodOutcome.Failed), (pods[1].Arrival, pods[1].Duration!.Value, pods[1].Outcome));
        Assert.Same(pods[1].Spec, pods[3].Spec);
        Assert.Equal((2L, 4, 1, 100m), (contents.Report.RowsRead, contents.Report.Pods, contents.Report.Groups, contents.Report.StartSeconds));
    }

    [Fact]
    public void The_header_is_reported_key_by_key_with_its_continuations()
    {
        TraceContents contents = Swf("; MaxProcs: 128\n;UnixStartTime:  749458803 \n; Note: first\n;       second\n;\n", Job(1));
        Assert.Equal([new("MaxProcs", "128"), new("UnixStartTime", "749458803"), new("Note", "first second")], contents.Report.Header);
    }

    [Fact]
    public void Unknown_and_impossible_values_are_censored_dropped_and_counted()
    {
        TraceContents contents = Swf(
            Job(1, run: -1), Job(2, run: 0), Job(3, run: -7), Job(4, run: -1, status: 5), Job(5, processors: -1, requested: 2), Job(6, processors: -1, requested: 0),
            Job(7, status: 3), Job(8, run: 5, status: 5), Job(9, submit: -1));
        Assert.Equal(["job-1", "job-5-0", "job-5-1", "job-8", "job-9"], Pods(contents).Select(pod => pod.Name));
        Assert.Null(Pods(contents)[0].Duration);
        Assert.Equal(PodOutcome.Failed, Pods(contents)[3].Outcome);
        foreach (string code in new[] { "no-end", "zero-duration", "end-before-start", "never-ran", "requested-processors", "no-processors", "partial-execution", "before-record" })
        {
            Assert.Equal((code, 1L), (code, contents.Report.Count(code)));
        }

        Assert.Equal(5, contents.Report.Count(ReadNoteKind.Dropped));
        Assert.Equal(new ReadExample(3, "run time", "-7"), contents.Report.Notes.Single(note => note.Code == "end-before-start").Examples[0]);
    }

    [Fact]
    public void Memory_is_the_requested_one_or_the_used_one_or_none()
    {
        TraceContents contents = Swf(Job(1, usedMemory: "5", requestedMemory: "7"), Job(2, usedMemory: "5"), Job(3), Job(4, requestedMemory: "0.5"));
        Assert.Equal([7 * 1024, 5 * 1024, 0, 512], Pods(contents).Select(pod => pod.Spec.MemoryBytes));
        Assert.Equal((1L, 1L), (contents.Report.Count("used-memory"), contents.Report.Count("unknown-memory")));
    }

    [Fact]
    public void Memory_may_be_in_bytes_and_for_the_whole_job()
    {
        var options = new TraceReadOptions { SwfMemoryUnit = SwfMemoryUnit.Bytes, SwfMemoryScope = SwfMemoryScope.Job };
        TraceContents contents = Read("swf", Job(1, processors: 3, requestedMemory: "1000"), options, "t.swf");
        Assert.All(Pods(contents), pod => Assert.Equal(334, pod.Spec.MemoryBytes));
        Assert.Equal(2, Pods(Read("swf", Job(1, processors: 1, requestedMemory: "2"), options, "t.swf"))[0].Spec.MemoryBytes);
    }

    [Fact]
    public void Fields_behind_the_eighteenth_are_counted_once_a_column()
    {
        TraceContents contents = Swf(Job(1).TrimEnd() + " {1241,1241} q_1d 1:ppn=1\n", Job(2).TrimEnd() + "\t{7}\tq\tx\n", Job(3));
        Assert.Equal(3, contents.Report.Count("extra-column"));
        Assert.Equal(["field 19", "field 20", "field 21"], contents.Report.Notes.Single(note => note.Code == "extra-column").Examples.Select(example => example.Field));
    }

    [Fact]
    public void A_repeated_job_number_gets_its_line_into_its_name()
    {
        TraceContents contents = Swf(Job(1), Job(1), Job(1, processors: 2));
        Assert.Equal(["job-1", "job-1-line-2", "job-1-line-3-0", "job-1-line-3-1"], Pods(contents).Select(pod => pod.Name));
        Assert.Equal(2, contents.Report.Count("duplicate-job"));
    }

    [Fact]
    public void Unsorted_jobs_are_sorted_and_members_stay_together()
    {
        TraceContents contents = Swf(Job(1, submit: 50, processors: 2), Job(2, submit: 10, processors: 2), Job(3, submit: 50));
        Assert.Equal(["job-2-0", "job-2-1", "job-1-0", "job-1-1", "job-3"], Pods(contents).Select(pod => pod.Name));
        Assert.Equal(1, contents.Report.Count("unsorted-arrivals"));
        Assert.Equal(["job-1", "job-2"], contents.Workload.Groups.Select(group => group.Name));
    }

    [Theory]
    [InlineData("1 2 3\n", 0, "", "expected 18 fields separated by blanks; this line has 3")]
    [InlineData("x 0 0 10 1 -1 -1 1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n", 0, "job number", "from 0 to 9223372036854775807")]
    [InlineData("1 1e999 0 10 1 -1 -1 1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n", 0, "submit time", "without exponent")]
    [InlineData("1 0 0 NaN 1 -1 -1 1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n", 0, "run time", "without exponent")]
    [InlineData("1 0 0 10 2147483648 -1 -1 1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n", 0, "allocated processors", "from -1 to 2147483647")]
    [InlineData("1 0 0 10 1.5 -1 -1 1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n", 0, "allocated processors", "from -1 to 2147483647")]
    [InlineData("1 0 0 10 1 -1 -1 1 -1 -5 1 1 1 -1 -1 -1 -1 -1\n", 0, "requested memory", "an amount of memory")]
    [InlineData("1 0 0 10 1 -1 -1 1 -1 9007199254740992 1 1 1 -1 -1 -1 -1 -1\n", 0, "requested memory", "at most 2^63−1 bytes")]
    [InlineData("1 0 0 10 1 -1 -1 1 -1 -1 6 1 1 -1 -1 -1 -1 -1\n", 0, "status", "from -1 to 5")]
    [InlineData("1 0 0 ١ 1 -1 -1 1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n", 0, "run time", "without exponent")]
    public void A_bad_line_is_rejected_with_its_field(string line, int column, string field, string words)
    {
        InputProblem problem = Reject("swf", "; header\n" + line);
        Assert.Equal((2, column, field), (problem.Line, problem.Column, problem.Field));
        Assert.Contains(words, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_of_two_billion_processors_is_refused_before_its_pods_are_made() =>
        Assert.Contains("at most 20000000 pods", Reject("swf", Job(1, processors: 2_000_000_000)).Expected, StringComparison.Ordinal);

    [Fact]
    public void A_file_of_comments_has_no_jobs() => Assert.Contains("only comments", Reject("swf", "; a\n;\n\n").Expected, StringComparison.Ordinal);

    [Fact]
    public void With_times_ignored_jobs_stay_in_the_order_of_the_file()
    {
        TraceContents contents = Read("swf", Job(1, submit: 9, run: 0) + Job(2, submit: 5, run: -1), new TraceReadOptions { IgnoreTimes = true });
        Assert.Equal(["job-1", "job-2"], Pods(contents).Select(pod => pod.Name));
        Assert.Equal(["unknown-memory"], contents.Report.Notes.Select(note => note.Code));
    }

    [SkippableTheory]
    [InlineData("nasa-ipsc-swf/NASA-iPSC-1993-3.1-cln.swf.gz", 18_239, 309_953 - 6_315, 173, 128)]
    [InlineData("lcg2005-swf/LCG-2005-1.swf.gz", 188_041, 188_041 - 521, 521, 24_515)]
    [InlineData("hpc2n-wagap-swf/hpc2n.swf", 3_170, 63_965, 0, 240)]
    public void The_published_logs_have_the_published_counts(string file, long jobs, int pods, long zero, int processors)
    {
        TraceContents contents = TraceReaderCatalog.Get("swf", "test").Read(SharedTraces.Path(file), new TraceReadOptions());
        Assert.Equal((jobs, zero), (contents.Report.RowsRead, contents.Report.Count("zero-duration")));
        Assert.Equal(pods, contents.Workload.Pods.Length);
        Assert.Contains(new KeyValuePair<string, string>("MaxProcs", processors.ToString(CultureInfo.InvariantCulture)), contents.Report.Header);
        Assert.Equal(zero, contents.Report.Count(ReadNoteKind.Dropped));
        Assert.Equal(contents.Workload.Pods.Length, contents.Workload.Groups.Sum(group => group.MinMember) + Pods(contents).Count(pod => pod.Group < 0));
    }

    [SkippableFact]
    public void The_wagap_log_has_its_counts_and_its_memory_in_bytes_a_job()
    {
        string path = SharedTraces.Path("hpc2n-wagap-swf/wagap-2013.swf");
        var options = new TraceReadOptions { SwfMemoryUnit = SwfMemoryUnit.Bytes, SwfMemoryScope = SwfMemoryScope.Job };
        TraceContents contents = TraceReaderCatalog.Get("swf", "test").Read(path, options);
        Assert.Equal((17_900L, 2L, 3L), (contents.Report.RowsRead, contents.Report.Count("end-before-start"), contents.Report.Count("extra-column")));
        Assert.Equal(1_356_996_147m, contents.Report.StartSeconds);

        // The first job asks for 64 GiB on 64 processors.
        Assert.Equal(1L << 30, Pods(contents)[0].Spec.MemoryBytes);
        Assert.Equal(64, contents.Workload.Groups[0].MinMember);
    }

    private static string Job(
        int number, double submit = 0, double run = 10, int processors = 1, int requested = -1, string usedMemory = "-1", string requestedMemory = "-1", int status = 1) =>
        string.Create(CultureInfo.InvariantCulture, $"  {number} {submit}  0 {run} {processors} -1 {usedMemory} {requested} -1 {requestedMemory} {status} 1 1 -1 -1 -1 -1 -1\n");

    private TraceContents Swf(params string[] lines) => Read("swf", string.Concat(lines), name: "t.swf");
}
