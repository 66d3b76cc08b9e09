using MathNet.Numerics.Distributions;
using SchedBench.Core.Input;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Tests.Randomness;

public sealed class DistributionTests
{
    private static readonly Draw Draws = Draw.Stream(7, "tests/distributions");

    public static TheoryData<string> AllKinds =>
    [
        "constant(value=5)", "uniform(min=-2, max=3)", "exponential(mean=600)", "weibull(shape=0.7, scale=300)", "weibull(shape=3, scale=2)", "lognormal(median=600, sigma=1.2)",
        "pareto(min=60, shape=2.5)", "gamma(shape=0.4, scale=10)", "gamma(shape=9, scale=3)", "empirical(values=1|2|8, weights=5|0|2.5)", "empirical(values=4|4|1)",
    ];

    [Fact]
    public void Quantiles_agree_with_the_library()
    {
        AgreesWith("exponential(mean=600)", u => Exponential.InvCDF(1 / 600.0, u));
        AgreesWith("lognormal(median=600, sigma=1.2)", u => LogNormal.InvCDF(Math.Log(600), 1.2, u));
        AgreesWith("pareto(min=60, shape=2.5)", u => Pareto.InvCDF(60, 2.5, u));
        AgreesWith("gamma(shape=0.4, scale=10)", u => Gamma.InvCDF(0.4, 0.1, u), 1e-6);
        AgreesWith("gamma(shape=9, scale=3)", u => Gamma.InvCDF(9, 1 / 3.0, u), 1e-6);
        AgreesWith("weibull(shape=0.7, scale=300)", u => 300 * Math.Pow(-Math.Log(1 - u), 1 / 0.7));
        AgreesWith("uniform(min=-2, max=3)", u => ContinuousUniform.InvCDF(-2, 3, u));
    }

    [Fact]
    public void Means_agree_with_the_library()
    {
        Assert.Equal(new Weibull(0.7, 300).Mean, Parse("weibull(shape=0.7, scale=300)").Mean, 1e-9);
        Assert.Equal(new LogNormal(Math.Log(600), 1.2).Mean, Parse("lognormal(median=600, sigma=1.2)").Mean, 1e-9);
        Assert.Equal(new Pareto(60, 2.5).Mean, Parse("pareto(min=60, shape=2.5)").Mean, 1e-9);
        Assert.Equal(3.6, Parse("gamma(shape=1.2, scale=3)").Mean, 1e-12);
        Assert.Equal(0.5, Parse("uniform(min=-2, max=3)").Mean);
        Assert.Equal(21.0 / 7, Parse("empirical(values=1|8, weights=5|2)").Mean, 1e-15);
        Assert.Equal(double.PositiveInfinity, Parse("pareto(min=1, shape=1)").Mean);
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Sample_means_approach_the_mean(string text)
    {
        Distribution distribution = Parse(text);
        const int n = 200_000;
        double sum = 0, squares = 0;
        for (ulong i = 0; i < n; i++)
        {
            double value = distribution.Sample(Draws, 1, i);
            sum += value;
            squares += value * value;
        }

        double mean = sum / n, deviation = Math.Sqrt(Math.Max(0, (squares / n) - (mean * mean)));
        Assert.Equal(distribution.Mean, mean, 1e-9 + (5 * deviation / Math.Sqrt(n)));
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Quantiles_are_finite_and_never_fall(string text)
    {
        Distribution distribution = Parse(text);
        bool ordered = distribution is not EmpiricalDistribution;
        double last = double.NegativeInfinity;
        for (int i = 0; i < 4096; i++)
        {
            double value = distribution.Quantile(i / 4096.0);
            Assert.True(double.IsFinite(value) && (!ordered || value >= last), $"{text} at {i}: {value:R} after {last:R}");
            last = value;
        }

        Assert.True(double.IsFinite(distribution.Quantile(Math.BitDecrement(1.0))));
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void The_text_form_reads_back_equal(string text)
    {
        Distribution distribution = Parse(text), again = Parse(distribution.ToString());
        Assert.Equal(distribution.ToString(), again.ToString());
        for (ulong i = 0; i < 100; i++) Assert.Equal(distribution.Sample(Draws, 2, i), again.Sample(Draws, 2, i));
    }

    [Fact]
    public void Empirical_shares_are_exact()
    {
        Distribution distribution = Parse("empirical(values=1|2|8|9, weights=4|0|3|1)");
        Assert.Equal([1, 1, 1, 1, 8, 8, 8, 9], Enumerable.Range(0, 8).Select(i => distribution.Quantile(i / 8.0)));
    }

    [Theory]
    [InlineData("weibull(shape=0.7, mean=300)")]
    [InlineData("lognormal(mean=300, sigma=1.2)")]
    [InlineData("pareto(mean=300, shape=2.5)")]
    [InlineData("gamma(mean=300, shape=0.4)")]
    public void A_mean_may_stand_for_the_scale(string text) => Assert.Equal(300, Parse(text).Mean, 1e-10);

    [Theory]
    [InlineData("lognormla(median=1, sigma=1)", "", "lognormal")]
    [InlineData("lognormal(medain=1, sigma=1)", "medain", "median")]
    [InlineData("lognormal(sigma=1)", "median", null)]
    [InlineData("lognormal(median=1, mean=2, sigma=1)", "mean", null)]
    [InlineData("exponential(mean=0)", "mean", null)]
    [InlineData("exponential(mean=-1)", "mean", null)]
    [InlineData("exponential(mean=1e999)", "mean", null)]
    [InlineData("exponential(mean=NaN)", "mean", null)]
    [InlineData("exponential(mean=1|2)", "mean", null)]
    [InlineData("weibull(shape=0, scale=1)", "shape", null)]
    [InlineData("gamma(shape=1001, scale=1)", "shape", null)]
    [InlineData("uniform(min=3, max=2)", "max", null)]
    [InlineData("pareto(shape=1, mean=3)", "shape", null)]
    [InlineData("empirical(values=1|2, weights=1)", "weights", null)]
    [InlineData("empirical(values=1|2, weights=0|0)", "weights", null)]
    [InlineData("empirical(values=1|2, weights=1|-1)", "weights", null)]
    [InlineData("exponential", "", null)]
    [InlineData("(mean=1)", "", null)]
    [InlineData("exponential(mean)", "", null)]
    public void Bad_parameters_are_named_with_the_nearest_good_ones(string text, string field, string? nearest)
    {
        Assert.Null(DistributionCatalog.TryParse(text, out IReadOnlyList<InputProblem> problems));
        Assert.Contains(problems, problem => problem.Field == field && problem.Nearest == nearest);
    }

    [Fact]
    public void All_problems_are_reported_together()
    {
        Assert.Null(DistributionCatalog.TryParse("weibull(shpe=1, scale=-1)", out IReadOnlyList<InputProblem> problems));
        Assert.Equal(["shpe", "shape", "scale"], problems.Select(problem => problem.Field));
    }

    [Fact]
    public void Every_listed_distribution_names_its_parameters()
    {
        foreach (string name in DistributionCatalog.Names) Assert.NotEmpty(DistributionCatalog.ParametersOf(name));
        Assert.Empty(DistributionCatalog.ParametersOf("none"));
        Assert.Equal(["shape", "scale", "mean"], DistributionCatalog.ParametersOf("weibull"));
    }

    private static void AgreesWith(string text, Func<double, double> oracle, double relative = 1e-10)
    {
        Distribution distribution = Parse(text);
        for (ulong i = 0; i < 20_000; i++)
        {
            double u = Draws.Uniform(9, i);
            double expected = oracle(u);
            Assert.True(Math.Abs(distribution.Quantile(u) - expected) <= relative * Math.Max(Math.Abs(expected), 1e-9), $"{text} at {u:R}: {distribution.Quantile(u):R}, oracle {expected:R}");
        }
    }

    private static Distribution Parse(string text)
    {
        Distribution? distribution = DistributionCatalog.TryParse(text, out IReadOnlyList<InputProblem> problems);
        Assert.Empty(problems);
        return distribution!;
    }
}
