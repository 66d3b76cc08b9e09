using System.Text.Json;
using SchedBench.Cli.Tests.Support;

namespace SchedBench.Cli.Tests;

/// <summary>Every command that prints tables prints them in every format, and a program can read them.</summary>
[Collection(FinishedRunCollection.Name)]
public sealed class OutputFormatTests(FinishedRun finished)
{
    public static TheoryData<string> Commands => ["plan", "strategies", "report", "compare", "explain", "diff", "trace inspect"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Json_is_one_document(string command)
    {
        using var json = JsonDocument.Parse(Run(command, "json"));
        JsonElement[] tables = json.RootElement.ValueKind == JsonValueKind.Array ? [.. json.RootElement.EnumerateArray()] : [json.RootElement];
        Assert.NotEmpty(tables);
        Assert.All(tables, table =>
        {
            string[] fields = [.. table.GetProperty("columns").EnumerateArray().SelectMany(column => column.GetProperty("fields").EnumerateArray()).Select(field => field.GetString()!)];
            Assert.All(table.GetProperty("rows").EnumerateArray(), row => Assert.Equal(fields, row.EnumerateObject().Select(property => property.Name)));
        });
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Csv_has_rows_as_long_as_their_header(string command)
    {
        foreach (string table in Run(command, "csv").TrimEnd('\n').Split("\n\n"))
        {
            int[] fields = [.. table.Split('\n').Select(Fields)];
            Assert.True(fields[0] > 1);
            Assert.All(fields, count => Assert.Equal(fields[0], count));
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Markdown_has_a_rule_under_its_header(string command)
    {
        string[] lines = Run(command, "md").Split('\n');
        int rule = Array.FindIndex(lines, line => line.StartsWith('|') && line.All(c => c is '|' or '-' or ':' or ' '));
        Assert.True(rule > 0);
        Assert.Equal(lines[rule].Count(c => c == '|'), lines[rule - 1].Count(c => c == '|'));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Latex_opens_and_closes_its_environments(string command)
    {
        string text = Run(command, "latex");
        string environment = text.Contains("longtable", StringComparison.Ordinal) ? "longtable" : "tabular";
        foreach (string rule in (string[])[@"\toprule", @"\midrule", @"\bottomrule", $@"\begin{{{environment}}}", $@"\end{{{environment}}}"]) Assert.Contains(rule, text, StringComparison.Ordinal);
        Assert.Equal(Count(text, @"\begin{"), Count(text, @"\end{"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Plain_text_is_the_default(string command)
    {
        Assert.Equal(Run(command, "table"), CliRun.Of(Arguments(command)).Ok().Out);
        Assert.Contains("---", Run(command, "table"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json", "{")]
    [InlineData("csv", "experiment,fleet,workload,faults,strategy,n,")]
    [InlineData("md", "Strategies compared")]
    [InlineData("latex", "\\begin{table}")]
    public void Run_prints_its_table_in_every_format_too(string format, string begin)
    {
        CliRun run = CliRun.Of("run", finished.Experiment.File, "--seeds", "1", "--only", "strategy=best-fit", "--out", finished.Experiment.Path($"run-{format}"), "-o", format).Ok();
        Assert.Contains(begin, run.Out[..Math.Min(run.Out.Length, 400)], StringComparison.Ordinal);
        Assert.DoesNotContain("results:", run.Out, StringComparison.Ordinal);
        if (format != "json") return;
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(1, json.RootElement.GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("csv", ",18446744073709551615\n")]
    [InlineData("json", "\"seed\": 18446744073709551615\n")]
    public void A_seed_of_64_bits_keeps_all_its_digits(string format, string expected) =>
        Assert.Contains(expected, CliRun.Of("plan", finished.Experiment.File, "--seeds", "18446744073709551615", "-o", format).Ok().Out, StringComparison.Ordinal);

    [Fact]
    public void Help_names_the_formats_by_the_names_that_are_accepted()
    {
        string help = CliRun.Of("plan", "--help").Ok().Out;
        Assert.Contains("table, json, csv, md, latex", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Plain", help, StringComparison.Ordinal);
    }

    private string Run(string command, string format) => CliRun.Of([.. Arguments(command), "-o", format]).Ok().Out;

    private string[] Arguments(string command) => command switch
    {
        "plan" => ["plan", finished.Experiment.File],
        "report" => ["report", finished.Copy(Path.GetRandomFileName())],
        "compare" => ["compare", finished.Results, finished.Results, "--all"],
        "explain" => ["explain", finished.Experiment.File, "--pod", "pod-05"],
        "diff" => ["diff", finished.Experiment.File, "--only", "strategy=fgd,seed=2"],
        "trace inspect" => ["trace", "inspect", finished.Experiment.Path("trace")],
        _ => [command],
    };

    private static int Fields(string line)
    {
        int fields = 1;
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) fields++;
        }

        Assert.False(quoted);
        return fields;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
