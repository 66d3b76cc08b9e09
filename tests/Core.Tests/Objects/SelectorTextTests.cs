using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Tests.Objects;

public sealed class SelectorTextTests
{
    [Theory]
    [InlineData("zone=a", true)]
    [InlineData("zone==a", true)]
    [InlineData(" zone = a , tier = front ", true)]
    [InlineData("zone=a,tier=back", false)]
    [InlineData("zone!=a", false)]
    [InlineData("rack!=r1", true)]
    [InlineData("zone in (a, b)", true)]
    [InlineData("zone in (b,c)", false)]
    [InlineData("zone notin (b,c)", true)]
    [InlineData("rack notin (r1)", true)]
    [InlineData("zone", true)]
    [InlineData("rack", false)]
    [InlineData("!zone", false)]
    [InlineData("!rack", true)]
    [InlineData("cores>3", true)]
    [InlineData("cores<4", false)]
    [InlineData("example.com/pool=x", true)]
    [InlineData("empty=", true)]
    public void A_selector_matches_as_kubectl_would(string text, bool isMatch)
    {
        ValueList<Label> labels = Labels.Of([new("zone", "a"), new("tier", "front"), new("cores", "4"), new("example.com/pool", "x"), new("empty", "")]);
        Assert.True(SelectorText.TryParse(text, out LabelSelector? selector, out _));
        Assert.Equal(isMatch, selector!.Matches(labels));
    }

    [Theory]
    [InlineData("", 0, "expected a selector")]
    [InlineData("zone=a,", 7, "expected a selector")]
    [InlineData("zone=a tier=b", 7, "expected a selector")]
    [InlineData("zone in a", 8, "expected a selector")]
    [InlineData("zone in (a", 10, "expected a selector")]
    [InlineData("zone!a", 5, "expected a selector")]
    [InlineData("cores>x", 6, "whole number")]
    [InlineData("-zone=a", 0, "")]
    [InlineData("zone=-a", 5, "")]
    public void What_is_no_selector_is_told_at_the_character_where_it_goes_wrong(string text, int position, string expected)
    {
        Assert.False(SelectorText.TryParse(text, out LabelSelector? selector, out TextError error));
        Assert.Null(selector);
        Assert.Equal(position, error.Position);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zone=a,tier in (back,front),!gpu,disk,size>3,size<9,color!=red,shape notin (flat,round)")]
    public void What_is_written_is_read_back_equal(string text)
    {
        Assert.True(SelectorText.TryParse(text, out LabelSelector? selector, out _));
        Assert.Equal(text, SelectorText.Format(selector!));
        Assert.True(SelectorText.TryParse(SelectorText.Format(selector!), out LabelSelector? again, out _));
        Assert.Equal(selector!.Requirements, again!.Requirements);
    }
}
