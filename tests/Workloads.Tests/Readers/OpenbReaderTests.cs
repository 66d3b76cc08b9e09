using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests.Readers;

public sealed class OpenbReaderTests : TraceReaderFixture
{
    private const string Header = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n";
    private const string Short = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n";

    [Fact]
    public void A_full_row_becomes_a_pod()
    {
        TraceContents contents = Read("openb", Header + "p0,12000,16384,1,460,V100|T4|V100,LS,Running,100,250,130\np1,500,1,2,1000,,BE,Failed,160,161.5,160\n");
        PodArrival[] pods = Pods(contents);
        Assert.Equal(
            new PodArrival(
                "p0",
                new PodSpec { CpuMilli = 12000, MemoryBytes = 16384L << 20, GpuCount = 1, GpuMilliPerDevice = 460, GpuModels = ["T4", "V100"] },
                TimeSpan.Zero,
                TimeSpan.FromSeconds(120)),
            pods[0]);
        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1.5), PodOutcome.Failed), (pods[1].Arrival, pods[1].Duration!.Value, pods[1].Outcome));
        Assert.Equal(2000, pods[1].Spec.GpuMilliTotal);
        Assert.Empty(contents.Report.Notes);
        Assert.Equal((100m, 2L, 2), (contents.Report.StartSeconds, contents.Report.RowsRead, contents.Report.Pods));
    }

    [Fact]
    public void Five_columns_are_enough_and_then_all_arrive_at_zero_and_run_on()
    {
        TraceContents contents = Read("openb", Short + "b,1,2,0,0\na,1,2,8,1000\n");
        Assert.Equal(["b", "a"], Pods(contents).Select(pod => pod.Name));
        Assert.All(Pods(contents), pod => Assert.Equal((TimeSpan.Zero, (TimeSpan?)null), (pod.Arrival, pod.Duration)));
        Assert.Equal(["no-times"], contents.Report.Notes.Select(note => note.Code));
    }

    [Fact]
    public void Columns_may_stand_in_any_order()
    {
        TraceContents contents = Read("openb", "gpu_milli,num_gpu,name,memory_mib,cpu_milli\n250,1,x,3,4\n");
        Assert.Equal(new PodSpec { CpuMilli = 4, MemoryBytes = 3 << 20, GpuCount = 1, GpuMilliPerDevice = 250 }, Pods(contents)[0].Spec);
    }

    [Fact]
    public void Equal_requests_share_one_spec()
    {
        PodArrival[] pods = Pods(Read("openb", Header + "a,1,2,1,50,T4|P4,,,0,1,\nb,1,2,1,50,P4|T4,,,0,1,\nc,1,2,1,51,P4|T4,,,0,1,\n"));
        Assert.Same(pods[0].Spec, pods[1].Spec);
        Assert.NotSame(pods[0].Spec, pods[2].Spec);
    }

    [Fact]
    public void With_times_ignored_the_order_of_the_file_stays_and_no_row_is_dropped_for_its_times()
    {
        string text = Header + "late,1,1,0,0,,,,90,10,95\nzero,1,1,0,0,,,,50,50,50\nearly,1,1,0,0,,,,nonsense,,\n";
        TraceContents contents = Read("openb", text, new TraceReadOptions { IgnoreTimes = true });
        Assert.Equal(["late", "zero", "early"], Pods(contents).Select(pod => pod.Name));
        Assert.All(Pods(contents), pod => Assert.Equal((TimeSpan.Zero, (TimeSpan?)null), (pod.Arrival, pod.Duration)));
        Assert.Empty(contents.Report.Notes);
    }

    [Theory]
    [InlineData("p,1,1,0,5", "gpu_milli", "a whole number from 0 to 0")]
    [InlineData("p,1,1,1,0", "gpu_milli", "from 1 to 1000")]
    [InlineData("p,1,1,1,1001", "gpu_milli", "from 1 to 1000")]
    [InlineData("p,1,1,2,500", "gpu_milli", "from 1000 to 1000")]
    [InlineData("p,1,1,65,1000", "num_gpu", "from 0 to 64")]
    [InlineData("p,1,8796093022208,0,0", "memory_mib", "from 0 to 8796093022207")]
    [InlineData(",1,1,0,0", "name", "expected a name")]
    [InlineData(" p,1,1,0,0", "name", "without blanks")]
    public void An_impossible_request_is_rejected_with_its_cell(string row, string field, string words)
    {
        InputProblem problem = Reject("openb", Short + "ok,1,1,0,0\n" + row + "\n");
        Assert.Equal(("trace.csv", 3, field), (problem.File, problem.Line, problem.Field));
        Assert.Contains(words, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_phase_and_a_bad_model_list_are_rejected()
    {
        Assert.Equal("Running", Reject("openb", Header + "p,1,1,0,0,,LS,Runing,0,1,0\n").Nearest);
        Assert.Equal("gpu_spec", Reject("openb", Header + "p,1,1,1,10,T4| V100,LS,Running,0,1,0\n").Field);
        Assert.Equal("gpu_spec", Reject("openb", Header + "p,1,1,1,10,||,LS,Running,0,1,0\n").Field);
    }

    [Fact]
    public void Empty_names_in_a_model_list_are_left_out_and_counted_and_refused_when_strict()
    {
        string text = Header + "a,1,1,1,10,V100|T4|,,,0,1,\nb,1,1,1,10,V100|T4|,,,0,1,\nc,1,1,1,10,|T4||V100,,,0,1,\nd,1,1,1,10,T4|V100,,,0,1,\n";
        TraceContents contents = Read("openb", text);
        Assert.All(Pods(contents), pod => Assert.Equal(["T4", "V100"], pod.Spec.GpuModels));
        Assert.Equal(3, contents.Report.Count("empty-model"));
        InputProblem[] problems = [.. Assert.Throws<InputException>(() => Read("openb", text, new TraceReadOptions { Strict = true, IgnoreTimes = true })).Problems];
        Assert.Equal([(2, "V100|T4|"), (3, "V100|T4|"), (4, "|T4||V100")], problems.Select(problem => (problem.Line, problem.Value!)));
        Assert.All(problems, problem => Assert.Equal("gpu_spec", problem.Field));
    }

    [Fact]
    public void A_name_that_was_there_before_gets_its_line_and_is_counted_and_refused_when_strict()
    {
        string text = Short + "p,1,1,0,0\nq,1,1,0,0\np,1,1,0,0\np-line-6,1,1,0,0\np,1,1,0,0\np-line-4,1,1,0,0\n";
        TraceContents contents = Read("openb", text);
        Assert.Equal(["p", "q", "p-line-4", "p-line-6", "p-line-6-line-6", "p-line-4-line-7"], Pods(contents).Select(pod => pod.Name));
        Assert.Equal(3, contents.Report.Count("duplicate-name"));
        InputProblem problem = Reject("openb", Short + "p,1,1,0,0\nq,1,1,0,0\np,1,1,0,0\n", new TraceReadOptions { Strict = true, IgnoreTimes = true });
        Assert.Equal((4, "name", "p", "expected every name once; line 2 has this one"), (problem.Line, problem.Field, problem.Value!, problem.Expected));
    }

    [Fact]
    public void Nodes_have_a_model_or_none_and_the_pod_limit_of_the_study()
    {
        NodeContents contents = ReadNodes("openb", "sn,cpu_milli,memory_mib,gpu,model\nn0,64000,262144,2,P100\nn1,32000,1,0,\nn2,32000,1,0,nan\nn3,0,0,0,\n");
        Assert.Equal(new NodeSpec { Name = "n0", CpuMilli = 64000, MemoryBytes = 262144L << 20, GpuCount = 2, GpuModel = "P100", Pods = 1001 }, contents.Nodes[0]);
        Assert.Equal(["P100", "", "", ""], contents.Nodes.Select(node => node.GpuModel));
        Assert.Equal((4L, 4), (contents.Report.RowsRead, contents.Report.Nodes));
    }

    [Fact]
    public void Impossible_nodes_are_rejected()
    {
        const string header = "sn,cpu_milli,memory_mib,gpu,model\n";
        Assert.Equal("model", RejectNodes("openb", header + "n,1,1,0,T4\n").Field);
        Assert.Contains("line 2 has this one", RejectNodes("openb", header + "n,1,1,0,\nn,1,1,0,\n").Expected, StringComparison.Ordinal);
        Assert.Contains("only a header", RejectNodes("openb", header).Expected, StringComparison.Ordinal);
        Assert.Equal("cpu", RejectNodes("openb", header + "n,9223372036854775807,1,0,\nm,1,1,0,\n").Field);
    }

    [SkippableTheory]
    [InlineData("openb_node_list_gpu_node.csv", 1213, 6212)]
    [InlineData("openb_node_list_all_node.csv", 1523, 6212)]
    public void The_published_node_lists_have_the_published_counts(string file, int nodes, int gpus)
    {
        NodeContents contents = NodeReaderCatalog.Get("openb", "test").Read(SharedTraces.Path("openb/" + file), new TraceReadOptions { Strict = true });
        Assert.Equal((nodes, gpus), (contents.Nodes.Count, contents.Nodes.Sum(node => node.GpuCount)));
    }

    [SkippableTheory]
    [InlineData("default", 8152, 897, 1)]
    [InlineData("gpushare40", 8152, 981, 2)]
    [InlineData("multigpu20", 8324, 0, 0)]
    public void The_published_pod_lists_have_the_published_counts(string trace, int count, int unscheduled, int createdAndDeletedAtOnce)
    {
        string path = SharedTraces.Path($"openb/openb_pod_list_{trace}.csv");
        TraceContents timed = TraceReaderCatalog.Get("openb", "test").Read(path, new TraceReadOptions());
        Assert.Equal((count - createdAndDeletedAtOnce, (long)count), (timed.Workload.Pods.Length, timed.Report.RowsRead));
        Assert.Equal(unscheduled, timed.Report.Count("start-from-arrival"));
        Assert.Equal((createdAndDeletedAtOnce, createdAndDeletedAtOnce), (timed.Report.Count("zero-duration"), timed.Report.Count(ReadNoteKind.Dropped)));

        // Saturation shuffles from the order of the file, so that order is what a reading without times gives, and strictly.
        TraceContents untimed = TraceReaderCatalog.Get("openb", "test").Read(path, new TraceReadOptions { IgnoreTimes = true, Strict = true });
        Assert.Equal(File.ReadLines(path).Skip(1).Select(line => line.Split(',')[0]), Pods(untimed).Select(pod => pod.Name));
        Assert.InRange(Pods(untimed).Select(pod => pod.Spec).Distinct().Count(), 100, 400);
    }
}
