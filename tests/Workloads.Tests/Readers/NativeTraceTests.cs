using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Native;

namespace SchedBench.Workloads.Tests.Readers;

public sealed class NativeTraceTests : TraceReaderFixture
{
    private const string Header = "name,arrival_seconds,duration_seconds,cpu_milli,memory_bytes\n";

    [Fact]
    public void What_is_written_reads_back_equal() =>
        Prop.ForAll(Arb.From(NativeTraceGen.Trace), trace =>
        {
            NativeTraceWriter.Write(Scratch.Path("trace"), trace.Workload, trace.Nodes);
            TraceContents read = TraceReaderCatalog.Get("native", "test").Read(Scratch.Path("trace"), new TraceReadOptions { Strict = true });
            Assert.Equal(trace.Workload.Pods.ToArray(), read.Workload.Pods.ToArray());
            Assert.Equal(trace.Workload.Groups, read.Workload.Groups);
            Assert.Equal(trace.Nodes, read.Nodes);
            Assert.Empty(read.Report.Notes);
        }).Check(Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(300));

    [Fact]
    public void Equal_traces_are_written_as_equal_bytes()
    {
        (Workload workload, IReadOnlyList<NodeSpec> nodes) = NativeTraceGen.Trace.Sample(1, 30)[0];
        NativeTraceWriter.Write(Scratch.Path("a"), workload, nodes);
        TraceContents read = TraceReaderCatalog.Get("native", "test").Read(Scratch.Path("a"), new TraceReadOptions());
        NativeTraceWriter.Write(Scratch.Path("b"), read.Workload, read.Nodes);
        foreach (string file in Directory.GetFiles(Scratch.Path("a")))
        {
            byte[] bytes = File.ReadAllBytes(file);
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(Scratch.Path("b"), Path.GetFileName(file))));
            Assert.DoesNotContain((byte)'\r', bytes);
        }
    }

    [Fact]
    public void The_written_form_is_the_documented_one()
    {
        var plain = new PodSpec { CpuMilli = 500, MemoryBytes = 1 << 20 };
        var share = new PodSpec { CpuMilli = 1000, MemoryBytes = 7, GpuCount = 1, GpuMilliPerDevice = 250, GpuModels = ["A10", "V100"], App = "web, \"front\"", Priority = -5 };
        var workload = new Workload(
            [new("a", plain, TimeSpan.Zero, null), new("b", share, new TimeSpan(15_000_001), TimeSpan.FromSeconds(60), 0, PodOutcome.Failed)], [new("g", 1)]);
        NativeTraceWriter.Write(Scratch.Folder, workload, []);
        Assert.Equal(
            "name,arrival_seconds,duration_seconds,outcome,group,cpu_milli,memory_bytes,gpu_count,gpu_milli,gpu_models,app,priority\n" +
            "a,0,,,,500,1048576,0,0,,,0\n" +
            "b,1.5000001,60,failed,g,1000,7,1,250,A10|V100,\"web, \"\"front\"\"\",-5\n",
            File.ReadAllText(Scratch.Path("pods.csv")));
        Assert.Equal("name,min_member\ng,1\n", File.ReadAllText(Scratch.Path("groups.csv")));
        Assert.False(File.Exists(Scratch.Path("nodes.csv")));
    }

    [Fact]
    public void Writing_again_removes_files_that_no_longer_belong()
    {
        var workload = new Workload([new("a", new PodSpec(), TimeSpan.Zero, null, 0)], [new("g", 1)]);
        NativeTraceWriter.Write(Scratch.Folder, workload, [new NodeSpec { Name = "n" }]);
        NativeTraceWriter.Write(Scratch.Folder, new Workload([new("a", new PodSpec(), TimeSpan.Zero, null)], []), []);
        Assert.Equal(["pods.csv"], Directory.GetFiles(Scratch.Folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    public void A_name_that_the_format_cannot_say_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => NativeTraceWriter.Write(Scratch.Folder, new Workload([new(name, new PodSpec(), TimeSpan.Zero, null)], []), []));

    [Fact]
    public void A_list_that_the_format_cannot_say_is_refused()
    {
        foreach (PodSpec spec in new[]
        {
            new PodSpec { GpuCount = 1, GpuMilliPerDevice = 1000, GpuModels = ["a|b"] }, new PodSpec { NodeSelector = [new("a=b", "c")] },
            new PodSpec { NodeSelector = [new("a", "c;d")] }, new PodSpec { Extended = [new("", 1)] },
        })
        {
            Assert.Throws<ArgumentException>(() => NativeTraceWriter.Write(Scratch.Folder, new Workload([new("p", spec, TimeSpan.Zero, null)], []), []));
        }
    }

    [Fact]
    public void Pods_alone_may_imply_their_groups_and_be_compressed()
    {
        TraceContents contents = Read("native", "name,arrival_seconds,cpu_milli,memory_bytes,group\na,0,1,1,g\nb,0,1,1,g\nc,0,1,1,\nd,0,1,1,h\n", name: "pods.csv.gz");
        Assert.Equal([new PodGroupSpec("g", 2), new PodGroupSpec("h", 1)], contents.Workload.Groups);
        Assert.Equal([0, 0, -1, 1], Pods(contents).Select(pod => pod.Group));
        Assert.Equal(2, contents.Report.Groups);
    }

    [Theory]
    [InlineData("a,0,1,1,g\nb,0,1,1,\nc,0,1,1,g\n", 4, "one after another")]
    [InlineData("a,0,1,1,g\nb,1,1,1,g\n", 3, "one instant")]
    public void Members_that_do_not_stand_together_are_rejected(string rows, int line, string words)
    {
        InputProblem problem = Reject("native", "name,arrival_seconds,cpu_milli,memory_bytes,group\n" + rows);
        Assert.Equal(line, problem.Line);
        Assert.Contains(words, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_is_not_listed_or_can_never_be_complete_is_rejected()
    {
        Scratch.File("pods.csv", "name,arrival_seconds,cpu_milli,memory_bytes,group\na,0,1,1,job-one\n");
        Scratch.File("groups.csv", "name,min_member\njob-on,1\n");
        InputProblem problem = Folder();
        Assert.Equal(("trace/pods.csv", 2, "group", "job-on"), (problem.File, problem.Line, problem.Field, problem.Nearest));
        Scratch.File("groups.csv", "name,min_member\njob-one,2\n");
        problem = Folder();
        Assert.Equal(("trace/groups.csv", 2, "min_member", "2"), (problem.File, problem.Line, problem.Field, problem.Value));

        InputProblem Folder() => Assert.Single(Assert.Throws<InputException>(
            () => TraceReaderCatalog.Get("native", "test").Read(Scratch.Folder, new TraceReadOptions { DisplayName = "trace" })).Problems);
    }

    [Fact]
    public void A_folder_without_pods_or_with_both_forms_is_rejected()
    {
        Assert.Contains("a folder with pods.csv", Folder(), StringComparison.Ordinal);
        Scratch.File("pods.csv", Header + "a,0,1,1,1\n");
        Scratch.File("pods.csv.gz", Header + "a,0,1,1,1\n");
        Assert.Contains("has both", Folder(), StringComparison.Ordinal);

        string Folder() => Assert.Throws<InputException>(() => TraceReaderCatalog.Get("native", "test").Read(Scratch.Folder, new TraceReadOptions())).Message;
    }

    [Fact]
    public void A_negative_first_arrival_is_shifted_and_counted()
    {
        TraceContents contents = Read("native", Header + "a,-5,1,1,1\nb,2.5,1,1,1\n");
        Assert.Equal([0, 7.5], Pods(contents).Select(pod => pod.Arrival.TotalSeconds));
        Assert.Equal((1L, -5m), (contents.Report.Count("negative-start"), contents.Report.StartSeconds));
        Assert.Equal([5, 7.5], Pods(Read("native", Header + "a,5,1,1,1\nb,7.5,1,1,1\n")).Select(pod => pod.Arrival.TotalSeconds));
    }

    [Theory]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,extended\na,0,1,1,x=0\n", "extended")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,extended\na,0,1,1,x=-1\n", "extended")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,extended\na,0,1,1,x=9223372036854775808\n", "extended")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,extended\na,0,1,1,x=1;x=2\n", "extended")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,extended\na,0,1,1,x\n", "extended")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,outcome\na,0,1,1,succeded\n", "outcome")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,priority\na,0,1,1,2147483648\n", "priority")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,max_per_node\na,0,1,1,-1\n", "max_per_node")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes\na,,1,1\n", "arrival_seconds")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes,gpu_count,gpu_milli\na,0,1,1,2,500\n", "gpu_milli")]
    public void A_bad_cell_is_rejected(string text, string field) => Assert.Equal((2, field), (Reject("native", text).Line, Reject("native", text).Field));

    [Fact]
    public void Nodes_without_capacity_or_without_room_for_pods_are_accepted()
    {
        NodeContents contents = ReadNodes("native", "name,cpu_milli,memory_bytes,pods,gpu_count,labels,extended\nzero,0,0,0,,,\nb,1,1,,2,zone=a;arch=x,gpu.example/x=0\n");
        Assert.Equal(new NodeSpec { Name = "zero", Pods = 0 }, contents.Nodes[0]);
        Assert.Equal(new NodeSpec { Name = "b", CpuMilli = 1, MemoryBytes = 1, Pods = 110, GpuCount = 2, Labels = [new("arch", "x"), new("zone", "a")], Extended = [new("gpu.example/x", 0)] }, contents.Nodes[1]);
    }
}
