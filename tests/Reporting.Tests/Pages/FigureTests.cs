using System.Text;
using System.Text.Json;
using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Pages;
using SchedBench.Reporting.Pages.Figures;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tests.Pages;

public class FigureTests
{
    [Fact]
    public void A_saturation_study_has_curves_bars_boxes_maps_and_ranks()
    {
        using StudyFolder folder = Studies.Saturation();
        Assert.Equal(
            [
                "curves-gpu-allocated-percent-default", "curves-gpu-allocated-percent-sharing",
                "curves-difference-gpu-allocated-percent-default", "curves-difference-gpu-allocated-percent-sharing",
                "curves-gpu-fragmented-percent-default", "curves-gpu-fragmented-percent-sharing",
                "bars-gpu-allocated-percent", "bars-gpu-fragmented-percent",
                "boxes-gpu-allocated-percent-default", "boxes-gpu-allocated-percent-sharing",
                "boxes-gpu-fragmented-percent-default", "boxes-gpu-fragmented-percent-sharing",
                "heatmap-gpu-allocated-percent", "heatmap-difference-gpu-allocated-percent", "critical-difference-gpu-allocated-percent",
            ],
            Figures(folder).Select(figure => figure.Name));
    }

    [Fact]
    public void A_timed_study_has_curves_over_time_waits_and_placement()
    {
        using StudyFolder folder = Studies.Timed();
        Assert.Equal(
            [
                "curves-cpu-allocated-percent-default", "ecdf-wait-default", "bars-wait-seconds-mean", "bars-wait-seconds-p99", "bars-bounded-slowdown-mean",
                "boxes-wait-seconds-mean-default", "boxes-wait-seconds-p99-default", "timeline-best-fit-default", "timeline-spread-default",
            ],
            Figures(folder).Select(figure => figure.Name));
    }

    [Fact]
    public void A_study_of_rollouts_shows_both_versions_and_the_requests_that_failed_where_something_is_rolled_out()
    {
        using StudyFolder folder = Studies.Rollout();
        Figure figure = Assert.Single(Figures(folder), figure => figure.Kind == FigureCatalog.Rollout);
        Assert.Equal("rollout-rolling", figure.Name);
        Assert.Contains("best-fit", figure.Caption, StringComparison.Ordinal);
        Assert.DoesNotContain(Figures(folder), other => other.Name.Contains("ready-old", StringComparison.Ordinal));
        var chart = Assert.IsType<LineChart>(figure.Spec);
        Assert.Equal(["old version ready", "new version ready", "requests failed × 100"], chart.Series.Select(series => series.Name));
        Assert.Equal((100.0, 100.0), (chart.Series[0].Points[0].Y, chart.Series[1].Points[^1].Y));
        Assert.Equal(70.0, chart.Series[2].Points.Max(point => point.Y), 9);
    }

    [Fact]
    public void A_version_that_never_serves_has_a_figure_in_which_it_stays_at_nothing()
    {
        using StudyFolder folder = Studies.Rollout(servesNew: false);
        Figure figure = Assert.Single(Figures(folder), figure => figure.Kind == FigureCatalog.Rollout);
        Assert.All(((LineChart)figure.Spec).Series[1].Points, point => Assert.Equal(0, point.Y));
    }

    [Fact]
    public void A_workload_that_loses_pods_without_an_update_is_shown_with_its_ready_pods_and_failed_requests()
    {
        using StudyFolder folder = Studies.Loss();
        Figure figure = Assert.Single(Figures(folder), figure => figure.Kind == FigureCatalog.Rollout);
        Assert.Equal("rollout-power-off", figure.Name);
        Assert.StartsWith("Ready pods and failed requests over time", figure.Caption, StringComparison.Ordinal);
        var chart = Assert.IsType<LineChart>(figure.Spec);
        Assert.Equal(["pods ready", "requests failed"], chart.Series.Select(series => series.Name));
        Assert.Equal((75.0, 100.0), (chart.Series[0].Points.Skip(2).Min(point => point.Y), chart.Series[0].Points[^1].Y));
    }

    [Fact]
    public void A_study_of_faults_shows_what_answers_over_time_with_a_line_a_strategy_where_something_was_lost()
    {
        using StudyFolder folder = Studies.Faults();
        Figure figure = Assert.Single(Figures(folder), figure => figure.Kind == FigureCatalog.Resilience);
        Assert.Equal("resilience-power-off", figure.Name);
        var chart = Assert.IsType<LineChart>(figure.Spec);
        Assert.True(chart.Stepped);
        Assert.Equal(["spread", "best-fit"], chart.Series.Select(series => series.Name));
        Assert.Equal([100, 75, 75, 100], chart.Series[0].Points.Skip(3).Take(4).Select(point => point.Y));
        Assert.Equal(50, chart.Series[1].Points.Min(point => point.Y));
        Assert.DoesNotContain(Figures(folder), other => other.Kind == FigureCatalog.Curves);
    }

    [Fact]
    public void A_study_of_faults_divides_the_time_to_replace_a_pod_into_phases_where_new_pods_took_the_place_of_lost_ones()
    {
        using StudyFolder folder = Studies.Faults();
        Figure figure = Assert.Single(Figures(folder), figure => figure.Kind == FigureCatalog.Recovery);
        Assert.Equal("recovery-power-off", figure.Name);
        Assert.Contains("no time went into place, start, ready", figure.Caption, StringComparison.Ordinal);
        Assert.Contains("no new pod took a place under best-fit", figure.Caption, StringComparison.Ordinal);
        var chart = Assert.IsType<BarChart>(figure.Spec);
        Assert.True(chart.Stacked);
        Assert.Equal(["detect", "evict", "pull"], chart.Series.Select(series => series.Name));
        Assert.Equal([46.5, 300, 2], chart.Series.Select(series => series.Bars[0]!.Value.Value));
        Assert.All(chart.Series, series => Assert.Null(series.Bars[1]));
    }

    [Theory]
    [InlineData(0, "requests failed")]
    [InlineData(100, "requests failed")]
    [InlineData(12, "requests failed × 10")]
    [InlineData(0.0001, "requests failed × 1000")]
    public void Small_shares_of_failed_requests_are_shown_enlarged_by_a_power_of_ten(double failures, string name)
    {
        using StudyFolder folder = Studies.Rollout(failures);
        Assert.Equal(name, ((LineChart)Figures(folder).Single(figure => figure.Kind == FigureCatalog.Rollout).Spec).Series[2].Name);
    }

    [Fact]
    public void Every_kind_that_an_experiment_may_name_is_built_by_some_study()
    {
        using StudyFolder saturation = Studies.Saturation(), timed = Studies.Timed(), ties = Studies.TieBreaks(), rollout = Studies.Rollout(), faults = Studies.Faults();
        StudyFolder[] studies = [saturation, timed, ties, rollout, faults];
        IEnumerable<string> kinds = studies.SelectMany(Figures).Select(figure => figure.Kind).Distinct();
        Assert.Equal(FigureCatalog.Names.Order(StringComparer.Ordinal), kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_figure_is_written_in_three_formats_and_listed_with_its_caption()
    {
        using StudyFolder folder = Studies.Saturation();
        ReportFiles files = ResultsReport.Write(folder.Path);
        using var index = JsonDocument.Parse(folder.Read("figures", "figures.json"));
        JsonElement[] figures = [.. index.RootElement.EnumerateArray()];
        IEnumerable<string> listed = figures.SelectMany(figure => figure.GetProperty("files").EnumerateArray()).Select(file => "figures/" + file.GetString());
        Assert.Equal(listed, files.Files.Where(name => name.StartsWith("figures/", StringComparison.Ordinal) && name != "figures/figures.json"));
        Assert.All(figures, figure => Assert.EndsWith(".", figure.GetProperty("caption").GetString()));
        Assert.All(figures, figure =>
        {
            string name = figure.GetProperty("name").GetString()!;
            Assert.Equal([$"{name}.svg", $"{name}.pdf", $"{name}.vl.json"], figure.GetProperty("files").EnumerateArray().Select(file => file.GetString()));
        });
    }

    [Fact]
    public void A_strategy_keeps_its_place_and_with_it_its_colour_in_every_figure()
    {
        using StudyFolder folder = Studies.Saturation();
        foreach (Figure figure in Figures(folder))
        {
            string[]? names = figure.Spec switch
            {
                LineChart line => [.. line.Series.Select(series => series.Name)],
                BarChart bars => [.. bars.Series.Select(series => series.Name)],
                BoxChart boxes => [.. boxes.Boxes.Select(series => series.Name)],
                _ => null,
            };
            if (names is not null) Assert.Equal(["best-fit", "fgd", "random"], names);
        }
    }

    [Fact]
    public void Curves_are_means_over_the_seeds_that_ended_well()
    {
        using StudyFolder folder = Studies.Saturation();
        var chart = (LineChart)Figures(folder).Single(figure => figure.Name == "curves-gpu-allocated-percent-sharing").Spec;
        double[] values = [.. ResultsFolder.Load(folder.Path).Cells
            .Where(cell => cell.Key.Workload == "sharing" && cell.Key.Strategy == "random" && cell.Status == CellStatus.Ok)
            .Select(cell => cell.Series.Single(point => point.Metric == "gpu_allocated_percent" && point.X == 100).Value)];
        Assert.Equal(5, values.Length);
        LinePoint at100 = chart.Series[2].Points.Single(point => point.X == 100);
        Assert.Equal(values.Average(), at100.Y, 9);
        Assert.True(at100.Low < at100.Y && at100.Y < at100.High);
    }

    [Fact]
    public void The_difference_of_the_baseline_to_itself_is_nothing()
    {
        using StudyFolder folder = Studies.Saturation();
        var chart = (LineChart)Figures(folder).Single(figure => figure.Name == "curves-difference-gpu-allocated-percent-default").Spec;
        Assert.All(chart.Series[0].Points, point => Assert.Equal(0, point.Y));
        // Under every seed fgd is 3.5 above, so the interval has no width; where both have placed everything, nothing differs.
        Assert.Equal(0, chart.Series[1].Points[1].Y);
        Assert.Equal(3.5, chart.Series[1].Points[^1].Y, 9);
        Assert.Equal(3.5, chart.Series[1].Points[^1].High!.Value, 9);
    }

    [Fact]
    public void Seeds_with_instants_of_their_own_are_averaged_at_common_ones()
    {
        using StudyFolder folder = Studies.Timed();
        Figure figure = Figures(folder).Single(figure => figure.Kind == FigureCatalog.Curves);
        var chart = (LineChart)figure.Spec;
        Assert.Contains("interpolated", figure.Caption, StringComparison.Ordinal);
        Assert.Equal("time (days)", chart.X.Title);
        Assert.Equal(20, chart.Series[0].Points.Count);
        // Every seed's curve is the same ramp from 60 to 79, stretched by up to 5 %; the common range begins where the last begins and ends where the first ends.
        Assert.Equal(9_000 * 1.05 / 86_400, chart.Series[0].Points[0].X, 9);
        Assert.Equal(19.5 * 18_000 / 86_400, chart.Series[0].Points[^1].X, 9);
        Assert.All(chart.Series[0].Points.Zip(chart.Series[0].Points.Skip(1)), pair => Assert.True(pair.First.Y < pair.Second.Y));
        double expected = new double[] { 1, 1.01, 1.02, 1.03, 1.04, 1.05 }.Average(stretch => 60 + (9_000 * 1.05 / stretch / 18_000) - 0.5);
        Assert.Equal(expected, chart.Series[0].Points[0].Y, 6);
    }

    [Fact]
    public void Waits_spread_over_decades_stand_on_a_logarithmic_axis_and_none_below_a_second_is_lost()
    {
        using StudyFolder folder = Studies.Timed();
        Figure figure = Figures(folder).Single(figure => figure.Kind == FigureCatalog.Ecdf);
        var chart = (EcdfChart)figure.Spec;
        Assert.Equal(AxisScale.Log10, chart.X.Scale);
        Assert.Contains("waits below 1 s are drawn at 1 s", figure.Caption, StringComparison.Ordinal);
        Assert.All(chart.Series, series => Assert.Equal(100, series.Samples.Count));
        Assert.Equal(49, chart.Series[0].Samples.Count(wait => wait == 1));
        Assert.Equal((7650, 5100), (chart.Series[0].Samples.Max(), chart.Series[1].Samples.Max()));
    }

    [Fact]
    public void Tie_breaks_stand_side_by_side_and_as_differences_to_the_default()
    {
        using StudyFolder folder = Studies.TieBreaks();
        Figure[] figures = [.. Figures(folder).Where(figure => figure.Kind == FigureCatalog.TieBreaks)];
        Assert.Equal(["tie-breaks-gpu-allocated-percent-default", "tie-breaks-difference-gpu-allocated-percent-default"], figures.Select(figure => figure.Name));
        var levels = (BarChart)figures[0].Spec;
        Assert.Equal(["best-fit", "fgd"], levels.Categories);
        Assert.Equal(["firstInOrder", "lowestName", "uniform"], levels.Series.Select(series => series.Name));
        Assert.Contains("at 100 % arrival", levels.Value.Title, StringComparison.Ordinal);
        var differences = (BarChart)figures[1].Spec;
        Assert.Null(differences.Series[0].Bars[0]);
        Assert.Equal((0, -3), (differences.Series[1].Bars[1]!.Value.Value, Math.Round(differences.Series[2].Bars[1]!.Value.Value, 9)));
    }

    [Fact]
    public void Tie_breaks_of_a_study_that_never_reaches_the_capacity_are_read_off_at_its_end()
    {
        using StudyFolder folder = Studies.TieBreaks();
        string series = folder.Read(ResultFileNames.Series);
        IEnumerable<string> lines = series.Split('\n').Where(line => line.Length > 0 && !line.Contains("gpu_arrived_percent,100,", StringComparison.Ordinal));
        File.WriteAllText(folder[ResultFileNames.Series], string.Join('\n', lines) + "\n");
        var levels = (BarChart)Figures(folder).First(figure => figure.Kind == FigureCatalog.TieBreaks).Spec;
        Assert.Equal("GPU allocated (%)", levels.Value.Title);
        Assert.All(levels.Series, rule => Assert.All(rule.Bars, bar => Assert.NotNull(bar)));
    }

    [Fact]
    public void Labels_lose_the_name_of_the_option_in_figures_and_keep_it_in_tables()
    {
        using StudyFolder folder = Studies.TieBreaks();
        var chart = (LineChart)Figures(folder).First(figure => figure.Kind == FigureCatalog.Curves).Spec;
        Assert.Contains("fgd[uniform]", chart.Series.Select(series => series.Name));
        ResultsReport.Write(folder.Path);
        Assert.Contains("fgd\\[tieBreak=uniform\\]", folder.Read("tables", "comparison.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Placements_of_two_strategies_share_their_rows_and_their_time()
    {
        using StudyFolder folder = Studies.Timed();
        TimelineChart[] charts = [.. Figures(folder).Select(figure => figure.Spec).OfType<TimelineChart>()];
        Assert.Equal(2, charts.Length);
        Assert.All(charts, chart => Assert.Equal(["node-1", "node-2"], chart.Rows));
        Assert.All(charts, chart => Assert.Equal((0.0, 50.0, "time (hours)"), (chart.Time.Min, chart.Time.Max, chart.Time.Title)));
        Assert.Equal([1, 1, 0, 1], charts[0].Series.Select(series => series.Bars.Count));
    }

    [Fact]
    public void Names_that_differ_only_in_what_file_names_leave_out_stay_apart()
    {
        var manifest = new StudyManifest { Strategies = [("best-fit", "best-fit", "firstInOrder")], Workloads = ["a b", "a/b"], Figures = ["boxes"] };
        CellResult[] cells =
        [
            .. from workload in manifest.Workloads
               from seed in manifest.Seeds
               select Studies.Cell(workload, "best-fit", seed) with { Metrics = [new("gpu_allocated_percent", seed)] },
        ];
        using var folder = new StudyFolder(cells, manifest);
        Assert.Equal(["boxes-gpu-allocated-percent-a-b", "boxes-gpu-allocated-percent-a-b-2"], Figures(folder).Select(figure => figure.Name));
    }

    [Fact]
    public void One_seed_has_no_interval_and_no_caption_that_speaks_of_one()
    {
        using StudyFolder folder = Studies.TieBreaks(seeds: 1);
        Figure[] figures = [.. Figures(folder)];
        Assert.Contains(figures, figure => figure.Kind == FigureCatalog.TieBreaks);
        Assert.All(figures, figure => Assert.DoesNotContain("interval", figure.Caption, StringComparison.Ordinal));
    }

    [Fact]
    public void Differences_of_percentages_are_percentage_points()
    {
        using StudyFolder saturation = Studies.Saturation(), ties = Studies.TieBreaks();
        Figure[] figures = [.. Figures(saturation).Concat(Figures(ties)).Where(figure => figure.Name.Contains("difference-gpu-allocated", StringComparison.Ordinal) && figure.Kind != FigureCatalog.CriticalDifference)];
        string[] titles = [.. figures.Select(figure => figure.Spec switch { LineChart line => line.Y.Title, BarChart bars => bars.Value.Title, HeatMapChart map => map.ValueTitle, _ => "" })];
        Assert.Equal(
            ["difference in GPU allocated (percentage points)", "difference in GPU allocated at 100 % arrival (percentage points)"],
            titles.Distinct().Order(StringComparer.Ordinal));
        Assert.All(figures, figure => Assert.Contains("(percentage points)", figure.Caption, StringComparison.Ordinal));
    }

    [Fact]
    public void Workloads_on_several_fleets_are_counted_as_combinations()
    {
        using StudyFolder folder = Studies.TwoFleets();
        Figure ranks = Figures(folder).Single(figure => figure.Kind == FigureCatalog.CriticalDifference);
        Assert.Contains("over 12 blocks (every seed of every workload and fleet)", ranks.Caption, StringComparison.Ordinal);
        ResultsReport.Write(folder.Path);
        Assert.Contains("fgd in 4 of 4 combinations of workload and fleet.", folder.Read("report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_of_few_seeds_say_that_nothing_can_be_told_apart()
    {
        using StudyFolder folder = Studies.TieBreaks();
        Figure figure = Figures(folder).Single(figure => figure.Kind == FigureCatalog.CriticalDifference);
        Assert.Contains("With 6 blocks none of the 15 pairs can be told apart, however clear.", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sign_of_our_own_exists_in_the_font_that_pdf_readers_bring_along()
    {
        foreach (StudyFolder study in (StudyFolder[])[Studies.Saturation(), Studies.Timed(compress: "2"), Studies.TieBreaks()])
        {
            using StudyFolder folder = study;
            string[] figures = [.. ResultsReport.Write(folder.Path).Files.Where(name => name.EndsWith(".pdf", StringComparison.Ordinal))];
            Assert.NotEmpty(figures);
            // A sign that the font lacks is written as its number.
            Assert.All(figures, name => Assert.DoesNotContain("[U+", Encoding.Latin1.GetString(File.ReadAllBytes(folder[name])), StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(new ulong[] { 1, 2, 3, 42 }, "1..3,42")]
    [InlineData(new ulong[] { 7 }, "7")]
    [InlineData(new ulong[] { 3, 2, 1 }, "3,2,1")]
    [InlineData(new ulong[] { ulong.MaxValue - 1, ulong.MaxValue, 0 }, "18446744073709551614..18446744073709551615,0")]
    public void Seeds_are_listed_as_the_command_line_takes_them(ulong[] seeds, string expected) => Assert.Equal(expected, Words.Ranges(seeds));

    private static IReadOnlyList<Figure> Figures(StudyFolder folder) => FigureSet.Of(ReportData.Load(folder.Path)).Figures;
}
