using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class EffectSizeTests
{
    [Fact]
    public void A12_counts_wins_and_half_the_ties()
    {
        // Pairs (1,1) (1,2) (2,1) (2,2) (3,1) (3,2): three wins, two ties of six.
        Assert.Equal(4 / 6.0, EffectSize.A12([1, 2, 3], [1, 2]));
        Assert.Equal(2 / 6.0, EffectSize.CliffsDelta([1, 2, 3], [1, 2])!.Value, 15);
    }

    [Fact]
    public void Full_separation_is_1_and_no_difference_a_half()
    {
        Assert.Equal(1, EffectSize.A12([5, 6], [1, 2]));
        Assert.Equal(0.5, EffectSize.A12([3, 3], [3]));
    }

    [Fact]
    public void Empty_sample_has_no_effect()
    {
        Assert.Null(EffectSize.A12([], [1]));
        Assert.Null(EffectSize.CliffsDelta([1], []));
    }

    [Fact]
    public void Swapping_the_samples_gives_the_rest_to_1() => Prop.ForAll(Generators.Sample, Generators.Sample, (a, b) =>
        Math.Abs(EffectSize.A12(a, b)!.Value + EffectSize.A12(b, a)!.Value - 1) < 1e-15
        && Math.Abs(EffectSize.CliffsDelta(a, b)!.Value + EffectSize.CliffsDelta(b, a)!.Value) < 1e-15).Check(Generators.Pinned);

    [Fact]
    public void Monotone_change_of_unit_changes_nothing() => Prop.ForAll(Generators.Sample, Generators.Sample, (a, b) =>
        EffectSize.A12(a, b) == EffectSize.A12(Array.ConvertAll(a, x => (x * 8) + 1), Array.ConvertAll(b, x => (x * 8) + 1))).Check(Generators.Pinned);
}
