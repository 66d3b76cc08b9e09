using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Input;

public sealed class YamlMapTests
{
    private static readonly (string Name, int Value)[] Colours = [("red", 1), ("green", 2)];

    [Fact]
    public void Values_of_every_type_are_read()
    {
        YamlMap map = Open("name: web\ncount: 3\nseed: 18446744073709551615\nfactor: 1.3\nflag: yes\nwait: 1h30m\nat: 2024-01-01T01:00:00+01:00\ncpu: 500m\nmemory: \"64Gi\"\ncolour: green\n", out YamlReader reader);
        Assert.Equal("web", map.Required("name")!.Text());
        Assert.Equal(3, map.Required("count")!.Integer(0, 10));
        Assert.Equal(ulong.MaxValue, map.Required("seed")!.Unsigned(0, ulong.MaxValue));
        Assert.Equal(1.3m, map.Required("factor")!.Decimal(0, 10));
        Assert.True(map.Required("flag")!.Boolean());
        Assert.Equal(TimeSpan.FromMinutes(90), map.Required("wait")!.Duration(TimeSpan.Zero, TimeSpan.MaxValue));
        Assert.Equal("2024-01-01T00:00:00Z", Rfc3339.Format(map.Required("at")!.Instant()!.Value));
        Assert.Equal(500, map.Required("cpu")!.CpuMilli());
        Assert.Equal(64L << 30, map.Required("memory")!.WholeUnits());
        Assert.Equal(2, map.Required("colour")!.OneOf(Colours));
        Assert.Null(map.Optional("absent"));
        reader.Finish();
    }

    [Fact]
    public void All_problems_are_reported_at_once_in_the_order_of_the_file()
    {
        YamlMap map = Open("count: -1\nname: no\npools:\n  - cpu: 16\n  - cpu: 1.1.M\nnodse: 3\n", out YamlReader reader);
        foreach (YamlValue pool in map.Required("pools")!.Items()) pool.Map()!.Required("cpu")!.CpuMilli();
        map.Required("name")!.Text();
        map.Required("count")!.Integer(1, 10);
        map.Optional("nodes");
        InputException exception = Assert.Throws<InputException>(reader.Finish);
        Assert.Equal(
            """
            f.yaml:1:8: count: '-1': expected a whole number from 1 to 10
            f.yaml:2:7: name: 'no': expected text; YAML 1.1 reads this as a boolean, so quote it: "no"
            f.yaml:5:13: pools[1].cpu: '1.1.M': expected a Kubernetes quantity: a number with an optional suffix n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3
            f.yaml:6:1: 'nodse': expected one of the keys pools, name, count, nodes; did you mean 'nodes'?
            """.ReplaceLineEndings("\n"), exception.Message);
    }

    [Theory]
    [InlineData("replcias: 3\n")]
    [InlineData("Replicas: 3\n")]
    public void A_misspelt_required_key_is_one_problem_with_the_nearest_key(string text)
    {
        YamlMap map = Open(text, out YamlReader reader);
        map.Required("replicas")?.Integer(0, 10);
        InputProblem problem = Assert.Throws<InputException>(reader.Finish).Problems.Single();
        Assert.Equal(("replicas", 1, 1), (problem.Nearest, problem.Line, problem.Column));
    }

    [Fact]
    public void A_missing_required_key_is_reported_where_its_mapping_stands()
    {
        YamlMap map = Open("a: 1\nspec:\n  b: 1\n", out YamlReader reader);
        map.Know("a");
        YamlMap spec = map.Required("spec")!.Map()!;
        spec.Know("b");
        Assert.Null(spec.Required("seeds"));
        Assert.Equal("f.yaml:3:3: spec.seeds: expected this key, which is required", Message(reader));
    }

    [Fact]
    public void A_key_without_a_value_is_reported()
    {
        YamlMap map = Open("a:\nb: ~\n", out YamlReader reader);
        Assert.Null(map.Required("a"));
        Assert.Null(map.Optional("b"));
        Assert.Equal(2, Assert.Throws<InputException>(reader.Finish).Problems.Count(problem => problem.Expected.StartsWith("expected a value", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("no", "boolean")]
    [InlineData("on", "boolean")]
    [InlineData("1:30", "base 60")]
    [InlineData("40", "number")]
    [InlineData("1.10", "number")]
    [InlineData("1e3", "number")]
    [InlineData("[x]", "expected text")]
    [InlineData("{x: 1}", "expected text")]
    public void Where_text_is_wanted_other_YAML_1_1_types_are_refused(string value, string expected) =>
        AssertProblem($"a: {value}\n", map => map.Required("a")!.Text(), expected);

    [Theory]
    [InlineData("\"3\"", "without quotes")]
    [InlineData("x", "whole number from 0 to 10")]
    [InlineData("11", "from 0 to 10")]
    [InlineData("-1", "from 0 to 10")]
    [InlineData("1.5", "plain decimal notation")]
    [InlineData("1e0", "plain decimal notation")]
    [InlineData("010", "plain decimal notation")]
    [InlineData("0x3", "plain decimal notation")]
    [InlineData("1_0", "plain decimal notation")]
    [InlineData("1:30", "from 0 to 10")]
    [InlineData("9223372036854775808", "from 0 to 10")]
    [InlineData("18446744073709551616", "from 0 to 10")]
    [InlineData("yes", "from 0 to 10")]
    [InlineData("[1]", "from 0 to 10")]
    public void What_is_no_whole_number_in_range_is_refused(string value, string expected)
    {
        AssertProblem($"a: {value}\n", map => map.Required("a")!.Integer(0, 10), expected);
        AssertProblem($"a: {value}\n", map => map.Required("a")!.Unsigned(0, 10), expected);
    }

    [Theory]
    [InlineData("0.0001")]
    [InlineData("1e1")]
    [InlineData(".inf")]
    [InlineData(".nan")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    [InlineData("\"1.5\"")]
    [InlineData("010")]
    [InlineData("1.00000000000000001")]
    [InlineData("1e999")]
    public void What_is_no_decimal_number_in_range_is_refused(string value) =>
        AssertProblem($"a: {value}\n", map => map.Required("a")!.Decimal(0.001m, 10), "expected a decimal number from 0.001 to 10");

    [Theory]
    [InlineData("-1", "0 or more")]
    [InlineData("-0.5Gi", "0 or more")]
    [InlineData("1e999", "2^63-1")]
    [InlineData("9223372036854775808", "2^63-1")]
    [InlineData("9223372036854775808Mi", "2^63-1")]
    [InlineData("9223372036854775807", "thousandths of a CPU")]
    [InlineData("NaN", "quantity")]
    [InlineData("Infinity", "quantity")]
    [InlineData(".inf", "quantity")]
    [InlineData(".nan", "quantity")]
    [InlineData("\" 1\"", "quantity")]
    [InlineData("\"1 \"", "quantity")]
    [InlineData("010", "another base")]
    [InlineData("0x10", "another base")]
    [InlineData("1_000", "another base")]
    [InlineData("1:30", "quantity")]
    [InlineData("yes", "quantity")]
    [InlineData("[1]", "quantity")]
    public void What_is_no_quantity_to_ask_for_is_refused(string value, string expected) =>
        AssertProblem($"a: {value}\n", map => map.Required("a")!.CpuMilli(), expected);

    [Fact]
    public void Minus_zero_is_zero()
    {
        YamlMap map = Open("a: -0\nb: -0\n", out YamlReader reader);
        Assert.Equal(0, map.Required("a")!.CpuMilli());
        Assert.Equal(0, map.Required("b")!.Integer(0, 1));
        reader.Finish();
    }

    [Fact]
    public void Rounded_quantities_are_accepted_and_noted()
    {
        YamlMap map = Open("cpu: 0.1m\nmemory: 0.05Gi\n", out YamlReader reader);
        Assert.Equal(1, map.Required("cpu")!.CpuMilli());
        Assert.Equal(53687092, map.Required("memory")!.WholeUnits());
        reader.Finish();
        Assert.Equal(
            ["f.yaml:1:6: cpu: '0.1m': rounded up to 1 thousandths of a CPU, as Kubernetes does", "f.yaml:2:9: memory: '0.05Gi': rounded up to 53687092 whole units, as Kubernetes does"],
            reader.Roundings.Select(rounding => rounding.ToString()));
    }

    [Fact]
    public void A_bad_character_in_quoted_text_is_pointed_at() =>
        Assert.Equal(8, Problem("a: \"16 Gi\"\n".Replace("16 Gi", "161 Gi", StringComparison.Ordinal), map => map.Required("a")!.WholeUnits()).Column);

    [Theory]
    [InlineData("30", "unit is missing")]
    [InlineData("1:30", "duration")]
    [InlineData("-1s", "from 0s to 7d")]
    [InlineData("8d", "from 0s to 7d")]
    [InlineData("yes", "duration")]
    public void What_is_no_duration_in_range_is_refused(string value, string expected) =>
        AssertProblem($"a: {value}\n", map => map.Required("a")!.Duration(TimeSpan.Zero, TimeSpan.FromDays(7)), expected);

    [Theory]
    [InlineData("2024-01-01")]
    [InlineData("2024-01-01T00:00:00")]
    [InlineData("2024-01-01 00:00:00Z")]
    [InlineData("2024-02-30T00:00:00Z")]
    [InlineData("2024-01-01T24:00:00Z")]
    [InlineData("2024-01-01T00:00:60Z")]
    [InlineData("2024-01-01T00:00:00,5Z")]
    [InlineData("2024-01-01T00:00Z")]
    [InlineData("1704067200")]
    public void What_is_no_instant_with_offset_is_refused(string value) =>
        AssertProblem($"a: {value}\n", map => map.Required("a")!.Instant(), "RFC 3339");

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest_one()
    {
        InputProblem problem = Problem("a: gren\n", map => map.Required("a")!.OneOf(Colours));
        Assert.Equal(("green", "expected one of red, green"), (problem.Nearest, problem.Expected));
        AssertProblem("a: 3\n", map => map.Required("a")!.OneOf(Colours), "expected one of red, green");
    }

    [Theory]
    [InlineData("a: {x: 1}\n", "expected a list")]
    [InlineData("a: -x\n", "space has to follow '-'")]
    [InlineData("a: []\n", "at least 1")]
    [InlineData("a: [1, 2, 3]\n", "at most 2")]
    public void Lists_are_lists_of_the_right_length(string text, string expected) => AssertProblem(text, map => map.Required("a")!.Items(1, 2), expected);

    [Fact]
    public void A_mapping_without_space_after_the_colon_is_explained()
    {
        var reader = new YamlReader("f.yaml");
        reader.Open(YamlDocument.ParseSingle("apiVersion:v1\n", "f.yaml"));
        Assert.Contains("space has to follow ':'", Message(reader), StringComparison.Ordinal);
    }

    [Fact]
    public void Exactly_one_of_several_keys_is_wanted()
    {
        Assert.Equal("a", Open("a: 1\n", out _).ExactlyOneOf("a", "b"));
        AssertProblem("a: 1\nb: 1\n", map => map.ExactlyOneOf("a", "b"), "exactly one of the keys a, b");
        AssertProblem("{}\n", map => map.ExactlyOneOf("a", "b"), "exactly one of the keys a, b");
    }

    [Fact]
    public void Entries_keep_keys_of_the_users_own_with_readable_paths()
    {
        YamlMap map = Open("labels:\n  example.com/zone: a\n  tier: b\n", out YamlReader reader);
        IReadOnlyList<(string Key, YamlValue Value)> labels = map.Required("labels")!.Entries();
        Assert.Equal(["labels[\"example.com/zone\"]", "labels.tier"], labels.Select(label => label.Value.Path));
        reader.Finish();
    }

    [Fact]
    public void The_reader_knows_which_keys_were_asked_for()
    {
        YamlMap map = Open("pools: [{cpu: 1}]\nlabels: {x: {u: 1}}\n", out YamlReader reader);
        foreach (YamlValue pool in map.Required("pools")!.Items()) pool.Map()!.Required("cpu");
        foreach ((_, YamlValue value) in map.Required("labels")!.Entries()) value.Map()!.Required("u");
        Assert.Equal(["labels", "labels.*.u", "pools", "pools[].cpu"], reader.Keys);
    }

    [Fact]
    public void A_flood_of_problems_is_cut_and_counted()
    {
        YamlMap map = Open(string.Concat(Enumerable.Range(0, 1000).Select(i => $"k{i}: 1\n")), out YamlReader reader);
        map.Optional("other");
        InputException exception = Assert.Throws<InputException>(reader.Finish);
        Assert.Equal(101, exception.Problems.Count);
        Assert.Contains("900 more problems", exception.Problems[^1].Expected, StringComparison.Ordinal);
    }

    private static YamlMap Open(string text, out YamlReader reader)
    {
        reader = new YamlReader("f.yaml");
        return reader.Open(YamlDocument.ParseSingle(text, "f.yaml"));
    }

    private static InputProblem Problem(string text, Action<YamlMap> read)
    {
        YamlMap map = Open(text, out YamlReader reader);
        read(map);
        return Assert.Throws<InputException>(reader.Finish).Problems[0];
    }

    private static void AssertProblem(string text, Action<YamlMap> read, string expected) =>
        Assert.Contains(expected, Problem(text, read).Expected, StringComparison.Ordinal);

    private static string Message(YamlReader reader) => Assert.Throws<InputException>(reader.Finish).Message;
}
