using FsCheck;
using FsCheck.Fluent;

namespace SchedBench.TestKit;

/// <summary>Checks laws with a pinned replay: the same cases every time.</summary>
public static class Law
{
    /// <summary>The configuration of every law.</summary>
    public static Config Pinned(int cases = 200) => Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(cases);

    /// <summary>The law holds in random worlds.</summary>
    public static void Holds(WorldTraits traits, Action<World> law, int cases = 200) => Holds(WorldGenerator.Of(traits), law, cases);

    /// <summary>The law holds for what the generator makes.</summary>
    public static void Holds<T>(Arbitrary<T> cases, Action<T> law, int count = 200) => Prop.ForAll(cases, law).Check(Pinned(count));

    /// <summary>The law holds for whatever dice decide.</summary>
    public static void Holds(Action<Dice> law, int cases = 200) =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed => law(new Dice((ulong)seed))).Check(Pinned(cases));
}
