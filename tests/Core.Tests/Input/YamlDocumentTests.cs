using System.Text;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Input;

public sealed class YamlDocumentTests
{
    [Fact]
    public void Nodes_know_their_text_kind_and_place()
    {
        var root = (YamlMapping)Single("a: 1\nb:\n  - \"x y\"\n  - !!str 2\n  - 'it''s'\n").Root;
        Assert.Equal(["a", "b"], root.Entries.Select(entry => entry.Key));
        var list = (YamlList)root.Find("b")!.Value;
        Assert.Equal((3, 3), (list.Line, list.Column));
        var texts = list.Items.Cast<YamlScalar>().ToList();
        Assert.Equal(["x y", "2", "it's"], texts.Select(text => text.Text));
        Assert.All(texts, text => Assert.Equal(YamlScalarKind.String, text.Kind));
        Assert.Equal((3, 5, 6), (texts[0].Line, texts[0].Column, texts[0].TextColumn));
        Assert.Equal(0, texts[1].TextColumn);
        Assert.Equal(0, texts[2].TextColumn);
    }

    [Theory]
    [InlineData("~", YamlScalarKind.Null)]
    [InlineData("null", YamlScalarKind.Null)]
    [InlineData("no", YamlScalarKind.Boolean)]
    [InlineData("On", YamlScalarKind.Boolean)]
    [InlineData("y", YamlScalarKind.Boolean)]
    [InlineData("TRUE", YamlScalarKind.Boolean)]
    [InlineData("1:30", YamlScalarKind.Sexagesimal)]
    [InlineData("-1:30:59.5", YamlScalarKind.Sexagesimal)]
    [InlineData("0", YamlScalarKind.Integer)]
    [InlineData("-12", YamlScalarKind.Integer)]
    [InlineData("010", YamlScalarKind.Integer)]
    [InlineData("0x1F", YamlScalarKind.Integer)]
    [InlineData("1_000", YamlScalarKind.Integer)]
    [InlineData("1.5", YamlScalarKind.Float)]
    [InlineData("1e999", YamlScalarKind.Float)]
    [InlineData(".5", YamlScalarKind.Float)]
    [InlineData("-.inf", YamlScalarKind.Float)]
    [InlineData(".nan", YamlScalarKind.Float)]
    [InlineData("NaN", YamlScalarKind.String)]
    [InlineData("nO", YamlScalarKind.String)]
    [InlineData("8080:80", YamlScalarKind.String)]
    [InlineData("1.2.3", YamlScalarKind.String)]
    [InlineData("2024-01-01T00:00:00Z", YamlScalarKind.String)]
    [InlineData("+", YamlScalarKind.String)]
    [InlineData("64Gi", YamlScalarKind.String)]
    public void Plain_scalars_mean_what_YAML_1_1_says(string text, YamlScalarKind kind) =>
        Assert.Equal(kind, ((YamlScalar)((YamlMapping)Single($"a: {text}\n").Root).Find("a")!.Value).Kind);

    [Fact]
    public void Quoted_scalars_are_text() =>
        Assert.Equal(YamlScalarKind.String, ((YamlScalar)((YamlMapping)Single("a: \"no\"\n").Root).Find("a")!.Value).Kind);

    [Theory]
    [InlineData("\uFEFFa: 1\n")]
    [InlineData("a: 1\r\nb: 2\r\n")]
    [InlineData("a: 1")]
    [InlineData("%YAML 1.1\n---\na: 1\n...\n")]
    [InlineData("%YAML 1.2\n---\na: 1\n")]
    [InlineData("a: \"tab\\tinside\"\nb: x\ty\n")]
    [InlineData("a: [1,\n\t2]\n")]
    [InlineData("a: été 🙂\n")]
    public void Byte_order_mark_CRLF_and_other_harmless_variants_are_accepted(string text) =>
        Assert.Equal("a", ((YamlMapping)Single(text).Root).Entries[0].Key);

    [Fact]
    public void Empty_documents_among_others_are_accepted_and_left_out()
    {
        IReadOnlyList<YamlDocument> documents = YamlDocument.ParseAll("---\n---\na: 1\n...\n---\n# nothing\n---\nb: 2\n", "f.yaml");
        Assert.Equal([1, 3], documents.Select(document => document.Index));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("# only comments\n\n# here\n")]
    [InlineData("---\n---\n...\n")]
    [InlineData("\n\n   \n")]
    public void A_file_without_any_content_is_rejected(string text) => AssertRejected(text, 0, 0, "holds none");

    [Fact]
    public void A_second_document_is_rejected_where_one_is_wanted() =>
        Assert.Equal(3, Assert.Throws<InputException>(() => YamlDocument.ParseSingle("a: 1\n---\nb: 2\n", "f.yaml")).Problems[0].Line);

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", 3, 1, "every key once")]
    [InlineData("a: {x: 1, x: 2}\n", 1, 11, "every key once")]
    [InlineData("a: 1\n\"a\": 3\n", 2, 1, "every key once")]
    [InlineData("a: 1\n\tb: 2\n", 2, 1, "tabs")]
    [InlineData("a:\n\t- x\n", 2, 1, "tabs")]
    [InlineData("a:\n  \t- x\n", 2, 3, "tabs")]
    [InlineData("- a\n-b\n", 2, 2, "space after '-'")]
    [InlineData("a: b\nc:d\n", 2, 3, "space after ':'")]
    [InlineData("a: b: c\n", 1, 5, "valid YAML")]
    [InlineData("a: 1\n  b: 2\n", 2, 4, "valid YAML")]
    [InlineData("a: [1, 2\nb: 3\n", 1, 5, "bracket")]
    [InlineData("a: {x: 1\nb: 3\n", 1, 5, "bracket")]
    [InlineData("a: \"x\n", 1, 4, "quoted scalar")]
    [InlineData("a: @x\n", 1, 4, "cannot start any token")]
    [InlineData("a: \"\\q\"\n", 1, 4, "escape")]
    [InlineData("a: 'x'y\n", 1, 7, "valid YAML")]
    [InlineData("- a\nb: c\n", 2, 1, "valid YAML")]
    [InlineData("%YAML 2.0\n---\na: 1\n", 1, 1, "YAML")]
    [InlineData("a: !foo 1\n", 1, 4, "no tag")]
    [InlineData("a: !!int x\n", 1, 4, "fits the tag int")]
    [InlineData("a: !!binary aGk=\n", 1, 4, "no tag")]
    [InlineData("a: !!set {x}\n", 1, 4, "no tag")]
    [InlineData("? [a]\n: b\n", 1, 3, "key of plain text")]
    [InlineData("{a: 1}: b\n", 1, 1, "key of plain text")]
    [InlineData("no: b\n", 1, 1, "quote it")]
    [InlineData("1.5: b\n", 1, 1, "quote it")]
    [InlineData("010: b\n", 1, 1, "quote it")]
    [InlineData("1:30: b\n", 1, 1, "quote it")]
    [InlineData("~: b\n", 1, 1, "quote it")]
    [InlineData("a: *b\n", 1, 4, "alias of an anchor above")]
    [InlineData("a: 1\rb: 2\r", 1, 5, "lone carriage return")]
    [InlineData("a: 1\nb: \0\n", 2, 4, "control character")]
    [InlineData("a: \u0007\n", 1, 4, "control character")]
    [InlineData("a: 1\n\uFEFFb: 2\n", 2, 1, "byte order mark")]
    [InlineData("a: \uFFFE\n", 1, 4, "control character")]
    public void What_is_wrong_is_named_with_its_place(string text, int line, int column, string expected) => AssertRejected(text, line, column, expected);

    [Fact]
    public void Half_of_a_surrogate_pair_is_rejected()
    {
        AssertRejected("a: " + '\uD83D' + "\n", 1, 4, "surrogate");
        AssertRejected("a: " + '\uDE00' + "\n", 1, 4, "surrogate");
    }

    [Fact]
    public void A_misspelt_alias_is_answered_with_the_nearest_anchor()
    {
        InputProblem problem = Assert.Throws<InputException>(() => Single("a: &defaults 1\nb: *default\n")).Problems.Single();
        Assert.Equal("defaults", problem.Nearest);
    }

    [Fact]
    public void Number_keys_in_plain_notation_stay_as_written() =>
        Assert.Equal(["1", "22"], ((YamlMapping)Single("1: a\n22: b\n").Root).Entries.Select(entry => entry.Key));

    [Fact]
    public void An_alias_stands_for_the_node_of_its_anchor()
    {
        var root = (YamlMapping)Single("a: &x [1]\nb: *x\n").Root;
        Assert.Same(root.Find("a")!.Value, root.Find("b")!.Value);
    }

    [Fact]
    public void Merge_keys_add_what_the_mapping_does_not_say_itself()
    {
        var root = (YamlMapping)Single("x: &x {a: 1, b: 1}\nw: &w {b: 2, c: 2}\nz:\n  b: 3\n  <<: [*w, *x]\n  d: 3\n").Root;
        var z = (YamlMapping)root.Find("z")!.Value;
        Assert.Equal("b=3 d=3 c=2 a=1", string.Join(' ', z.Entries.Select(entry => $"{entry.Key}={((YamlScalar)entry.Value).Text}")));
        Assert.NotNull(((YamlMapping)Single("\"<<\": 1\n").Root).Find("<<"));
    }

    [Theory]
    [InlineData("<<: 1\n", 1, 5)]
    [InlineData("<<: [1]\n", 1, 5)]
    [InlineData("<<: {a: 1}\n<<: {b: 1}\n", 2, 1)]
    public void Merge_keys_take_mappings_and_stand_once(string text, int line, int column) => AssertRejected(text, line, column, "expected");

    [Theory]
    [InlineData("a: &x [*x]\n")]
    [InlineData("a: &x {b: {c: *x}}\n")]
    [InlineData("&x a: &y\n  <<: *y\n")]
    public void Cyclic_aliases_are_rejected(string text) => AssertRejected(text, null, null, "does not contain itself");

    [Fact]
    public void An_alias_bomb_is_rejected()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level <= 9; level++) text.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        AssertRejected(text.ToString(), null, null, "counting what aliases repeat");
    }

    [Fact]
    public void A_bomb_of_merges_is_rejected()
    {
        var text = new StringBuilder("a0: &a0 {x: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\n");
        for (int level = 1; level <= 9; level++)
        {
            string copies = string.Join(", ", Enumerable.Range(0, 9).Select(copy => $"k{copy}: *a{level - 1}"));
            text.Append($"a{level}: &a{level} {{<<: *a{level - 1}, {copies}}}\n");
        }

        AssertRejected(text.ToString(), null, null, "counting what aliases repeat");
    }

    [Fact]
    public void Aliases_that_nest_deeper_and_deeper_are_rejected()
    {
        var text = new StringBuilder("- &a0 [x]\n");
        for (int level = 1; level < 200; level++) text.Append($"- &a{level} [*a{level - 1}]\n");
        AssertRejected(text.ToString(), 100, null, "levels of nesting");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("[\n")]
    public void Nesting_ten_thousand_deep_is_rejected(string opening) =>
        AssertRejected(string.Concat(Enumerable.Repeat(opening, 10_000)), null, null, "expected");

    [Fact]
    public void Nesting_at_the_limit_is_accepted_and_one_more_is_not()
    {
        Assert.IsType<YamlList>(Single(new string('[', 100) + new string(']', 100)).Root);
        AssertRejected(new string('[', 101) + new string(']', 101), 1, 101, "100 levels");
    }

    [Fact]
    public void Size_and_node_count_are_bounded()
    {
        var limits = new YamlLimits { Characters = 1000, Nodes = 100 };
        Assert.Contains("1000 characters", Assert.Throws<InputException>(() => YamlDocument.ParseAll("a: " + new string('x', 1000), "f.yaml", limits)).Message, StringComparison.Ordinal);
        Assert.Contains("100 nodes", Assert.Throws<InputException>(() => YamlDocument.ParseAll(string.Concat(Enumerable.Repeat("- a\n", 100)), "f.yaml", limits)).Message, StringComparison.Ordinal);
        Assert.Single(YamlDocument.ParseAll(string.Concat(Enumerable.Repeat("- a\n", 99)), "f.yaml", limits));
    }

    private static YamlDocument Single(string text) => YamlDocument.ParseSingle(text, "f.yaml");

    private static void AssertRejected(string text, int? line, int? column, string expected)
    {
        InputProblem problem = Assert.Throws<InputException>(() => YamlDocument.ParseAll(text, "f.yaml")).Problems.Single();
        Assert.Equal("f.yaml", problem.File);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (line is not null) Assert.Equal(line, problem.Line);
        if (column is not null) Assert.Equal(column, problem.Column);
    }
}
