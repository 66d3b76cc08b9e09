using SchedBench.Cli.Tests.Support;

namespace SchedBench.Cli.Tests;

/// <summary><c>schedbench fuzz</c>: what it says, where it writes, and what it refuses.</summary>
public sealed class FuzzCommandTests
{
    [Fact]
    public void Some_seeds_are_played_and_told_the_same_for_any_number_of_jobs()
    {
        CliRun one = CliRun.Of("fuzz", "--runs", "20", "--seed", "7", "--jobs", "1", "-o", "csv").Ok();
        Assert.Contains("20 runs (seeds 7 to 26)", one.Error, StringComparison.Ordinal);
        Assert.Contains("note: never exercised:", one.Error, StringComparison.Ordinal);
        Assert.Contains("effect (hits),crash,", one.Out, StringComparison.Ordinal);
        Assert.Equal(one.Out, CliRun.Of("fuzz", "--runs", "20", "--seed", "7", "--jobs", "3", "-o", "csv").Ok().Out);
    }

    [Theory]
    [InlineData("--runs", "0", "from 1")]
    [InlineData("--runs", "many", "whole number")]
    [InlineData("--budget", "soon", "duration")]
    [InlineData("--seed", "-1", "whole number")]
    [InlineData("--jobs", "0", "from 1")]
    [InlineData("--replay", "nowhere.json", "nowhere.json")]
    public void What_is_no_value_is_refused(string option, string value, string expected) => CliRun.Of("fuzz", option, value).Fails(2, option == "--replay" ? value : option, expected);

    [Fact]
    public void A_file_that_is_no_case_is_refused_by_line()
    {
        string file = Path.Combine(Path.GetTempPath(), $"fuzz-{Environment.ProcessId}.json");
        File.WriteAllText(file, "{\n  \"format\": \"schedbench/fuzz-case/v1\",\n  \"failur\": \"\"\n}\n");
        try
        {
            CliRun.Of("fuzz", "--replay", file).Fails(2, $"{file}:3", "failur");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
