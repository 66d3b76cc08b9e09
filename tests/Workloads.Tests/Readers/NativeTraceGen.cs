using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Tests.Readers;

/// <summary>Arbitrary traces that keep the contract of <see cref="Workload"/>.</summary>
internal static class NativeTraceGen
{
    private static readonly Gen<string> Word = Gen.Elements("a", "b-1", "x,y", "\"q\"", "=1+2", "-3", "é 日本", "A10", "nan", "#c", "o'n", "a\tb");

    private static readonly Gen<long> Amount = Gen.OneOf(Gen.Elements(0L, 1L, 1000L, 1L << 40), Gen.Choose(0, 1 << 20).Select(n => (long)n));

    private static readonly Gen<PodSpec> Spec =
        from amounts in Amount.ArrayOf(3)
        from gpus in Gen.Elements(0, 0, 1, 1, 2, 64)
        from share in Gen.Choose(1, 1000)
        from models in Word.ListOf().Resize(3)
        from extended in Word.ListOf().Resize(3)
        from labels in Word.ListOf().Resize(3)
        from app in Gen.Elements("", "web", "x,y")
        from limit in Gen.Elements(0, 1, int.MaxValue)
        from priority in Gen.Elements(0, -1, int.MinValue, int.MaxValue)
        select new PodSpec
        {
            CpuMilli = amounts[0],
            MemoryBytes = amounts[1],
            EphemeralStorageBytes = amounts[2],
            GpuCount = gpus,
            GpuMilliPerDevice = gpus == 0 ? 0 : gpus == 1 ? share : 1000,
            GpuModels = ValueList.Create<string>([.. models.Distinct().Order(StringComparer.Ordinal)]),
            Extended = ValueList.Create<ResourceAmount>([.. Keys(extended).Select(name => new ResourceAmount(name, 1 + amounts[0]))]),
            NodeSelector = ValueList.Create<Label>([.. Keys(labels).Select(key => new Label(key, app))]),
            App = app,
            MaxPerNode = limit,
            Priority = priority,
        };

    private static readonly Gen<TimeSpan?> Duration =
        Gen.OneOf(Gen.Constant<TimeSpan?>(null), Gen.Choose(1, int.MaxValue).Select(ticks => (TimeSpan?)new TimeSpan(ticks * 997L)));

    private static readonly Gen<NodeSpec> Node =
        from amounts in Amount.ArrayOf(3)
        from pods in Gen.Choose(0, 200)
        from gpus in Gen.Choose(0, 8)
        from model in Word
        from zone in Gen.Elements("", "a", "b c")
        from labels in Word.ListOf().Resize(3)
        select new NodeSpec
        {
            Name = "",
            CpuMilli = amounts[0],
            MemoryBytes = amounts[1],
            EphemeralStorageBytes = amounts[2],
            Pods = pods,
            GpuCount = gpus,
            GpuModel = gpus == 0 ? "" : model,
            Zone = zone,
            Labels = ValueList.Create<Label>([.. Keys(labels).Select(key => new Label(key, zone))]),
            Extended = ValueList.Create<ResourceAmount>([.. Keys(labels).Select(key => new ResourceAmount(key, amounts[2]))]),
        };

    /// <summary>A job: a pod or a group, some time after the job before it.</summary>
    private static readonly Gen<(int Gap, int Members, bool Grouped, PodSpec[] Specs, TimeSpan? Duration, bool Failed)> Job =
        from gap in Gen.Elements(0, 0, 1, 12_345_678, int.MaxValue)
        from members in Gen.Choose(1, 4)
        from grouped in Gen.Elements(true, false)
        from specs in Spec.ArrayOf(4)
        from duration in Duration
        from failed in Gen.Elements(true, false)
        select (gap, members, grouped, specs, duration, failed);

    /// <summary>A workload of at least one pod, and nodes.</summary>
    public static readonly Gen<(Workload Workload, IReadOnlyList<NodeSpec> Nodes)> Trace =
        from jobs in Job.NonEmptyListOf()
        from nodes in Node.ListOf()
        from word in Word
        select (Make(jobs, word), (IReadOnlyList<NodeSpec>)[.. nodes.Select((node, i) => node with { Name = $"{word}-{i}" })]);

    private static IEnumerable<string> Keys(IEnumerable<string> words) =>
        words.Where(word => !word.Contains('=')).Distinct().Order(StringComparer.Ordinal);

    private static Workload Make(IEnumerable<(int Gap, int Members, bool Grouped, PodSpec[] Specs, TimeSpan? Duration, bool Failed)> jobs, string word)
    {
        var pods = new List<PodArrival>();
        var groups = new List<PodGroupSpec>();
        var now = TimeSpan.Zero;
        foreach ((int gap, int members, bool grouped, PodSpec[] specs, TimeSpan? duration, bool failed) in jobs)
        {
            now += new TimeSpan(gap);
            int group = grouped ? groups.Count : -1;
            if (grouped) groups.Add(new PodGroupSpec($"{word}-g{group}", members));
            for (int i = 0; i < (grouped ? members : 1); i++)
            {
                pods.Add(new PodArrival($"{word}-{pods.Count}", specs[i], now, duration, group, failed ? PodOutcome.Failed : PodOutcome.Succeeded));
            }
        }

        return new Workload([.. pods], [.. groups]);
    }
}
