using SchedBench.Chaos.Models;
using SchedBench.Core.Randomness;

namespace SchedBench.Chaos.Tests;

/// <summary>Failures by model: their rate, their start, lemons, bursts.</summary>
public sealed class RenewalTests
{
    private const double Year = 31_557_600;

    [Theory]
    [InlineData("exponential(mean=100)", 100)]
    [InlineData("constant(value=100)", 50)]
    [InlineData("uniform(min=0, max=120)", 40)]
    [InlineData("weibull(shape=0.7, mean=100)", 154.8)]
    [InlineData("gamma(shape=0.5, mean=100)", 150)]
    [InlineData("lognormal(median=100, sigma=1)", 224.1)]
    [InlineData("pareto(shape=4, mean=100)", 56.25)]
    [InlineData("empirical(values=10|100, weights=1|1)", 45.909)]
    public void A_residual_life_has_the_mean_of_renewal_theory(string text, double mean)
    {
        // E[X²] / 2E[X].
        Distribution life = DistributionCatalog.TryParse(text, out _)!;
        Draw draw = Draw.Stream(1, "test");
        double sum = 0;
        const int Samples = 200_000;
        for (ulong n = 0; n < Samples; n++) sum += life.Residual(draw.Uniform(0, n), draw.Uniform(1, n));
        Assert.InRange(sum / Samples, mean * 0.97, mean * 1.03);
    }

    [Fact]
    public void A_stationary_process_fails_as_often_in_its_first_month_as_later_and_one_of_new_nodes_three_times_as_often()
    {
        FailureModel model = FailurePresets.Find("dean-2008")!.Model();
        double month = Year / 12, expected = 20_000 * 0.56 / 12;
        Assert.InRange(Failures(model, 20_000, month), expected * 0.9, expected * 1.1);
        Assert.InRange(Failures(model with { IsStationary = false }, 20_000, month), expected * 2.5, expected * 3.7);
    }

    [Fact]
    public void Some_units_are_in_repair_when_a_stationary_run_begins()
    {
        var model = new FailureModel("m", DistributionCatalog.TryParse("exponential(mean=300)", out _)!, DistributionCatalog.TryParse("exponential(mean=100)", out _)!);
        var process = new RenewalProcess(model, 1, "s", 1000);
        int down = Enumerable.Range(0, 10_000).Count(unit => process.OutagesOf((ulong)unit).FirstOrDefault(new Outage(1, 0)).At == 0);
        Assert.InRange(down, 2350, 2650);
    }

    [Fact]
    public void Lemons_fail_more_often_and_the_rate_of_all_stays()
    {
        FailureModel plain = FailurePresets.Find("gpu-rsc-1")!.Model() with { LemonShape = 0 }, lemons = FailurePresets.Find("gpu-rsc-1")!.Model();
        double all = Failures(plain, 5000, Year), withLemons = Failures(lemons, 5000, Year);
        Assert.InRange(withLemons / all, 0.9, 1.1);
        var process = new RenewalProcess(lemons, 1, "s", Year);
        int[] sorted = [.. Enumerable.Range(0, 5000).Select(unit => process.OutagesOf((ulong)unit).Count()).OrderDescending()];
        // The worst tenth has nearly half of the failures: by equal nodes it would have a quarter.
        Assert.InRange(sorted.Take(500).Sum() / (double)sorted.Sum(), 0.38, 0.55);
    }

    [Fact]
    public void Bursts_cluster_failures_and_the_rate_of_all_stays()
    {
        FailureModel plain = FailurePresets.Find("gpu-llama3")!.Model();
        FailureModel bursty = plain with { Bursts = new BurstModel(50, 3600, 36_000) };
        Assert.InRange(Failures(bursty, 5000, Year) / Failures(plain, 5000, Year), 0.85, 1.15);
        Assert.True(Dispersion(bursty) > 2 * Dispersion(plain));

        static double Dispersion(FailureModel model)
        {
            var process = new RenewalProcess(model, 1, "s", Year);
            var hours = new double[(int)(Year / 3600)];
            for (int unit = 0; unit < 5000; unit++)
            {
                foreach (Outage outage in process.OutagesOf((ulong)unit)) hours[Math.Min(hours.Length - 1, (int)(outage.At / 3600))]++;
            }

            double mean = hours.Average();
            return hours.Average(hour => (hour - mean) * (hour - mean)) / mean;
        }
    }

    [Fact]
    public void Every_preset_can_be_drawn()
    {
        foreach (FailurePreset preset in FailurePresets.All) Assert.True(preset.Model().TimeToFailure.Mean > 1_000_000, preset.Name);
        Assert.Equal(15, FailurePresets.All.Select(preset => preset.Name).Distinct(StringComparer.Ordinal).Count());
    }

    private static double Failures(FailureModel model, int units, double seconds)
    {
        var process = new RenewalProcess(model, 1, "s", seconds);
        return Enumerable.Range(0, units).Sum(unit => process.OutagesOf((ulong)unit).Count(outage => outage.At > 0));
    }
}
