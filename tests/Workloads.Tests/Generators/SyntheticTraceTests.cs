using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Generators;

namespace SchedBench.Workloads.Tests.Generators;

public sealed class SyntheticTraceTests
{
    [Fact]
    public void Equal_options_give_equal_traces_and_another_seed_another_one()
    {
        SyntheticTraceOptions options = A.Trace(lifetime: A.Drawn("lognormal(median=60, sigma=1)"), classes: [A.Class("a"), A.Class("b", cpuMilli: 2000)]);
        Assert.Equal(Pods(options), Pods(options));
        Assert.NotEqual(Pods(options), Pods(options with { Seed = 2 }));
    }

    [Fact]
    public void Adding_a_class_moves_no_arrival_and_no_lifetime()
    {
        SyntheticTraceOptions before = A.Trace(lifetime: A.Drawn("weibull(shape=0.7, scale=60)"), classes: [A.Class("a"), A.Class("b", cpuMilli: 2000)]);
        SyntheticTraceOptions after = before with { Classes = [.. before.Classes, A.Class("c", weight: 5, cpuMilli: 4000)] };
        Assert.Equal(Pods(before).Select(pod => (pod.Arrival, pod.Duration)), Pods(after).Select(pod => (pod.Arrival, pod.Duration)));
        Assert.NotEqual(Pods(before).Select(pod => pod.Spec), Pods(after).Select(pod => pod.Spec));
    }

    [Fact]
    public void More_pods_leave_the_first_ones_as_they_were() =>
        Assert.Equal(
            Pods(A.Trace(100)).Select(pod => (pod.Arrival, pod.Spec)),
            Pods(A.Trace(1000)).Take(100).Select(pod => (pod.Arrival, pod.Spec)));

    [Theory]
    [InlineData(ArrivalProcess.Poisson, 1.0, 1.0)]
    [InlineData(ArrivalProcess.Gamma, 0.25, 2.0)]
    [InlineData(ArrivalProcess.Gamma, 4.0, 0.5)]
    [InlineData(ArrivalProcess.Weibull, 0.5, 2.23606797749979)]
    public void Gaps_have_the_mean_and_the_variation_of_their_process(ArrivalProcess process, double shape, double variation)
    {
        PodArrival[] pods = Pods(A.Trace(40_000, A.Every(10, process, shape)));
        double[] gaps = [.. pods.Zip(pods.Skip(1), (a, b) => (b.Arrival - a.Arrival).TotalSeconds)];
        double mean = gaps.Average(), deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        Assert.Equal(10, mean, 10 * variation * 5 / Math.Sqrt(gaps.Length));
        Assert.Equal(variation, deviation / mean, 0.08 * variation);
    }

    [Fact]
    public void A_daily_cycle_moves_arrivals_within_the_day_and_keeps_their_mean()
    {
        var options = A.Every(10) with { Daily = DailyCycleOptions.Wave(TimeSpan.FromDays(1), 0.8, TimeSpan.FromHours(14)) };
        PodArrival[] pods = Pods(A.Trace(8640 * 10, options));
        double[] hours = new double[24];
        foreach (PodArrival pod in pods) hours[(int)pod.Arrival.TotalHours % 24]++;
        Assert.Equal(10 * 24, pods[^1].Arrival.TotalHours, 3.0);
        for (int hour = 0; hour < 24; hour++) Assert.Equal(options.Daily.Weights[hour], hours[hour] / (pods.Length / 24.0), 0.1);
        Assert.Equal(1.8, options.Daily.Weights.Max(), 0.02);
        Assert.Equal(24, options.Daily.Weights.Sum(), 1e-4);
    }

    [Fact]
    public void Nothing_arrives_in_parts_of_weight_zero()
    {
        var options = A.Every(10) with { Daily = new DailyCycleOptions(TimeSpan.FromHours(2), [1, 0]) };
        Assert.All(Pods(A.Trace(5000, options)), pod => Assert.True(pod.Arrival.TotalHours % 2 < 1));
    }

    [Fact]
    public void Bursts_cluster_arrivals_and_keep_their_mean()
    {
        var calm = A.Trace(100_000, A.Every(10));
        var bursty = calm with { Arrivals = calm.Arrivals with { Bursts = new BurstOptions(20, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(55)) } };
        Assert.Equal(10, Pods(bursty)[^1].Arrival.TotalSeconds / 100_000, 1.0);
        Assert.InRange(Dispersion(Pods(calm)), 0.8, 1.2);
        Assert.True(Dispersion(Pods(bursty)) > 5);

        // Variance over mean of the arrivals in five minutes.
        static double Dispersion(PodArrival[] pods)
        {
            int[] counts = new int[(int)(pods[^1].Arrival.TotalMinutes / 5) + 1];
            foreach (PodArrival pod in pods) counts[(int)(pod.Arrival.TotalMinutes / 5)]++;
            double mean = counts.Average();
            return counts.Average(count => (count - mean) * (count - mean)) / mean;
        }
    }

    [Theory]
    [InlineData(LoadResource.Cpu)]
    [InlineData(LoadResource.Memory)]
    [InlineData(LoadResource.Gpu)]
    public void The_load_asked_for_is_offered(LoadResource resource)
    {
        var grouped = A.Class("grouped", cpuMilli: 500, gpus: 1) with { GroupShare = 0.5, GroupSize = A.Drawn("uniform(min=2, max=6)", 2, 6) };
        var shared = A.Class("shared", gpus: 1) with { GpuMilli = Demand.DrawnGpuMilli(A.Drawn("uniform(min=100, max=900)", 100, 900)), Lifetime = A.Drawn("exponential(mean=30)") };
        SyntheticTraceOptions options = A.Trace(50_000, new ArrivalOptions { OfferedLoad = new OfferedLoadOptions(resource, 0.85) }, A.Drawn("gamma(shape=2, mean=60)"), grouped, shared, A.Class("cpu"));
        SyntheticTraceContents contents = SyntheticTrace.Generate(options);
        double load = Workloads.Inspection.TraceInspection.Of(contents.Workload, contents.Nodes).OfferedLoads
            .Single(figures => figures.Resource.StartsWith(resource.ToString(), StringComparison.OrdinalIgnoreCase)).Load!.Value;
        Assert.Equal(0.85, load, 0.02);
    }

    [Fact]
    public void Groups_stand_together_share_their_life_and_the_last_is_cut_to_fit()
    {
        var grouped = A.Class("g") with { GroupShare = 1, GroupSize = A.Drawn("constant(value=4)", 2, 4) };
        Workload workload = SyntheticTrace.Generate(A.Trace(10, lifetime: A.Drawn("exponential(mean=60)"), classes: [grouped])).Workload;
        Assert.Equal([new PodGroupSpec("job-0", 4), new PodGroupSpec("job-1", 4), new PodGroupSpec("job-2", 2)], workload.Groups);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 2, 2], workload.Pods.ToArray().Select(pod => pod.Group));
        Assert.All(workload.Pods.ToArray().GroupBy(pod => pod.Group), group => Assert.Single(group.Select(pod => (pod.Arrival, pod.Duration, pod.Spec)).Distinct()));
        Assert.Equal(-1, Pods(A.Trace(9, classes: [grouped]))[^1].Group);
    }

    [Fact]
    public void Drawn_demands_are_rounded_up_to_steps_and_share_specs()
    {
        var drawn = A.Class("d", gpus: 1) with
        {
            CpuMilli = Demand.DrawnCpuMilli(A.Drawn("exponential(mean=300)", 1, 2000)),
            MemoryBytes = Demand.DrawnMemoryMib(A.Drawn("lognormal(median=3, sigma=0.5)", 0.5, 8)),
            GpuMilli = Demand.DrawnGpuMilli(A.Drawn("uniform(min=1, max=1000)", 1, 1000)),
        };
        PodArrival[] pods = Pods(A.Trace(5000, classes: [drawn]));
        Assert.All(pods, pod =>
        {
            Assert.True(pod.Spec.CpuMilli % 10 == 0 && pod.Spec.CpuMilli is >= 10 and <= 2000);
            Assert.True(pod.Spec.MemoryBytes % (1 << 20) == 0 && pod.Spec.MemoryBytes is >= 1 << 20 and <= 8 << 20);
            Assert.True(pod.Spec.GpuMilliPerDevice % 10 == 0 && pod.Spec.GpuMilliPerDevice is >= 10 and <= 1000);
        });
        Assert.Equal(pods.Select(pod => pod.Spec).Distinct().Count(), pods.Select(pod => pod.Spec).Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public void Shares_come_out_as_stated()
    {
        var failing = A.Class("f", weight: 3) with { FailedShare = 0.2 };
        PodArrival[] pods = Pods(A.Trace(50_000, classes: [failing, A.Class("other", weight: 1, cpuMilli: 5), A.Class("never", weight: 0, cpuMilli: 7)]));
        Assert.Equal(0.15, pods.Count(pod => pod.Outcome == PodOutcome.Failed) / 50_000.0, 0.01);
        Assert.Equal(0.25, pods.Count(pod => pod.Spec.CpuMilli == 5) / 50_000.0, 0.01);
        Assert.DoesNotContain(pods, pod => pod.Spec.CpuMilli == 7);
    }

    [Fact]
    public void Times_are_whole_steps_and_no_lifetime_is_zero()
    {
        SyntheticTraceOptions options = A.Trace(2000, lifetime: A.Drawn("exponential(mean=0.01)")) with { TimeStep = TimeSpan.FromSeconds(1) };
        Assert.All(Pods(options), pod =>
        {
            Assert.Equal(0, pod.Arrival.Ticks % TimeSpan.TicksPerSecond);
            Assert.Equal(TimeSpan.FromSeconds(1), pod.Duration);
        });
    }

    [Fact]
    public void Nodes_are_numbered_and_dealt_to_their_zones()
    {
        var pool = new NodePoolOptions("big", 11, new NodeSpec { Name = "", CpuMilli = 5 }, ["a", "b", "c"]);
        IReadOnlyList<NodeSpec> nodes = SyntheticTrace.Nodes(A.Trace() with { Fleet = [pool] });
        Assert.Equal(["big-00", "big-01", "big-10"], [nodes[0].Name, nodes[1].Name, nodes[10].Name]);
        Assert.Equal(["a", "b", "c", "a"], nodes.Take(4).Select(node => node.Zone));
    }

    [Fact]
    public void Every_generated_workload_keeps_the_contract() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<ulong>(), Gen.Choose(1, 300).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(),
            (seed, pods, share) =>
            {
                var grouped = A.Class("g", gpus: 2) with { GroupShare = share / 100.0, GroupSize = A.Drawn("uniform(min=2, max=9)", 2, 9) };
                SyntheticTraceOptions options = A.Trace(pods, A.Every(0.01, ArrivalProcess.Weibull, 0.3), A.Drawn("pareto(min=1, shape=1.1)", 0, 1000), grouped, A.Class("s")) with { Seed = seed };
                Workload workload = SyntheticTrace.Generate(options).Workload;
                PodArrival[] made = workload.Pods.ToArray();
                Assert.Equal(pods, made.Length);
                Assert.Equal(pods, made.Select(pod => pod.Name).Distinct().Count());
                Assert.Equal(made.OrderBy(pod => pod.Arrival).Select(pod => pod.Name), made.Select(pod => pod.Name));
                foreach (IGrouping<int, PodArrival> group in made.Where(pod => pod.Group >= 0).GroupBy(pod => pod.Group))
                {
                    int first = Array.IndexOf(made, group.First());
                    Assert.Equal(group.Key, made[first + workload.Groups[group.Key].MinMember - 1].Group);
                    Assert.Equal(workload.Groups[group.Key].MinMember, group.Count());
                }
            })
        .Check(Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL));

    private static PodArrival[] Pods(SyntheticTraceOptions options) => SyntheticTrace.Generate(options).Workload.Pods.ToArray();
}
