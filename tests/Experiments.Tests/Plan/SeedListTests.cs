using SchedBench.Core.Input;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Tests.Plan;

public sealed class SeedListTests
{
    [Theory]
    [InlineData("10", new ulong[] { 10 })]
    [InlineData("3,4,5", new ulong[] { 3, 4, 5 })]
    [InlineData("1..4", new ulong[] { 1, 2, 3, 4 })]
    [InlineData("7..7", new ulong[] { 7 })]
    [InlineData("1..3,42,0", new ulong[] { 1, 2, 3, 42, 0 })]
    [InlineData("18446744073709551614..18446744073709551615", new[] { ulong.MaxValue - 1, ulong.MaxValue })]
    public void Seeds_and_ranges_are_listed(string text, ulong[] seeds) => Assert.Equal(seeds, SeedList.Parse(text));

    [Theory]
    [InlineData("10")]
    [InlineData("1,2")]
    [InlineData("1..10")]
    [InlineData("7,3")]
    [InlineData("5,1..3,11,8..10")]
    [InlineData("18446744073709551613..18446744073709551615,0")]
    public void Printing_and_parsing_again_keeps_the_seeds(string text) =>
        Assert.Equal(text, SeedList.Format(SeedList.Parse(text)));

    [Theory]
    [InlineData("", 1)]
    [InlineData("abc", 1)]
    [InlineData("-1", 1)]
    [InlineData("+1", 1)]
    [InlineData("1.5", 1)]
    [InlineData("18446744073709551616", 1)]
    [InlineData("1,,2", 3)]
    [InlineData("1,", 3)]
    [InlineData("1, 2", 3)]
    [InlineData("1..", 4)]
    [InlineData("..2", 1)]
    [InlineData("1...3", 4)]
    [InlineData("5..1", 1)]
    [InlineData("3,1..4", 3)]
    [InlineData("4,4", 3)]
    [InlineData("0..100000", 1)]
    [InlineData("0..18446744073709551615", 1)]
    [InlineData("1-10", 1)]
    public void What_is_no_list_of_distinct_seeds_is_rejected_where_it_goes_wrong(string text, int column)
    {
        InputProblem problem = Assert.Throws<InputException>(() => SeedList.Parse(text)).Problems.Single();
        Assert.Equal(("--seeds", column), (problem.File, problem.Column));
        Assert.StartsWith("expected", problem.Expected, StringComparison.Ordinal);
    }
}
