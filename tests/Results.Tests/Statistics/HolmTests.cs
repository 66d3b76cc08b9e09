using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class HolmTests
{
    /// <summary>The worked example of the Holm–Bonferroni literature: m = 4, p = 0.01, 0.04, 0.03, 0.005.</summary>
    [Fact]
    public void Known_example_is_adjusted_as_published() =>
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Holm.Adjust([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));

    [Fact]
    public void One_test_keeps_its_p() => Assert.Equal([0.25], Holm.Adjust([0.25]));

    [Fact]
    public void Test_without_data_still_counts() => Assert.Equal([0.06, null, 0.12], Holm.Adjust([0.02, (double?)null, 0.06]));

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Values_outside_of_0_to_1_are_refused(double p) => Assert.Throws<ArgumentOutOfRangeException>(() => Holm.Adjust([p]));

    [Fact]
    public void Adjusted_p_lies_between_the_raw_one_and_Bonferroni() => Prop.ForAll(Generators.PValues, raw =>
    {
        double[] adjusted = Holm.Adjust(raw);
        return raw.Select((p, i) => adjusted[i] >= p && adjusted[i] <= Math.Min(1, p * raw.Length) + 1e-15).All(ok => ok);
    }).Check(Generators.Pinned);

    [Fact]
    public void Adjustment_keeps_the_order() => Prop.ForAll(Generators.PValues, raw =>
    {
        double[] adjusted = Holm.Adjust(raw);
        for (int i = 0; i < raw.Length; i++)
        {
            for (int j = 0; j < raw.Length; j++)
            {
                if (raw[i] <= raw[j] && adjusted[i] > adjusted[j]) return false;
            }
        }

        return true;
    }).Check(Generators.Pinned);

    [Fact]
    public void Rejections_are_those_of_the_step_down_rule() => Prop.ForAll(Generators.PValues, raw =>
    {
        const double Alpha = 0.2;
        double[] sorted = [.. raw.Order()];
        int rejected = 0;
        while (rejected < sorted.Length && sorted[rejected] <= Alpha / (sorted.Length - rejected)) rejected++;
        return Holm.Adjust(raw).Count(p => p <= Alpha) == rejected;
    }).Check(Generators.Pinned);
}
