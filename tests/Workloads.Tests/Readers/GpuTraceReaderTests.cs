using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.AlibabaDlrm;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests.Readers;

/// <summary>Philly and the Alibaba trace of 2025.</summary>
public sealed class GpuTraceReaderTests : TraceReaderFixture
{
    private const string Philly = "timestamp,duration,num_gpus,gpu_time,cluster\n";

    private const string Dlrm =
        "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit,memory_request,memory_limit,disk_request,disk_limit," +
        "max_instance_per_node,creation_time,scheduled_time,deletion_time\n";

    [Fact]
    public void A_philly_job_is_a_pod_of_whole_devices_and_above_eight_a_group_with_the_remainder_last()
    {
        TraceContents contents = Read("philly", Philly + "2017-10-09 07:01:55,66.0,4,1,a\n2017-10-09 07:02:00,5,20,1,b\n2017-10-10 07:02:00,5,16,1,b\n");
        PodArrival[] pods = Pods(contents);
        Assert.Equal(["job-1", "job-2-0", "job-2-1", "job-2-2", "job-3-0", "job-3-1"], pods.Select(pod => pod.Name));
        Assert.Equal([4, 8, 8, 4, 8, 8], pods.Select(pod => pod.Spec.GpuCount));
        Assert.Equal([new PodGroupSpec("job-2", 3), new PodGroupSpec("job-3", 2)], contents.Workload.Groups);
        Assert.Equal(new PodSpec { CpuMilli = 24_000, MemoryBytes = 224L << 30, GpuCount = 4, GpuMilliPerDevice = 1000 }, pods[0].Spec);
        Assert.Same(pods[0].Spec, pods[3].Spec);
        Assert.Equal([0, 5, 5, 5, 86405, 86405], pods.Select(pod => (int)pod.Arrival.TotalSeconds));
        Assert.Equal(1_507_532_515m, contents.Report.StartSeconds);
        Assert.Contains("6000 milli of CPU", Assert.Single(contents.Report.Notes).Examples[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Philly_takes_other_amounts_for_a_gpu()
    {
        var options = new TraceReadOptions { PhillyCpuMilliPerGpu = 500, PhillyMemoryBytesPerGpu = 10, Strict = true };
        PodSpec spec = Pods(Read("philly", Philly + "2017-10-09 07:01:55,66.0,3,1,a\n", options))[0].Spec;
        Assert.Equal((1500, 30), (spec.CpuMilli, spec.MemoryBytes));
        Assert.Equal("num_gpus", Reject("philly", Philly + "2017-10-09 07:01:55,66.0,3,1,a\n", options with { PhillyCpuMilliPerGpu = long.MaxValue }).Field);
    }

    [Theory]
    [InlineData("2017-10-09T07:01:55,66,1,1,a", "timestamp")]
    [InlineData("2017-02-30 07:01:55,66,1,1,a", "timestamp")]
    [InlineData(",66,1,1,a", "timestamp")]
    [InlineData("2017-10-09 07:01:55,1e3,1,1,a", "duration")]
    [InlineData("2017-10-09 07:01:55,66,0,1,a", "num_gpus")]
    [InlineData("2017-10-09 07:01:55,66,65537,1,a", "num_gpus")]
    public void A_bad_philly_row_is_rejected_with_its_cell(string row, string field) => Assert.Equal((2, field), (Reject("philly", Philly + row + "\n").Line, Reject("philly", Philly + row + "\n").Field));

    [Fact]
    public void Philly_durations_that_are_none_are_dropped_or_censored()
    {
        TraceContents contents = Read("philly", Philly + "2017-10-09 07:01:55,0,1,1,a\n2017-10-09 07:01:55,-1,1,1,a\n2017-10-09 07:01:55,,1,1,a\n");
        Assert.Null(Assert.Single(Pods(contents)).Duration);
        Assert.Equal((1L, 1L, 1L), (contents.Report.Count("zero-duration"), contents.Report.Count("end-before-start"), contents.Report.Count("no-end")));
    }

    [SkippableFact]
    public void The_published_philly_list_has_its_counts()
    {
        // The README beside it counts the header as a job.
        TraceContents contents = TraceReaderCatalog.Get("philly", "test").Read(SharedTraces.Path("philly/philly.csv"), new TraceReadOptions());
        Assert.Equal(82_247, contents.Report.RowsRead);
        Assert.Equal(289, contents.Report.Groups);
        Assert.Equal(0, contents.Report.Count(ReadNoteKind.Dropped));
        Assert.Equal(44_878, contents.Report.Count("unsorted-arrivals"));
        Assert.Equal(new DateTime(2017, 9, 4), DateTime.UnixEpoch.AddSeconds((double)contents.Report.StartSeconds).Date);
    }

    [Fact]
    public void A_dlrm_row_becomes_a_pod_of_a_service_with_five_resources()
    {
        TraceContents contents = Read("alibaba-dlrm-2025", Dlrm + "i0,HN,app_0,12,12,1,1,25,25,120.0,120.0,640.5,800.0,8,10,12,20\ni1,CN,app_1,0.5,1,0,0,0,1,1,1,0,0,-1,11,11,30\n");
        Assert.Equal(
            new PodSpec
            {
                CpuMilli = 12_000,
                MemoryBytes = 120L << 30,
                EphemeralStorageBytes = (640L << 30) + (1L << 29),
                GpuCount = 1,
                GpuMilliPerDevice = 1000,
                Extended = [new ResourceAmount(AlibabaDlrmReader.RdmaResource, 25)],
                App = "app_0",
                MaxPerNode = 8,
            },
            Pods(contents)[0].Spec);
        Assert.Equal(new PodSpec { CpuMilli = 500, MemoryBytes = 1L << 30, App = "app_1" }, Pods(contents)[1].Spec);
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(8)), (Pods(contents)[0].Arrival, Pods(contents)[0].Duration!.Value));
        Assert.Empty(contents.Report.Notes);
    }

    [Fact]
    public void Dlrm_instances_from_before_the_record_are_there_at_time_zero()
    {
        TraceContents contents = Read("alibaba-dlrm-2025", Dlrm + "a,HN,x,1,1,0,0,0,0,1,1,1,1,-1,,,\nb,HN,x,1,1,0,0,0,0,1,1,1,1,-1,,,50\nc,HN,x,1,1,0,0,0,0,1,1,1,1,-1,40,40,\n");
        Assert.Equal([(0, null), (0, 50), (40, (int?)null)], Pods(contents).Select(pod => ((int)pod.Arrival.TotalSeconds, (int?)pod.Duration?.TotalSeconds)));
        Assert.Equal((2L, 2L), (contents.Report.Count("before-record"), contents.Report.Count("no-end")));
    }

    [Theory]
    [InlineData("a,HN,x,-1,1,0,0,0,0,1,1,1,1,-1,,,", "cpu_request")]
    [InlineData("a,HN,x,1,1,0,0,0,0,9e9,1,1,1,-1,,,", "memory_request")]
    [InlineData("a,HN,x,1,1,0,0,0,0,8589934592,1,1,1,-1,,,", "memory_request")]
    [InlineData("a,HN,x,1,1,0,0,101,0,1,1,1,1,-1,,,", "rdma_request")]
    [InlineData("a,HN,x,1,1,0,0,0,0,1,1,1,1,0,,,", "max_instance_per_node")]
    [InlineData("a,HN,,1,1,0,0,0,0,1,1,1,1,1,,,", "app_name")]
    public void A_bad_dlrm_row_is_rejected_with_its_cell(string row, string field) => Assert.Equal(field, Reject("alibaba-dlrm-2025", Dlrm + row + "\n").Field);

    [Fact]
    public void A_quantity_finer_than_its_unit_is_rounded_up_and_counted()
    {
        TraceContents contents = Read("alibaba-dlrm-2025", Dlrm + "a,HN,x,0.0001,1,0,0,0,0,-0,1,1,1,-1,1,1,2\n");
        Assert.Equal((1, 0), (Pods(contents)[0].Spec.CpuMilli, Pods(contents)[0].Spec.MemoryBytes));
        Assert.Equal(1, contents.Report.Count("rounded-quantity"));
    }

    [SkippableFact]
    public void The_published_dlrm_trace_has_its_counts()
    {
        TraceContents contents = TraceReaderCatalog.Get("alibaba-dlrm-2025", "test").Read(
            SharedTraces.Path("alibaba-gpu-2025-dlrm/disaggregated_DLRM_trace.csv"), new TraceReadOptions());
        Assert.Equal((23_871L, 16L, 23_871 - 16), (contents.Report.RowsRead, contents.Report.Count("zero-duration"), contents.Report.Pods));
        Assert.Equal(156, Pods(contents).Select(pod => pod.Spec.App).Distinct().Count());
        Assert.Equal((7_280L, 8_878L), (contents.Report.Count("before-record"), contents.Report.Count("no-end")));
        Assert.Equal(7_386 - 16, Pods(contents).Sum(pod => pod.Spec.GpuCount));
    }
}
