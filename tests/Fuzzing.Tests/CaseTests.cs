using SchedBench.Core.Input;
using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Tests;

/// <summary>Cases are functions of their seeds, files say all of them, and bad files are refused by field.</summary>
public sealed class CaseTests
{
    private static string Text(ulong seed) => CaseFile.Write(new CaseDocument(CaseFile.Format, "", "", CaseDrawing.Draw(seed)));

    [Fact]
    public void A_case_is_a_function_of_its_seed_and_survives_its_file()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            string text = Text(seed);
            Assert.Equal(text, Text(seed));
            FuzzCase read = CaseFile.Parse(text, "case.json").Case;
            Assert.Equal(text, CaseFile.Write(new CaseDocument(CaseFile.Format, "", "", read)));
        }

        Assert.Equal(200, Enumerable.Range(0, 200).Select(seed => Text((ulong)seed)).Distinct().Count());
    }

    [Fact]
    public void A_case_of_a_file_plays_as_the_one_that_was_drawn()
    {
        for (ulong seed = 1; seed < 6; seed++)
            Assert.Equal(FuzzRun.Play(CaseDrawing.Draw(seed)).Fingerprint, FuzzRun.Play(CaseFile.Parse(Text(seed), "case.json").Case).Fingerprint);
    }

    [Fact]
    public void Results_do_not_depend_on_how_many_are_played_at_once()
    {
        static string Told(int jobs)
        {
            FuzzTally tally = FuzzSession.Play(1, taken => taken < 40, jobs).Tally;
            return string.Join(' ', tally.Effects.Concat(tally.Features).Concat(tally.Checks)) + tally.Runs;
        }

        Assert.Equal(Told(1), Told(3));
    }

    [Fact]
    public void Some_seeds_exercise_every_feature_and_every_effect()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var effects = new HashSet<string>(StringComparer.Ordinal);
        for (ulong seed = 0; seed < 2000; seed++)
        {
            FuzzCase item = CaseDrawing.Draw(seed);
            seen.UnionWith(CaseFeatures.Of(item));
            effects.UnionWith(item.Faults.Select(fault => fault.Effect));
        }

        Assert.Empty(CaseFeatures.All.Except(seen));
        Assert.Empty(Chaos.Effects.EffectCatalog.All.Select(effect => effect.Name).Except(effects));
    }

    [Theory]
    [InlineData("\"strategy\": \"", "\"strategy\": \"x", "strategy")]
    [InlineData("\"healAtSeconds\": ", "\"healAtSeconds\": -", "healAtSeconds")]
    [InlineData("\"cpuMilli\": ", "\"cpuMilli\": -", "cpuMilli")]
    [InlineData("\"isSwarm\"", "\"isSwarn\"", "isSwarn")]
    [InlineData("fuzz-case/v1", "fuzz-case/v9", "fuzz-case/v9")]
    [InlineData("\"seed\": ", "\"seed\": x", "seed")]
    public void A_bad_file_is_refused_by_field(string what, string by, string field)
    {
        InputException refused = Assert.Throws<InputException>(() => CaseFile.Parse(Text(1).Replace(what, by, StringComparison.Ordinal), "case.json"));
        Assert.All(refused.Problems, problem => Assert.StartsWith("case.json", problem.ToString(), StringComparison.Ordinal));
        Assert.Contains(refused.Problems, problem => problem.ToString().Contains(field, StringComparison.Ordinal));
    }
}
