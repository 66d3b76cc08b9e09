using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Reporting.Tables.Writers;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tests.Tables;

public sealed class TableTests
{
    private static Config Pinned => Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(300);

    [Fact]
    public void Rows_that_do_not_fit_the_columns_are_refused()
    {
        TableColumn[] columns = [new("a", ["a"]), new("b", ["b", "b_low"])];
        Assert.Throws<ArgumentException>(() => new Table("t", columns, [new TableRow([TableCell.Words("x")])]));
        Assert.Throws<ArgumentException>(() => new Table("t", columns, [new TableRow([TableCell.Words("x"), TableCell.Words("y")])]));
        Assert.Throws<ArgumentException>(() => new Table("t", [new("a", ["a"]), new("b", ["a"])], []));
    }

    [Theory]
    [InlineData("gpu_allocated_percent", "GPU allocated (%)")]
    [InlineData("gpu_fragmented_of_free_percent", "GPU fragmented of free (%)")]
    [InlineData("wait_seconds_p95", "wait p95 (s)")]
    [InlineData("pods_unplaced_total", "pods unplaced")]
    [InlineData("balance_cpu_cv", "balance CPU CV")]
    [InlineData("decisions_per_second", "decisions (1/s)")]
    [InlineData("peak_memory_bytes", "peak memory (B)")]
    public void Labels_are_made_from_the_names(string metric, string expected) => Assert.Equal(expected, MetricLabel.WithUnit(metric));

    [Fact]
    public void No_two_metrics_share_a_label() =>
        Assert.Equal(MetricCatalog.All.Count, MetricCatalog.All.Select(m => MetricLabel.WithUnit(m.Name)).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [InlineData(0.31, 2)]
    [InlineData(3.1, 1)]
    [InlineData(31, 0)]
    [InlineData(310, 0)]
    [InlineData(0.1, 2)]
    [InlineData(0.0000001, 6)]
    public void Decimals_follow_the_uncertainty(double uncertainty, int expected) => Assert.Equal(expected, HumanNumber.Decimals([93.8], [uncertainty, null, 0]));

    [Theory]
    [InlineData(93.8, 2)]
    [InlineData(9380, 0)]
    [InlineData(0.0123456, 5)]
    [InlineData(1234.5, 0)]
    public void Decimals_without_uncertainty_follow_the_largest_value(double value, int expected) => Assert.Equal(expected, HumanNumber.Decimals([value, null, 0], []));

    [Fact]
    public void Zero_has_no_sign()
    {
        Assert.Equal("0.00", HumanNumber.Fixed(-0.001, 2));
        Assert.Equal("0.00", HumanNumber.Signed(0.001, 2));
        Assert.Equal("+0.01", HumanNumber.Signed(0.01, 2));
        Assert.Equal("-0.01", HumanNumber.Signed(-0.01, 2));
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(0, "0")]
    [InlineData(0.5, "0.5")]
    [InlineData(0.001953125, "0.00195")]
    [InlineData(0.0351562, "0.0352")]
    [InlineData(1.2345e-60, "1.23e-60")]
    public void Probabilities_have_three_digits(double p, string expected) => Assert.Equal(expected, HumanNumber.Probability(p));

    [Fact]
    public void No_text_breaks_out_of_a_markdown_cell() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        string escaped = MarkdownTable.Escape(text.Get + "|*`<b>\n_x_");
        for (int i = 0; i < escaped.Length; i++)
        {
            if (char.IsControl(escaped[i])) return false;
            if (escaped[i] == '\\') i++;
            else if ("|*`<>".Contains(escaped[i], StringComparison.Ordinal)) return false;
        }

        return escaped.EndsWith("\\_x\\_", StringComparison.Ordinal);
    }).Check(Pinned);

    [Fact]
    public void No_text_reaches_latex_as_a_command() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        string escaped = LatexTable.Escape(text.Get + "\\input{x}%&#$_^~");
        string known = escaped;
        foreach (string command in (string[])
            ["\\textbackslash{}", "\\textasciitilde{}", "\\textasciicircum{}", "\\textless{}", "\\textgreater{}", "\\textbar{}", "\\textquotedbl{}", "\\{", "\\}", "\\$", "\\&", "\\#", "\\_", "\\%"])
        {
            known = known.Replace(command, "", StringComparison.Ordinal);
        }

        return known.All(c => !"\\{}%&#_^~".Contains(c, StringComparison.Ordinal));
    }).Check(Pinned);

    [Fact]
    public void Columns_of_plain_text_stand_below_each_other()
    {
        string[] lines = TableFormats.ToText(ComparisonTableBuilder.Of(SampleStudies.Saturation), TableFormat.Plain).Split('\n');
        int[] points = [.. lines.Where(line => line.Contains(" ± ", StringComparison.Ordinal) && line.Contains("gpu", StringComparison.Ordinal)).Select(line => line.IndexOf('±', StringComparison.Ordinal))];
        Assert.Equal(3, points.Length);
        Assert.Single(points.Distinct());
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void A_table_that_is_too_wide_is_written_in_parts_that_fit_and_lose_nothing()
    {
        Table table = ComparisonTableBuilder.Of(SampleStudies.Saturation);
        string whole = TableFormats.ToText(table, TableFormat.Plain), parts = TableFormats.ToText(table, TableFormat.Plain, 60);
        int widest = whole.Split('\n').Where(line => line.Contains('±', StringComparison.Ordinal)).Max(line => line.Length);
        Assert.True(widest > 60);
        Assert.All(parts.Split('\n').Where(line => line.Contains('±', StringComparison.Ordinal) || line.StartsWith("--", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 1, 60));
        Assert.Equal(whole.Count(c => c == '±'), parts.Count(c => c == '±'));
        Assert.Equal(whole, TableFormats.ToText(table, TableFormat.Plain, widest + 200));
    }

    [Fact]
    public void Words_of_the_last_column_are_broken_where_they_do_not_fit()
    {
        var table = new Table("t", [new TableColumn("n", ["n"]), new TableColumn("what", ["what"], ColumnAlignment.Left)],
            [new TableRow([TableCell.Number("1", 1), TableCell.Words("a node is tainted by its controller")]), new TableRow([TableCell.Number("2", 2), TableCell.Words("short")])]);
        Assert.Equal(
            """
            n  what
            -  ---------------------
            1  a node is tainted by
               its controller
            2  short

            """.ReplaceLineEndings("\n"), TableFormats.ToText(table, TableFormat.Plain, 24));
    }

    [Fact]
    public void Json_is_valid_and_holds_the_numbers_unrounded()
    {
        using var json = JsonDocument.Parse(TableFormats.ToText(ComparisonTableBuilder.Of(SampleStudies.Saturation), TableFormat.Json));
        JsonElement row = json.RootElement.GetProperty("rows")[2];
        Assert.Equal("my_own|50%", row.GetProperty("strategy").GetString());
        Assert.Equal(0.232421875, row.GetProperty("gpu_allocated_percent_holm_p").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("rows")[0].GetProperty("gpu_allocated_percent_holm_p").ValueKind);
    }

    [Fact]
    public void Best_goes_to_every_strategy_with_the_best_mean_and_to_none_when_all_are_equal()
    {
        Study study = Of(("a", 5, 7), ("b", 5, 7), ("c", 4, 7));
        Table table = ComparisonTableBuilder.Of(study, new ComparisonTableOptions { Metrics = ["gpu_allocated_percent", "pods_unplaced_total", "pods_arrived_total"] });
        Assert.Equal(["a", "b"], BestIn(table, "gpu_allocated_percent_mean"));
        Assert.Empty(BestIn(table, "pods_unplaced_total_mean"));
        Assert.Empty(BestIn(table, "pods_arrived_total_mean"));
    }

    [Fact]
    public void A_latex_table_of_more_than_a_page_breaks_and_repeats_its_head()
    {
        TableRow Row(int i) => new([TableCell.Words($"row_{i}")]);
        string page = TableFormats.ToText(new Table("t", [new TableColumn("name", ["name"])], [.. Enumerable.Range(0, 50).Select(Row)]), TableFormat.Latex);
        string more = TableFormats.ToText(new Table("t", [new TableColumn("name", ["name"])], [.. Enumerable.Range(0, 51).Select(Row)]) { Notes = ["n"] }, TableFormat.Latex);
        Assert.Contains("\\begin{table}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("longtable", page, StringComparison.Ordinal);
        Assert.StartsWith(
            "% needs \\usepackage{booktabs,longtable}\n\\begingroup\\footnotesize\\setlength{\\tabcolsep}{4pt}\n"
            + "\\setlength{\\LTleft}{0pt plus 1fill minus 1fill}\\setlength{\\LTright}{0pt plus 1fill minus 1fill}\n\\begin{longtable}{r}\n", more, StringComparison.Ordinal);
        Assert.Equal(3, more.Split("    name \\\\\n    \\midrule\n").Length);
        Assert.EndsWith("    row\\_50 \\\\\n\\end{longtable}\n\\endgroup\n  \\par\\smallskip{\\footnotesize\\raggedright n\\par}\n", more, StringComparison.Ordinal);
        Assert.DoesNotContain("{table}", more, StringComparison.Ordinal);
    }

    [Fact]
    public void A_latex_table_too_wide_for_a_column_spans_both_and_never_leaves_the_text()
    {
        TableColumn Metric(int i) => new($"GPU allocated {i}", [$"m{i}"], Unit: "%");
        string Latex(int metrics) => TableFormats.ToText(
            new Table(
                "t", [new TableColumn("strategy", ["strategy"], ColumnAlignment.Left), .. Enumerable.Range(1, metrics).Select(Metric)],
                [new TableRow([TableCell.Words("fgd"), .. Enumerable.Range(1, metrics).Select(i => TableCell.Number("93.80 ± 0.31", i))])]),
            TableFormat.Latex);
        string narrow = Latex(2), wide = Latex(5);
        Assert.StartsWith("% needs \\usepackage{booktabs}\n\\begin{table}\n", narrow, StringComparison.Ordinal);
        Assert.DoesNotContain("resizebox", narrow, StringComparison.Ordinal);
        Assert.StartsWith("% needs \\usepackage{booktabs,graphicx}\n\\begin{table*}\n", wide, StringComparison.Ordinal);
        Assert.Contains("\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n", wide, StringComparison.Ordinal);
        Assert.EndsWith("  \\end{tabular}}\n\\end{table*}\n", wide, StringComparison.Ordinal);
        Assert.All((string[])[narrow, wide], text => Assert.Contains("\\begin{tabular}[b]{@{}r@{}}GPU allocated\\\\1 (\\%)\\end{tabular}", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[a]")]
    [InlineData("*")]
    public void A_latex_row_is_no_argument_of_the_end_of_the_one_before(string name)
    {
        string text = TableFormats.ToText(new Table("t", [new TableColumn("name", ["name"])], [new TableRow([TableCell.Words(name)])]), TableFormat.Latex);
        Assert.Contains($"\n    {{}}{name} \\\\\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "rollout_duration_seconds")]
    [InlineData(false, "wait_seconds_mean")]
    public void Of_kubernetes_objects_an_update_comes_first_where_there_is_one_and_jobs_where_there_is_none(bool isUpdated, string first)
    {
        CellResult[] cells =
        [
            .. from strategy in (string[])["a", "b"]
               select new CellResult
               {
                   Key = new CellKey("e", "f", "w", "none", strategy, 1),
                   Metrics =
                   [
                       new("wait_seconds_mean", strategy.Length + strategy[0]), new("rollout_duration_seconds", isUpdated ? strategy[0] : null), new("surge_replica_seconds", 0),
                       new("nodes_active_mean", strategy[0]),
                   ],
               },
        ];
        Assert.Equal([first, "nodes_active_mean"], HeadlineMetrics.Of(Study.Of(cells, "a").Summary));
    }

    [Fact]
    public void Headline_metrics_are_those_in_which_strategies_differ()
    {
        Assert.Equal(["gpu_allocated_percent"], HeadlineMetrics.Of(Of(("a", 5, 7), ("b", 6, 7)).Summary));
        Assert.Equal(["gpu_allocated_percent", "pods_unplaced_total"], HeadlineMetrics.Of(Of(("a", 5, 7), ("b", 5, 7)).Summary));
        Assert.Empty(HeadlineMetrics.Of([]));
    }

    [Fact]
    public void Metric_that_does_not_occur_is_refused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => ComparisonTableBuilder.Of(SampleStudies.Timed, new ComparisonTableOptions { Metrics = ["gpu_allocated_percent"] }));
        Assert.Contains("'gpu_allocated_percent' does not occur", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Study_without_a_good_cell_still_gives_a_table()
    {
        Study study = Study.Of([SampleStudies.Cell("w", "a", 1) with { Status = CellStatus.Failed, Failure = "boom" }, SampleStudies.Cell("w", "b", 1) with { Status = CellStatus.Void }], "a");
        Table table = ComparisonTableBuilder.Of(study);
        foreach ((_, TableFormat format) in TableFormats.Names) Assert.NotEmpty(TableFormats.ToText(table, format));
        Assert.Contains("Left out: 2 of 2 cells, which failed or are void.", table.Notes);
    }

    [Fact]
    public void Folder_read_back_gives_the_same_tables_as_the_run_itself()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("schedbench-");
        try
        {
            Study study = SampleStudies.Saturation;
            ResultFiles.WriteAll(folder.FullName, study.Cells, "best-fit");
            AtomicFile.WriteText(
                Path.Combine(folder.FullName, ResultFileNames.Manifest),
                text => text.Write($$"""{"kind":"{{ResultFileNames.ManifestKind}}","formatVersion":{{ResultFileNames.FormatVersion}}}"""));
            Study back = Study.Of(ResultsFolder.Load(folder.FullName));
            foreach ((_, TableFormat format) in TableFormats.Names)
            {
                Assert.Equal(TableFormats.ToText(ComparisonTableBuilder.Of(study), format), TableFormats.ToText(ComparisonTableBuilder.Of(back), format));
                Assert.Equal(TableFormats.ToText(SummaryTableBuilder.Of(study.Summary), format), TableFormats.ToText(SummaryTableBuilder.Of(back.Summary), format));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Study Of(params (string Strategy, double Allocated, double Unplaced)[] strategies) => Study.Of(
        [
            .. strategies.Select(s => SampleStudies.Cell("w", s.Strategy, 1) with
            {
                Metrics = [new("gpu_allocated_percent", s.Allocated), new("pods_unplaced_total", s.Unplaced), new("pods_arrived_total", s.Allocated)],
            }),
        ],
        strategies[0].Strategy);

    private static IEnumerable<string> BestIn(Table table, string field)
    {
        int column = table.Columns.ToList().FindIndex(c => c.Fields.Contains(field));
        int strategy = table.Columns.ToList().FindIndex(c => c.Title == "strategy");
        return table.Rows.Where(row => row.Cells[column].IsBest).Select(row => row.Cells[strategy].Text);
    }
}
