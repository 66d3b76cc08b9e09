using SchedBench.Core.Objects;

namespace SchedBench.Core.Tests.Objects;

public sealed class KubernetesNameTests
{
    private static readonly string Long63 = new('a', 63);
    private static readonly string Long253 = string.Join('.', Long63, Long63, Long63, new string('a', 61));

    [Theory]
    [InlineData("a")]
    [InlineData("web-1")]
    [InlineData("1.2.3")]
    [InlineData("nul")]
    [InlineData("a--b.c-d")]
    public void Names_of_objects_are_subdomains(string name) => Assert.Null(KubernetesName.CheckSubdomain(name));

    [Theory]
    [InlineData("", 0)]
    [InlineData("CON", 0)]
    [InlineData("../../x", 0)]
    [InlineData("a/b", 1)]
    [InlineData("-a", 0)]
    [InlineData("a-", 1)]
    [InlineData("a.", 1)]
    [InlineData("a..b", 1)]
    [InlineData("a.-b", 2)]
    [InlineData("a-.b", 1)]
    [InlineData("a_b", 1)]
    [InlineData("a b", 1)]
    [InlineData("é", 0)]
    [InlineData("a\n", 1)]
    public void Other_names_are_rejected_at_the_character_that_does_not_belong(string name, int position) =>
        Assert.Equal(position, KubernetesName.CheckSubdomain(name)!.Value.Position);

    [Fact]
    public void A_name_has_at_most_253_characters()
    {
        Assert.Null(KubernetesName.CheckSubdomain(Long253));
        Assert.Equal(253, KubernetesName.CheckSubdomain(Long253 + "a")!.Value.Position);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("A_b.C-1")]
    public void Values_of_labels_may_be_empty(string value) => Assert.Null(KubernetesName.CheckLabelValue(value));

    [Theory]
    [InlineData("-a", 0)]
    [InlineData("a-", 1)]
    [InlineData("a b", 1)]
    [InlineData("a/b", 1)]
    [InlineData("🙂", 0)]
    public void Other_values_of_labels_are_rejected(string value, int position) => Assert.Equal(position, KubernetesName.CheckLabelValue(value)!.Value.Position);

    [Theory]
    [InlineData("tier")]
    [InlineData("example.com/Tier_1")]
    [InlineData("node.kubernetes.io/instance-type")]
    public void Keys_of_labels_are_qualified_names(string key) => Assert.Null(KubernetesName.CheckQualifiedName(key));

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/b/c")]
    [InlineData("Example.com/a")]
    [InlineData("a-")]
    [InlineData("🙂")]
    public void Other_keys_of_labels_are_rejected(string key) =>
        Assert.StartsWith("expected", KubernetesName.CheckQualifiedName(key)!.Value.Expected, StringComparison.Ordinal);

    [Fact]
    public void Parts_of_labels_have_at_most_63_characters_and_prefixes_at_most_253()
    {
        Assert.Null(KubernetesName.CheckLabelValue(Long63));
        Assert.NotNull(KubernetesName.CheckLabelValue(Long63 + "a"));
        Assert.Null(KubernetesName.CheckQualifiedName($"{Long253}/{Long63}"));
        Assert.NotNull(KubernetesName.CheckQualifiedName($"{Long253}a/a"));
        Assert.NotNull(KubernetesName.CheckQualifiedName($"a/{Long63}a"));
    }
}
