using FsCheck;
using FsCheck.Fluent;

namespace SchedBench.Results.Tests.Statistics;

/// <summary>Samples for laws: short, finite, with plenty of ties and zeros among them.</summary>
internal static class Generators
{
    /// <summary>The pinned replay of every law in this project.</summary>
    public static Config Pinned => Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(300);

    /// <summary>A number with at most two decimals, so that ties are common.</summary>
    public static Gen<double> Number => Gen.Choose(-2000, 2000).Select(hundredths => hundredths / 100.0);

    /// <summary>A sample of 1..12 numbers.</summary>
    public static Arbitrary<double[]> Sample => Arb.From(Number.NonEmptyListOf().Select(list => list.Take(12).ToArray()));

    /// <summary>Two samples of one length.</summary>
    public static Arbitrary<(double[] A, double[] B)> Pairs => Arb.From(
        from length in Gen.Choose(1, 12)
        from a in Number.ArrayOf(length)
        from b in Number.ArrayOf(length)
        select (a, b));

    /// <summary>p-values, some of them equal.</summary>
    public static Arbitrary<double[]> PValues => Arb.From(Gen.Choose(0, 200).Select(p => p / 200.0).NonEmptyListOf().Select(list => list.Take(15).ToArray()));
}
