using SchedBench.Core.Input;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Tests.Files;

public sealed class PublishedCsvTests
{
    [Fact]
    public void Our_values_stand_beside_the_published_ones_with_the_error_of_the_difference()
    {
        var row = PublishedRow.Of(new PublishedValue("default", "a", "gpu_allocated_percent", 10, 4, 9.75, 2), [9, 11]);

        // √(2/2 + 4/4)
        Assert.Equal((2, 10.0, 0.25, Math.Sqrt(2)), (row.Seeds, row.Mean, row.Difference, row.StandardError));
    }

    [Fact]
    public void One_value_has_no_error_and_no_value_no_difference()
    {
        var published = new PublishedValue("default", "a", "gpu_allocated_percent", 10, 4, 9.75, 2);
        Assert.Null(PublishedRow.Of(published, [9]).StandardError);
        Assert.Null(PublishedRow.Of(published, []).Difference);
    }

    [Fact]
    public void Rows_are_written_and_read_back()
    {
        using var folder = new TempFolder();
        PublishedRow[] rows =
        [
            PublishedRow.Of(new PublishedValue("default", "a", "gpu_allocated_percent", 10, 4, 9.75, 2), [9, 11]),
            PublishedRow.Of(new PublishedValue("default", "b", "gpu_allocated_percent", 10, 4, 9.75, 2), []),
        ];
        AtomicFile.WriteText(folder["published.csv"], text => PublishedCsv.Write(text, rows));
        Assert.Equal(
            """
            workload,strategy,metric,x,published_runs,published_mean,published_stdev,n,mean,stdev,difference,standard_error
            default,a,gpu_allocated_percent,10,4,9.75,2,2,10,1.41421356,0.25,1.41421356
            default,b,gpu_allocated_percent,10,4,9.75,2,0,,,,

            """.ReplaceLineEndings("\n"), File.ReadAllText(folder["published.csv"]));
        IReadOnlyList<PublishedRow> back = PublishedCsv.Read(folder["published.csv"]);
        Assert.Equal(rows.Select(row => (row.Published, row.Mean, row.Seeds)), back.Select(row => (row.Published, row.Mean, row.Seeds)));
        Assert.Empty(PublishedCsv.Read(folder["absent.csv"]));
    }

    [SkippableFact]
    public void The_published_FGD_study_is_read_in_full()
    {
        string? path = Shared.Find("papers", "fgd", "expected.csv");
        Skip.If(path is null, "needs ../shared/papers/fgd/expected.csv");
        IReadOnlyList<PublishedValue> values = PublishedCsv.ReadSource(path, "arrived_percent_of_capacity");
        Assert.Equal(6 * 3 * 2 * 13, values.Count);
        Assert.Equal(new PublishedValue("default", "BestFit", "gpu_allocated_percent_of_capacity", 10, 10, 10.013, 0.034), values[0]);
    }

    [Theory]
    [InlineData("default,FGD,allocated,10,0,1,1", "runs: '0': expected at least 1 run")]
    [InlineData("default,FGD,allocated,10,10,1,-1", "stdev: '-1'")]
    [InlineData("default,FGD,allocated,ten,10,1,1", "arrived: 'ten': expected a finite number")]
    [InlineData("default,FGD,allocated,10,10,1", "expected 7 fields")]
    public void Published_values_that_cannot_be_are_refused(string row, string expected)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["p.csv"], $"workload,policy,metric,arrived,runs,mean,stdev\n{row}\n");
        var refusal = Assert.Throws<InputException>(() => PublishedCsv.ReadSource(folder["p.csv"], "arrived"));
        Assert.Contains("p.csv:2: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }
}
