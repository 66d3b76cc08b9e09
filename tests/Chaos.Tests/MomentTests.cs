using SchedBench.Chaos.Plans;

namespace SchedBench.Chaos.Tests;

/// <summary>Instants that depend upon when guards are over.</summary>
public sealed class MomentTests
{
    [Theory]
    [InlineData("5m")]
    [InlineData("end(a/b#1)")]
    [InlineData("end(a/b#1) + 1m30s")]
    [InlineData("latest(end(a), 5m, earliest(end(b c) + 1s, 3m))")]
    public void Text_is_read_back_equal(string text)
    {
        Assert.True(Moment.TryParse(text, out Moment? moment));
        Assert.Equal(text, $"{moment}");
        Assert.True(Moment.TryParse($"{moment}", out Moment? again));
        Assert.Equal(moment, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("end()")]
    [InlineData("end(a")]
    [InlineData("end(a) + ")]
    [InlineData("end(a) - 1m")]
    [InlineData("latest()")]
    [InlineData("latest(1m")]
    [InlineData("soon")]
    [InlineData("1m 2m")]
    public void Other_text_is_no_moment(string text) => Assert.False(Moment.TryParse(text, out _));

    [Fact]
    public void Nesting_without_end_is_no_moment() => Assert.False(Moment.TryParse(string.Concat(Enumerable.Repeat("latest(", 100_000)), out _));

    [Fact]
    public void It_is_known_when_all_that_it_depends_upon_is()
    {
        Assert.True(Moment.TryParse("latest(end(a) + 1m, earliest(end(b), 10m))", out Moment? moment));
        var ends = new Dictionary<string, TimeSpan> { ["a"] = TimeSpan.FromMinutes(2) };
        Assert.Null(moment.Resolve(End));
        ends["b"] = TimeSpan.FromMinutes(5);
        Assert.Equal(TimeSpan.FromMinutes(5), moment.Resolve(End));
        ends["b"] = TimeSpan.FromMinutes(20);
        Assert.Equal(TimeSpan.FromMinutes(10), moment.Resolve(End));
        Assert.Equal(TimeSpan.FromMinutes(11), moment.Plus(TimeSpan.FromMinutes(1)).Resolve(End));
        Assert.Equal(["a", "b"], moment.Guards);

        TimeSpan? End(string name) => ends.TryGetValue(name, out TimeSpan end) ? end : null;
    }

    [Fact]
    public void Known_ones_are_folded_and_never_stays_never()
    {
        Moment one = Moment.At(TimeSpan.FromMinutes(1)), two = Moment.At(TimeSpan.FromMinutes(2));
        Assert.Equal((two, one), (Moment.Latest(one, two), Moment.Earliest(one, two)));
        Assert.Equal(Moment.At(TimeSpan.MaxValue), Moment.At(TimeSpan.MaxValue).Plus(TimeSpan.FromDays(1)));
        Assert.Equal("earliest(end(a), end(b), 1m)", $"{Moment.Earliest(Moment.Earliest(Moment.End("a"), Moment.End("b")), one)}");
    }
}
