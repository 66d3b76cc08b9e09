using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Tests;

/// <summary>The fixed seeds of every test run: 320 cases, four rows that the runner may play beside each other.</summary>
public sealed class FixedSeedTests
{
    private const int RowSeeds = 80;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_fixed_seed_breaks_a_law(int row)
    {
        for (int n = 0; n < RowSeeds; n++)
        {
            ulong seed = (ulong)((row * RowSeeds) + n + 1);
            FuzzOutcome outcome = FuzzRun.Play(CaseDrawing.Draw(seed));
            Assert.True(outcome.Failure is null, $"{outcome.Failure?.Message}\n{outcome.Failure?.Trace}\nrepeat: schedbench fuzz --seed {seed} --runs 1");
        }
    }
}
