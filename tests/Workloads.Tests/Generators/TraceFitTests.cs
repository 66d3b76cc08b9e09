using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Generators;
using SchedBench.Workloads.Generators.Fitting;
using SchedBench.Workloads.Inspection;
using SchedBench.Workloads.Readers;

namespace SchedBench.Workloads.Tests.Generators;

public sealed class TraceFitTests
{
    private static readonly TraceFitOptions Named = new() { Name = "fitted" };

    [Theory]
    [InlineData(ArrivalProcess.Poisson, 1.0)]
    [InlineData(ArrivalProcess.Gamma, 0.4)]
    [InlineData(ArrivalProcess.Weibull, 0.6)]
    [InlineData(ArrivalProcess.Weibull, 2.5)]
    public void The_arrival_process_of_a_generated_trace_is_found_again(ArrivalProcess process, double shape)
    {
        TraceFitResult fit = Fit(A.Trace(20_000, A.Every(30, process, shape)));
        Assert.Equal(30, fit.Options.Arrivals.MeanInterarrival!.Value.TotalSeconds, 2.5);
        if (process == ArrivalProcess.Poisson)
        {
            // The wider families contain this one, so their shape must come out as 1 whichever wins.
            Assert.All(fit.Report.Gaps!.Fits.Skip(1), other => Assert.True(other.Aic - fit.Report.Gaps.Best.Aic < 10));
            Assert.Equal(1, fit.Options.Arrivals.Shape, 0.03);
            return;
        }

        Assert.Equal((process, shape), (fit.Options.Arrivals.Process, Math.Round(fit.Options.Arrivals.Shape, 1)));
        Assert.InRange(fit.Report.Gaps!.Best.KolmogorovSmirnov, 0, 0.02);
    }

    [Theory]
    [InlineData("exponential(mean=500)", "exponential")]
    [InlineData("weibull(shape=0.5, scale=300)", "weibull")]
    [InlineData("lognormal(median=600, sigma=1.5)", "lognormal")]
    public void The_lifetimes_of_a_generated_trace_are_found_again(string lifetime, string family)
    {
        TraceFitResult fit = Fit(A.Trace(20_000, lifetime: A.Drawn(lifetime)));
        DistributionFit best = fit.Report.Lifetimes!.Best;
        if (family != "exponential") Assert.Equal(family, best.Distribution.Name);
        Assert.Equal(A.Drawn(lifetime).Distribution.Mean, best.Distribution.Mean, 0.1 * A.Drawn(lifetime).Distribution.Mean);
        Assert.InRange(best.KolmogorovSmirnov, 0, 0.02);
        Assert.Equal(3, fit.Report.Lifetimes.Fits.Count);
        Assert.True(fit.Report.Lifetimes.Fits.Zip(fit.Report.Lifetimes.Fits.Skip(1), (a, b) => a.Aic <= b.Aic).All(ordered => ordered));
    }

    [Fact]
    public void A_daily_cycle_is_found_again_and_does_not_pass_for_clustering()
    {
        var daily = DailyCycleOptions.Wave(TimeSpan.FromDays(1), 0.7, TimeSpan.FromHours(14));
        TraceFitResult fit = Fit(A.Trace(30_000, A.Every(30) with { Daily = daily }));
        Assert.Equal(0.7, fit.Report.DailyAmplitude!.Value, 0.1);
        for (int hour = 0; hour < 24; hour++) Assert.Equal(daily.Weights[hour], fit.Options.Arrivals.Daily!.Weights[hour], 0.15);
        Assert.Equal(1, fit.Options.Arrivals.Shape, 0.03);
    }

    [Fact]
    public void Classes_groups_failures_and_pools_come_out_as_they_occur()
    {
        var grouped = A.Class("g", weight: 1, gpus: 2) with { GroupShare = 0.5, GroupSize = A.Drawn("empirical(values=2|8, weights=3|1)", 2, 8), FailedShare = 0.25 };
        TraceFitResult fit = Fit(A.Trace(20_000, lifetime: A.Drawn("exponential(mean=60)"), classes: [A.Class("small", weight: 3, cpuMilli: 250), grouped]));
        Assert.Equal([250, 1000], fit.Options.Classes.Select(kind => kind.CpuMilli.Amount));
        Assert.Equal(["class-1", "class-2"], fit.Options.Classes.Select(kind => kind.Name));
        Assert.Equal(1, fit.Report.ClassCoverage);
        Assert.Equal(3, fit.Options.Classes[0].Weight / fit.Options.Classes[1].Weight, 0.2);
        DemandClassOptions found = fit.Options.Classes[1];
        Assert.Equal(2, found.Template.GpuCount);
        Assert.Equal(0.5, found.GroupShare, 0.03);
        Assert.Equal(0.25, found.FailedShare, 0.03);
        Assert.Equal([2.0, 8.0], found.GroupSize!.Distribution.Parameters[0].Value.Take(2));
        NodePoolOptions pool = Assert.Single(fit.Options.Fleet);
        Assert.Equal((10, 16_000L), (pool.Count, pool.Template.CpuMilli));
    }

    [Fact]
    public void What_is_fitted_is_written_read_and_generates_a_trace_of_the_same_load()
    {
        SyntheticTraceOptions original = A.Trace(
            20_000, new ArrivalOptions { OfferedLoad = new OfferedLoadOptions(LoadResource.Cpu, 0.8) }, A.Drawn("lognormal(median=60, sigma=1)"), A.Class("a"), A.Class("b", cpuMilli: 3000, gpus: 1));
        TraceFitResult fit = Fit(original);
        SyntheticTraceOptions read = SyntheticTraceFile.Parse(SyntheticTraceFile.Write(fit.Options, ["fitted"]), "fitted.yaml");
        SyntheticTraceContents again = SyntheticTrace.Generate(read);
        TraceInspection inspection = TraceInspection.Of(again.Workload, again.Nodes);
        foreach ((string resource, double recorded, double modelled) in fit.Report.Loads)
        {
            Assert.Equal(recorded, modelled, 0.05 * recorded);
            Assert.Equal(recorded, inspection.OfferedLoads.Single(load => load.Resource == resource).Load!.Value, 0.06 * recorded);
        }

        Assert.Equal(["cpu_milli", "memory_bytes", "gpu_milli"], fit.Report.Loads.Select(load => load.Resource));
    }

    [Fact]
    public void Rare_requests_beyond_the_limit_are_left_out_and_their_share_is_reported()
    {
        DemandClassOptions[] kinds = [.. Enumerable.Range(1, 50).Select(i => A.Class($"c{i}", weight: i, cpuMilli: i))];
        SyntheticTraceContents trace = SyntheticTrace.Generate(A.Trace(5_000, classes: kinds));
        TraceFitResult fit = TraceFit.Fit(trace.Workload, [], Named with { MostClasses = 25 });
        Assert.Equal(25, fit.Options.Classes.Count);
        Assert.Equal(0.745, fit.Report.ClassCoverage, 0.03);
        Assert.Empty(fit.Report.Loads);
    }

    [Fact]
    public void Degenerate_traces_are_fitted_without_figures_that_are_none()
    {
        // All together; one pod; equal gaps and equal lifetimes; all running on.
        var spec = new PodSpec { CpuMilli = 1 };
        PodArrival[] together = [new("a", spec, TimeSpan.Zero, null), new("b", spec, TimeSpan.Zero, null)];
        TraceFitResult fit = TraceFit.Fit(new Workload(together, []), [], Named);
        Assert.Equal((ArrivalProcess.Together, null, null, 2), (fit.Options.Arrivals.Process, fit.Report.Gaps, fit.Options.Lifetime, fit.Report.Censored));
        Assert.Equal(ArrivalProcess.Together, TraceFit.Fit(new Workload([together[0]], []), [], Named).Options.Arrivals.Process);

        PodArrival[] even = [.. Enumerable.Range(0, 100).Select(i => new PodArrival($"p{i}", spec, TimeSpan.FromSeconds(10 * i), TimeSpan.FromSeconds(5)))];
        fit = TraceFit.Fit(new Workload(even, []), [], Named);
        Assert.All(fit.Report.Gaps!.Fits.Concat(fit.Report.Lifetimes!.Fits), figures => Assert.True(double.IsFinite(figures.Aic) && double.IsFinite(figures.KolmogorovSmirnov)));
        Assert.Equal(5, SyntheticTrace.Generate(fit.Options).Workload.Pods.ToArray().Average(pod => pod.Duration!.Value.TotalSeconds), 0.05);
        Assert.Throws<InputException>(() => TraceFit.Fit(new Workload([], []), [], Named));
    }

    [Fact]
    public void A_trace_that_options_cannot_say_is_refused_by_name()
    {
        var spec = new PodSpec { GpuCount = 1, GpuMilliPerDevice = 1000, GpuModels = ["Tesla V100"] };
        var workload = new Workload([new("a", spec, TimeSpan.Zero, null)], []);
        Assert.Equal("spec.classes[0].gpuModels", Assert.Single(Assert.Throws<InputException>(() => TraceFit.Fit(workload, [], Named)).Problems).Field);
        workload = new Workload([new("a", new PodSpec(), TimeSpan.Zero, null)], []);
        Assert.Equal("metadata.name", Assert.Single(Assert.Throws<InputException>(() => TraceFit.Fit(workload, [], new TraceFitOptions { Name = "My trace" })).Problems).Field);
    }

    [Fact]
    public void The_figures_are_tables_too()
    {
        IReadOnlyList<InspectionTable> tables = TraceFitTables.Of(Fit(A.Trace(500, lifetime: A.Drawn("exponential(mean=60)"))));
        Assert.Equal(4, tables.Count);
        Assert.All(tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count)));
    }

    [SkippableTheory]
    [InlineData("swf", "nasa-ipsc-swf/NASA-iPSC-1993-3.1-cln.swf.gz")]
    [InlineData("philly", "philly/philly.csv")]
    [InlineData("alibaba-dlrm-2025", "alibaba-gpu-2025-dlrm/disaggregated_DLRM_trace.csv")]
    public void Real_traces_give_options_that_can_be_written_read_and_generated(string format, string file)
    {
        TraceContents trace = TraceReaderCatalog.Get(format, "test").Read(SharedTraces.Path(file), new TraceReadOptions());
        TraceFitResult fit = TraceFit.Fit(trace.Workload, [], Named);
        Assert.InRange(fit.Report.ClassCoverage, 0.9, 1);
        Assert.InRange(fit.Report.Lifetimes!.Best.KolmogorovSmirnov, 0.001, 0.3);
        SyntheticTraceOptions read = SyntheticTraceFile.Parse(SyntheticTraceFile.Write(fit.Options), "fitted.yaml");
        Workload again = SyntheticTrace.Generate(read with { Pods = 2000 }).Workload;
        Assert.Equal(2000, again.Pods.Length);
        Assert.Equal(trace.Workload.Groups.Count > 0, again.Groups.Count > 0);
    }

    private static TraceFitResult Fit(SyntheticTraceOptions options)
    {
        SyntheticTraceContents trace = SyntheticTrace.Generate(options);
        return TraceFit.Fit(trace.Workload, trace.Nodes, Named);
    }
}
