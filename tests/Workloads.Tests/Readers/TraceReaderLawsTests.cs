using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests.Readers;

/// <summary>The laws that every reader of the catalogs obeys; a newcomer needs a sample here and is then tried like the others.</summary>
public sealed class TraceReaderLawsTests : TraceReaderFixture
{
    private static readonly Dictionary<string, string> Samples = new(StringComparer.Ordinal)
    {
        ["openb"] =
            "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n" +
            "p0,12000,16384,1,1000,,LS,Running,0,1200,0\np1,6000,12288,1,460,V100|T4,LS,Failed,427,1900,430\np2,500,64,0,0,,BE,Pending,500,600,\n",
        ["swf"] =
            "; Version: 2.2\n; MaxProcs: 8\n1 0 -1 1451 4 -1 -1 -1 -1 -1 -1 1 1 -1 -1 -1 -1 -1\n" +
            "2 60 5 3726 1 12.5 2048 1 4000 4096 1 1 1 2 -1 -1 -1 -1\n3 61 5 -1 2 -1 -1 2 -1 -1 0 1 1 2 -1 -1 -1 -1\n",
        ["philly"] = "timestamp,duration,num_gpus,gpu_time,cluster\n2017-10-09 07:01:55,66.0,1,66.0,a\n2017-10-09 06:13:03,2951.5,20,1,b\n",
        ["alibaba-dlrm-2025"] =
            "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit,memory_request,memory_limit,disk_request,disk_limit," +
            "max_instance_per_node,creation_time,scheduled_time,deletion_time\n" +
            "i0,HN,app_0,12,12,1,1,25,25,120.0,120.0,640.0,800.0,8,,,\ni1,CN,app_1,8.5,8,0,0,0,0,40.0,40.0,85.0,100.0,-1,10.5,12,90\n",
        ["native"] =
            "name,arrival_seconds,duration_seconds,group,cpu_milli,memory_bytes,gpu_count,gpu_milli,gpu_models,extended\n" +
            "a,0,10.5,,500,1048576,0,,,\nb,1.25,,g,500,1,1,250,M32|S24,example.com/x=2\nc,1.25,,g,500,1,2,,,\n",
        ["synthetic"] =
            "apiVersion: schedbench/v1\nkind: SyntheticTrace\nmetadata: { name: t }\nspec:\n  pods: 5\n  fleet: [{ name: node, count: 2, cpu: \"4\", memory: 8Gi }]\n" +
            "  arrivals: { process: poisson, meanInterarrival: 10s }\n  lifetime: { distribution: exponential, mean: 60 }\n  classes:\n    - { name: a, cpu: 500m, memory: 1Gi }\n",
    };

    public static TheoryData<string> Formats => [.. TraceReaderCatalog.All.Select(reader => reader.Format)];

    [Fact]
    public void Every_reader_is_tried_and_found_by_its_name()
    {
        Assert.Equal(TraceReaderCatalog.All.Select(reader => reader.Format).Order(StringComparer.Ordinal), Samples.Keys.Order(StringComparer.Ordinal));
        Assert.All(TraceReaderCatalog.All, reader => Assert.Same(reader, TraceReaderCatalog.Get(reader.Format, "test")));
        Assert.All(TraceReaderCatalog.All, reader => Assert.NotEmpty(reader.Summary));
        Assert.All(NodeReaderCatalog.All, reader => Assert.Same(reader, NodeReaderCatalog.Find(reader.Format, out _)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_workload_keeps_its_contract(string format)
    {
        foreach (TraceReadOptions options in new[] { new TraceReadOptions(), new TraceReadOptions { IgnoreTimes = true } })
        {
            TraceContents contents = Read(format, Samples[format], options);
            PodArrival[] pods = Pods(contents);
            Assert.NotEmpty(pods);
            Assert.Equal(pods.OrderBy(pod => pod.Arrival), pods);
            Assert.Equal(pods.Length, pods.Select(pod => pod.Name).Distinct().Count());
            Assert.All(pods, pod =>
            {
                Assert.True(pod.Arrival >= TimeSpan.Zero && (pod.Duration is null || pod.Duration > TimeSpan.Zero));
                Assert.InRange(pod.Group, -1, contents.Workload.Groups.Count - 1);
                Assert.Equal(pod.Spec.GpuCount == 0, pod.Spec.GpuMilliPerDevice == 0);
                if (options.IgnoreTimes) Assert.Equal((TimeSpan.Zero, (TimeSpan?)null), (pod.Arrival, pod.Duration));
            });
            for (int group = 0; group < contents.Workload.Groups.Count; group++)
            {
                int[] members = [.. Enumerable.Range(0, pods.Length).Where(i => pods[i].Group == group)];
                Assert.Equal(members.Length, members[^1] - members[0] + 1);
                Assert.Single(members.Select(i => pods[i].Arrival).Distinct());
                Assert.InRange(contents.Workload.Groups[group].MinMember, 1, members.Length);
            }

            Assert.Equal((format, pods.Length, contents.Workload.Groups.Count), (contents.Report.Format, contents.Report.Pods, contents.Report.Groups));
            Assert.Equal(InputFile.Sha256Hex(Scratch.Path("trace.csv")), Assert.Single(contents.Report.Files).Sha256Hex);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Compression_marks_and_line_ends_make_no_difference(string format)
    {
        PodArrival[] plain = Pods(Read(format, Samples[format]));
        Assert.Equal(plain, Pods(Read(format, "\uFEFF" + Samples[format].Replace("\n", "\r\n", StringComparison.Ordinal))));
        Assert.Equal(plain, Pods(Read(format, Samples[format], name: "trace.gz")));
        Assert.Equal(plain, Pods(Read(format, Samples[format].TrimEnd('\n'))));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Reading_twice_gives_the_same(string format)
    {
        TraceContents one = Read(format, Samples[format]), two = Read(format, Samples[format]);
        Assert.Equal(Pods(one), Pods(two));
        Assert.Equal(one.Report.Notes.Select(note => (note.Code, note.Count)), two.Report.Notes.Select(note => (note.Code, note.Count)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Strict_reading_either_changes_nothing_or_refuses(string format)
    {
        TraceContents lenient = Read(format, Samples[format]);
        bool clean = lenient.Report.Notes.All(note => note.Kind == ReadNoteKind.Warning);
        var strict = new TraceReadOptions { Strict = true };
        if (clean)
        {
            Assert.Equal(Pods(lenient), Pods(Read(format, Samples[format], strict)));
            return;
        }

        InputException e = Assert.Throws<InputException>(() => Read(format, Samples[format], strict));
        Assert.Equal(lenient.Report.Notes.Where(note => note.Kind != ReadNoteKind.Warning).Sum(note => note.Count), e.Problems.Count);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_no_text_is_refused(string format)
    {
        foreach (byte[] bytes in new byte[][] { [], [0], [0xFF, 0xFE], [.. "PK\x03\x04"u8], [.. Encoding.Unicode.GetBytes(Samples[format])], [0x1F, 0x8B, 8], [.. "a\rb"u8], [0xC3, 0x28] })
        {
            File.WriteAllBytes(Scratch.Path("bytes"), bytes);
            InputException e = Assert.Throws<InputException>(() => TraceReaderCatalog.Get(format, "test").Read(Scratch.Path("bytes"), new TraceReadOptions { DisplayName = "bytes" }));
            Assert.All(e.Problems, problem => Assert.Equal("bytes", problem.File));
        }

        Assert.Throws<InputException>(() => TraceReaderCatalog.Get(format, "test").Read(Scratch.Path("missing"), new TraceReadOptions()));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Damaged_files_are_read_or_refused_and_never_anything_else(string format)
    {
        byte[] sound = Encoding.UTF8.GetBytes(Samples[format]);
        byte[] spare = [.. "\0\r\n,;\"-.0123456789eE:|= \tNaN"u8, 0xC3, 0xFF];
        Gen<byte[]> damaged =
            from cuts in Gen.Choose(0, 3)
            from edits in (from at in Gen.Choose(0, sound.Length - 1) from kind in Gen.Choose(0, 2) from with in Gen.Elements(spare) select (at, kind, with)).ListOf(cuts + 1)
            select Damage(sound, edits);
        Prop.ForAll(damaged.ToArbitrary(), bytes =>
        {
            File.WriteAllBytes(Scratch.Path("damaged"), bytes);
            foreach (TraceReadOptions options in new[] { new TraceReadOptions(), new TraceReadOptions { Strict = true }, new TraceReadOptions { IgnoreTimes = true } })
            {
                try
                {
                    TraceContents contents = TraceReaderCatalog.Get(format, "test").Read(Scratch.Path("damaged"), options);
                    Assert.Equal(contents.Workload.Pods.Length, contents.Report.Pods);
                }
                catch (InputException e)
                {
                    Assert.NotEmpty(e.Problems);
                    Assert.All(e.Problems, problem => Assert.NotEmpty(problem.Expected));
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(400));
    }

    private static byte[] Damage(byte[] sound, IEnumerable<(int At, int Kind, byte With)> edits)
    {
        var bytes = sound.ToList();
        foreach ((int at, int kind, byte with) in edits)
        {
            int place = Math.Min(at, bytes.Count - 1);
            if (kind == 0) bytes[place] = with;
            else if (kind == 1) bytes.Insert(place, with);
            else bytes.RemoveAt(place);
        }

        return [.. bytes];
    }
}
