using SchedBench.Core.Input;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests.Readers;

/// <summary>What every CSV format has in common, tried through openb.</summary>
public sealed class CsvRowsTests : TraceReaderFixture
{
    private const string Header = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n";

    [Theory]
    [InlineData("1e999")]
    [InlineData("9223372036854775808")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("+1")]
    [InlineData("0x10")]
    [InlineData("1.0")]
    [InlineData("1_000")]
    [InlineData("١")]
    [InlineData("--1")]
    public void A_cell_that_is_no_whole_number_is_rejected_exactly(string cell)
    {
        InputProblem problem = Reject("openb", Header + $"p,{cell},1,0,0\n");
        Assert.Equal(new InputProblem("trace.csv", 2, 0, "cpu_milli", cell, "expected a whole number from 0 to 9223372036854775807"), problem);
    }

    [Theory]
    [InlineData("-0", 0)]
    [InlineData("0", 0)]
    [InlineData("007", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_whole_number_is_taken_as_it_is(string cell, long value) => Assert.Equal(value, Pods(Read("openb", Header + $"p,{cell},1,0,0\n"))[0].Spec.CpuMilli);

    [Fact]
    public void Requests_whose_sum_overflows_are_rejected_with_the_row_that_does_it()
    {
        InputProblem problem = Reject("openb", Header + "p,9223372036854775806,1,0,0\nq,1,1,0,0\nr,1,1,0,0\n");
        Assert.Equal((4, "cpu"), (problem.Line, problem.Field));
        Assert.Equal("memory", Reject("openb", Header + "p,0,8796093022207,0,0\nq,0,1,0,0\n").Field);
    }

    [Fact]
    public void All_bad_cells_are_reported_together_up_to_twenty()
    {
        InputException e = Assert.Throws<InputException>(() => Read("openb", Header + "p,x,y,0,0\nq,1,1,0,0\nr,1,1,9,z\n"));
        Assert.Equal([(2, "cpu_milli"), (2, "memory_mib"), (4, "gpu_milli")], e.Problems.Select(problem => (problem.Line, problem.Field)));
        string many = string.Concat(Enumerable.Range(0, 500).Select(i => $"p{i},x,1,0,0\n"));
        Assert.Equal(20, Assert.Throws<InputException>(() => Read("openb", Header + many)).Problems.Count);
    }

    [Fact]
    public void A_renamed_column_is_rejected_with_the_name_it_should_have()
    {
        InputProblem problem = Reject("openb", "name,cpu_mili,memory_mib,num_gpu,gpu_milli\np,1,1,0,0\n");
        Assert.Equal("trace.csv:1: cpu_mili: expected the column cpu_milli, which is missing; did you mean 'cpu_milli'?", problem.ToString());
        Assert.Equal("Name", Reject("openb", "Name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,0,0\n").Field);
    }

    [Fact]
    public void A_missing_column_is_rejected_and_the_others_are_listed()
    {
        InputProblem problem = Reject("openb", "name,memory_mib,num_gpu,gpu_milli\np,1,0,0\n");
        Assert.Equal("cpu_milli", problem.Field);
        Assert.Contains("the columns are name, memory_mib, num_gpu, gpu_milli", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeated_column_is_rejected() =>
        Assert.Contains("repeated", Reject("openb", "name,cpu_milli,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,1,0,0\n").Expected, StringComparison.Ordinal);

    [Fact]
    public void Extra_columns_are_counted_and_refused_when_strict()
    {
        const string text = "name,note,cpu_milli,memory_mib,num_gpu,gpu_milli,rack\np,hi,1,1,0,0,7\n";
        ReadNote note = Assert.Single(Read("openb", text, new TraceReadOptions { IgnoreTimes = true }).Report.Notes);
        Assert.Equal(("extra-column", 2L), (note.Code, note.Count));
        Assert.Equal(["note", "rack"], note.Examples.Select(example => example.Field));
        InputException e = Assert.Throws<InputException>(() => Read("openb", text, new TraceReadOptions { Strict = true }));
        Assert.Equal(["note", "rack"], e.Problems.Select(problem => problem.Field));
    }

    [Theory]
    [InlineData("name;cpu_milli;memory_mib;num_gpu;gpu_milli\np;1;1;0;0\n", "separated by semicolons")]
    [InlineData("name\tcpu_milli\tmemory_mib\tnum_gpu\tgpu_milli\np\t1\t1\t0\t0\n", "separated by tabs")]
    public void Another_separator_is_named(string text, string words) => Assert.Contains(words, Reject("openb", text).Expected, StringComparison.Ordinal);

    [Fact]
    public void A_decimal_comma_is_rejected_bare_and_in_quotes()
    {
        Assert.Contains("this row has 6 (a decimal comma", Reject("openb", Header + "p,1,5,1,0,0\n").Expected, StringComparison.Ordinal);
        Assert.Equal("1,5", Reject("openb", Header + "p,\"1,5\",1,0,0\n").Value);
    }

    [Fact]
    public void A_short_row_is_rejected_with_its_line()
    {
        InputProblem problem = Reject("openb", Header + "p,1,1,0,0\nq,1,1\n");
        Assert.Equal((3, "expected 5 cells as in the header; this row has 3"), (problem.Line, problem.Expected));
    }

    [Theory]
    [InlineData("p,\"1\n\",1,0,0\n", 2, "line breaks inside cells")]
    [InlineData("ok,1,1,0,0\np,\"1,1,0,0\nq,1,1,0,0\n", 3, "closing quote before the end of the line")]
    [InlineData("p,\"1,1,0,0", 2, "closing quote before the end of the file")]
    [InlineData("p\"q,1,1,0,0\n", 2, "quotes only around whole cells")]
    [InlineData("\"p\"q,1,1,0,0\n", 2, "a comma after the closing quote")]
    public void Broken_quotes_are_rejected_with_their_line(string rows, int line, string words)
    {
        InputProblem problem = Reject("openb", Header + rows);
        Assert.Equal(line, problem.Line);
        Assert.Contains(words, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Sound_quotes_are_taken_off() => Assert.Equal("a,\"b\"", Pods(Read("openb", Header + "\"a,\"\"b\"\"\",\"1\",1,0,0\n"))[0].Name);

    [Theory]
    [InlineData("", "empty")]
    [InlineData(Header, "only a header")]
    [InlineData("\n\n\n", "neither")]
    [InlineData("# a comment\n# another\n", "the columns are # a comment")]
    public void A_file_without_rows_is_rejected(string text, string words) =>
        Assert.Contains(words, Assert.Throws<InputException>(() => Read("openb", text)).Problems[0].Expected, StringComparison.Ordinal);

    [Fact]
    public void Blank_lines_are_passed_over_and_lines_stay_counted()
    {
        Assert.Equal(2, Pods(Read("openb", Header + "\np,1,1,0,0\n\n\nq,1,1,0,0\n\n")).Length);
        Assert.Equal(6, Reject("openb", Header + "\np,1,1,0,0\n\n\nq,x,1,0,0\n\n").Line);
    }

    [Fact]
    public void A_million_columns_and_a_thousand_and_one_are_rejected()
    {
        Assert.Contains("lines of at most 1048576", Reject("openb", string.Join(',', Enumerable.Repeat("c", 1_000_000)) + "\n1\n").Expected, StringComparison.Ordinal);
        Assert.Contains("at most 1000 columns", Reject("openb", string.Join(',', Enumerable.Range(0, 1001)) + "\n1\n").Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_carriage_returns_and_gzip_make_no_difference()
    {
        const string text = Header + "p,1,2,1,30\n";
        Assert.Equal(Pods(Read("openb", text)), Pods(Read("openb", "\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal), name: "t.csv.gz")));
    }

    [Fact]
    public void A_repeated_name_is_rejected_with_the_line_of_the_first()
    {
        InputProblem problem = RejectNodes("openb", "sn,cpu_milli,memory_mib,gpu,model\np,1,1,0,\nq,1,1,0,\np,2,2,0,\n");
        Assert.Equal((4, "sn", "p"), (problem.Line, problem.Field, problem.Value));
        Assert.Contains("line 2 has this one", problem.Expected, StringComparison.Ordinal);
        Assert.Equal(2, Pods(Read("openb", Header + "p,1,1,0,0\nP,1,1,0,0\n")).Length);
    }

    [Fact]
    public void More_pods_than_allowed_are_rejected() =>
        Assert.Contains("at most 1 pods", Reject("openb", Header + "p,1,1,0,0\nq,1,1,0,0\n", new TraceReadOptions { MaxPods = 1 }).Expected, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_format_is_rejected_with_the_nearest()
    {
        InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => TraceReaderCatalog.Get("opneb", "experiment.yaml")).Problems);
        Assert.Equal(("experiment.yaml", "opneb", "openb"), (problem.File, problem.Value, problem.Nearest));
        Assert.Equal("openb", Assert.Single(Assert.Throws<InputException>(() => NodeReaderCatalog.Get("openbb", "x")).Problems).Nearest);
    }
}
