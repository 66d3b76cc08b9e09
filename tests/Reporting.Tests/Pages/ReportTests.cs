using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SchedBench.Core.Input;
using SchedBench.Reporting.Pages;
using SchedBench.Reporting.Pages.Run;
using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tests.Charts;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tests.Pages;

public partial class ReportTests
{
    [Theory]
    [InlineData("kubernetes", "[]", "Kubernetes objects until 5m, measured from 1m, 1 stream of requests, clients of the API limited as Kubernetes' are; rollingUpdate to tag v2 at 2m")]
    [InlineData("swarm", """[{ "at": "1m", "restart": {} }]""", "Kubernetes objects as services of Docker Swarm until 5m, measured from 1m, 1 stream of requests; rollingUpdate to tag v2 at 2m; 1 step")]
    public void A_workload_of_objects_says_under_which_orchestrator_it_ran(string orchestrator, string steps, string expected)
    {
        using var folder = new StudyFolder([], new StudyManifest { IsCluster = true, Seeds = [1], Strategies = [("spread", "spread", "firstInOrder")], Workloads = ["web", "calm"], Orchestrator = orchestrator, Steps = steps });
        Assert.Equal(expected, ManifestReader.Read(folder.Path).Workloads[0].Replay);
    }

    [Fact]
    public void Report_and_tables_keep_their_bytes()
    {
        using StudyFolder folder = Studies.Saturation(manifest => manifest with { Figures = ["curves", "critical-difference"] });
        byte[] Produce(string name)
        {
            ResultsReport.Write(folder.Path);
            return File.ReadAllBytes(folder[name]);
        }

        foreach (string name in (string[])["report.html", "figures/figures.json"]) Golden.Check("pages/" + name, () => Produce(name));
        foreach (string name in folder.Files("tables")) Golden.Check("pages/" + name, () => File.ReadAllBytes(folder[name]));
    }

    [Fact]
    public void The_report_of_a_study_of_rollouts_keeps_its_bytes()
    {
        using StudyFolder folder = Studies.Rollout();
        ResultsReport.Write(folder.Path);
        foreach (string name in (string[])["report.html", "figures/rollout-rolling.svg", "tables/comparison.md", "tables/deficits.md", "tables/services.md", "tables/users.tex"]) Golden.Check("pages/rollouts/" + name, () => File.ReadAllBytes(folder[name]));
    }

    [Fact]
    public void Tables_by_topic_show_what_is_not_nothing_and_go_when_the_results_have_none()
    {
        using StudyFolder folder = Studies.Rollout();
        ResultsReport.Write(folder.Path);
        Assert.Equal(
            ["churn.md", "comparison.md", "deficits.md", "pods.md", "rollouts.md", "services.md", "summary.md", "users.md"],
            folder.Files("tables").Where(name => name.EndsWith(".md", StringComparison.Ordinal)).Select(name => Path.GetFileName(name)));
        string deficits = folder.Read("tables/deficits.md");
        Assert.Contains("| deficit by node fault (replica·s) |", deficits, StringComparison.Ordinal);
        Assert.DoesNotContain("eviction", deficits, StringComparison.Ordinal);
        Assert.Contains("| rolling | shop/web | 0.990 ± 0.000 |", folder.Read("tables/services.md"), StringComparison.Ordinal);
        using StudyFolder trace = Studies.Saturation();
        Directory.CreateDirectory(trace["tables"]);
        File.Copy(folder["tables/deficits.md"], trace["tables/deficits.md"]);
        ResultsReport.Write(trace.Path);
        Assert.False(File.Exists(trace["tables/deficits.md"]));
    }

    [Fact]
    public void Writing_twice_gives_the_same_bytes()
    {
        using StudyFolder folder = Studies.Saturation();
        ReportFiles first = ResultsReport.Write(folder.Path);
        var before = folder.Files().ToDictionary(name => name, name => File.ReadAllBytes(folder[name]));
        ReportFiles second = ResultsReport.Write(folder.Path);
        Assert.Equal(first.Files, second.Files);
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), folder.Files());
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(folder[file.Key])));
    }

    [Fact]
    public void What_may_differ_between_equal_runs_reaches_no_file_of_the_report()
    {
        using StudyFolder one = Studies.Saturation(), other = Studies.Saturation(manifest => manifest with { Volatile = "somebody else on another day" });
        string timing = other.Read(ResultFileNames.Timing);
        File.WriteAllText(other[ResultFileNames.Timing], timing.Replace("0.12345678", "7.5", StringComparison.Ordinal));
        Assert.NotEqual(timing, other.Read(ResultFileNames.Timing));
        ReportFiles files = ResultsReport.Write(one.Path);
        Assert.Equal(files.Files, ResultsReport.Write(other.Path).Files);
        Assert.All(files.Files, name => Assert.Equal(File.ReadAllBytes(one[name]), File.ReadAllBytes(other[name])));
    }

    [Fact]
    public void Every_file_that_is_named_exists_and_lies_in_the_folder()
    {
        using StudyFolder folder = Studies.Saturation();
        string[] before = folder.Files();
        ReportFiles files = ResultsReport.Write(folder.Path);
        Assert.Equal("report.html", files.Page);
        Assert.Equal(files.Page, files.Files[^1]);
        Assert.Equal(folder.Files(), before.Concat(files.Files).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_is_well_formed_and_its_ids_are_unique_and_its_links_lead_somewhere()
    {
        foreach (StudyFolder study in (StudyFolder[])[Studies.Saturation(), Studies.TieBreaks(), Studies.Timed(), Studies.AllFailed()])
        {
            using StudyFolder folder = study;
            var page = XDocument.Parse(Page(folder));
            string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
            Assert.Equal(ids.Distinct(), ids);
            Assert.All(page.Descendants().Attributes("href"), link => Assert.Contains(link.Value[1..], ids));
            Assert.All(page.Descendants().Attributes("aria-labelledby"), label => Assert.Contains(label.Value, ids));
            Assert.All(page.Descendants("table"), table => Assert.NotEqual("", table.Element("caption")!.Value));
            Assert.Single(page.Descendants("h1"));
        }
    }

    [Fact]
    public void The_page_refers_to_nothing_outside_and_runs_nothing()
    {
        using StudyFolder folder = Studies.Saturation(manifest => manifest with { Notes = ["see https://example.com/x"] });
        string page = Page(folder);
        var document = XDocument.Parse(page);
        string[] elements = [.. document.Descendants().Select(element => element.Name.LocalName).Distinct()];
        Assert.Empty(elements.Intersect(["script", "link", "img", "iframe", "object", "embed", "image", "use", "form", "base", "audio", "video"]));
        XAttribute[] attributes = [.. document.Descendants().Attributes()];
        Assert.All(attributes, attribute => Assert.DoesNotMatch("^(src|srcset|style|action|on.*)$", attribute.Name.LocalName));
        Assert.All(attributes.Where(attribute => attribute.Name.LocalName == "href"), link => Assert.StartsWith("#", link.Value));
        Assert.All(attributes.Where(attribute => attribute.Value.Contains("url(", StringComparison.Ordinal)), use => Assert.StartsWith("url(#", use.Value));
        string sheet = Assert.Single(document.Descendants("style")).Value;
        Assert.DoesNotContain("url(", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", sheet, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", document.Descendants("meta").Attributes("content").First().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_holds_no_figure_of_a_wall_clock()
    {
        using StudyFolder folder = Studies.Saturation();
        string[] files = [Page(folder), .. folder.Files("tables").Select(name => folder.Read(name))];
        Assert.Contains("0.12345678", folder.Read(ResultFileNames.Timing), StringComparison.Ordinal);
        foreach (string text in files)
        {
            Assert.DoesNotContain("0.1234", text, StringComparison.Ordinal);
            Assert.DoesNotContain("98765", text, StringComparison.Ordinal);
            IEnumerable<string> measured = MetricCatalog.All.Where(metric => metric.Place == MetricPlace.Timing).Select(metric => metric.Name);
            Assert.All(measured, name => Assert.DoesNotContain(name, text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Names_can_neither_write_markup_nor_leave_the_folder()
    {
        const string Hostile = "<script>alert('1')</script>&\"../../x\u202E";
        var manifest = new StudyManifest
        {
            Name = Hostile,
            Strategies = [(Hostile, Hostile, "firstInOrder"), ("best-fit", "best-fit", "firstInOrder")],
            Workloads = [Hostile],
            Notes = [Hostile],
            Verdicts = [(false, Hostile)],
        };
        CellResult[] cells =
        [
            .. from strategy in manifest.Strategies
               from seed in manifest.Seeds
               select Studies.Cell(Hostile, strategy.Label, seed) with
               {
                   Metrics = [new("gpu_allocated_percent", 90 + (seed % 3))],
                   Series = [new("gpu_allocated_percent", "gpu_arrived_percent", 0, 0), new("gpu_allocated_percent", "gpu_arrived_percent", 100, 90)],
               },
        ];
        using var folder = new StudyFolder(cells, manifest);
        ReportFiles files = ResultsReport.Write(folder.Path);
        Assert.All(files.Files.Where(name => name.StartsWith("figures/", StringComparison.Ordinal)), name => Assert.Matches("^figures/[a-z0-9.-]+$", name));
        var page = XDocument.Parse(folder.Read("report.html"));
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain('\u202E', folder.Read("report.html"));
        Assert.Equal("<script>alert('1')</script>&\"../../x\uFFFD", page.Descendants("h1").Single().Value);
    }

    [Fact]
    public void The_page_says_everything_a_reader_must_know()
    {
        using StudyFolder folder = Studies.Saturation(manifest => manifest with { Only = "strategy=it's" });
        string text = XDocument.Parse(Page(folder)).Root!.Value;
        foreach (string needed in (string[])
            [
                "3 strategies, 2 workloads, 1 fleet, 6 seeds: 36 cells.", "1 of 36 cells failed or are void", "1 of 2 expectations do not hold",
                "Highest GPU allocated (%): fgd in 2 of 2 workloads.", "nodes.csv (openb), order shuffled, a drawn 0.5 of them",
                "4 × big: 96 CPU, 384 GiB, 110 pods, 8 A10 GPUs", "until GPU requests reach 1.3 × capacity", "its mix of requests", "best-fit (baseline)", "42..47",
                "Somebody et al. 2023", "the strategy threw <oops> & \"more\"", "rows without an end", "requested gpu of the pods on nodes / gpu capacity",
                "schedbench run EXPERIMENT.yaml --seeds 42..47 --only 'strategy=it'\\''s' --data DIR", "0123456789abcdef",
                "fails: min of pods_placed_total", "a1b2",
            ])
        {
            Assert.Contains(needed, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Compressed_times_are_labelled_in_every_table_and_figure()
    {
        using StudyFolder folder = Studies.Timed(compress: "2");
        ReportFiles files = ResultsReport.Write(folder.Path);
        Assert.True(files.Files.Count > 20);
        // PDF text is Latin-1; so are the words that are looked for.
        Assert.All(files.Files, name => Assert.Contains("inter-arrival times", Encoding.Latin1.GetString(File.ReadAllBytes(folder[name])), StringComparison.Ordinal));
        Assert.Contains(files.Headline.Notes, note => note.Contains("inter-arrival times are divided by 2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_study_in_which_every_cell_failed_still_has_a_report()
    {
        using StudyFolder folder = Studies.AllFailed();
        ReportFiles files = ResultsReport.Write(folder.Path);
        Assert.Equal(12, Rows().Count(folder.Read("report.html")));
        Assert.Equal(["figures/figures.json"], files.Files.Where(name => name.StartsWith("figures/", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_study_of_any_size_has_a_page_of_at_most_five_megabytes_that_says_what_it_leaves_out()
    {
        using StudyFolder folder = Studies.Huge(strategies: 30, workloads: 50);
        ReportFiles files = ResultsReport.Write(folder.Path);
        string page = folder.Read("report.html");
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1_000_000, 5_000_000);
        Assert.Contains("Figures show 28 of 30 strategies", page, StringComparison.Ordinal);
        Assert.Contains("curves: there are more figures than the first 48, which are drawn.", page, StringComparison.Ordinal);
        Assert.Contains("Too large for this page, but in figures/: ", page, StringComparison.Ordinal);
        Assert.Contains("The first 600 of 1500 rows; tables/comparison.md holds all of them.", page, StringComparison.Ordinal);
        Assert.Equal(1500, files.Headline.Rows.Count);
    }

    [Fact]
    public void The_experiment_chooses_metrics_and_figures()
    {
        string[] metrics = ["gpu_fragmented_percent", "wait_seconds_max"];
        using StudyFolder folder = Studies.Saturation(manifest => manifest with { Metrics = metrics, Figures = ["boxes"] });
        ReportFiles files = ResultsReport.Write(folder.Path);
        Assert.Equal(["workload", "strategy", "n", "GPU fragmented (%)", "Δ best-fit"], files.Headline.Columns.Where(column => column.IsShown).Select(column => column.Head));
        string[] drawn = [.. files.Files.Where(name => name.EndsWith(".svg", StringComparison.Ordinal))];
        Assert.Equal(["figures/boxes-gpu-fragmented-percent-default.svg", "figures/boxes-gpu-fragmented-percent-sharing.svg"], drawn);
        Table again = ResultsReport.Headline(ResultsFolder.Load(folder.Path));
        Assert.Equal(TableFormats.ToText(files.Headline, TableFormat.Plain), TableFormats.ToText(again, TableFormat.Plain));
    }

    [Fact]
    public void Figures_of_an_earlier_report_go_and_files_of_others_stay()
    {
        using StudyFolder folder = Studies.Saturation();
        ResultsReport.Write(folder.Path);
        File.WriteAllText(folder["figures", "mine.svg"], "<svg/>");
        File.WriteAllText(folder["kept.svg"], "<svg/>");
        string index = folder.Read("figures", "figures.json");
        index = index.Replace("\"boxes-gpu-allocated-percent-default.svg\"", "\"../kept.svg\"", StringComparison.Ordinal);
        File.WriteAllText(folder["figures", "figures.json"], index);
        string manifest = folder.Read("manifest.json").Replace("\"figures\": []", "\"figures\": [\"curves\"]", StringComparison.Ordinal);
        File.WriteAllText(folder["manifest.json"], manifest);
        ResultsReport.Write(folder.Path);
        string[] left = [.. folder.Files("figures").Where(name => !name.StartsWith("figures/curves-", StringComparison.Ordinal))];
        // The box whose name was taken out of the index is no longer known as ours.
        Assert.Equal(["figures/boxes-gpu-allocated-percent-default.svg", "figures/figures.json", "figures/mine.svg"], left);
        Assert.True(File.Exists(folder["kept.svg"]));
    }

    [Fact]
    public void Published_values_of_an_earlier_experiment_are_not_shown()
    {
        using StudyFolder folder = Studies.Saturation();
        Assert.Contains("tables/published.tex", ResultsReport.Write(folder.Path).Files);
        Assert.Contains("Ours is the fleet small.", folder.Read(Path.Combine("tables", "published.md")), StringComparison.Ordinal);
        using StudyFolder other = Studies.Saturation(manifest => manifest with { PublishedSource = "" });
        File.Copy(other["manifest.json"], folder["manifest.json"], overwrite: true);
        Assert.True(File.Exists(folder[ResultFileNames.Published]));
        ReportFiles files = ResultsReport.Write(folder.Path);
        Assert.DoesNotContain("tables/published.md", files.Files);
        Assert.DoesNotContain("tables/published.tex", folder.Files("tables"));
        Assert.DoesNotContain("id=\"published\"", folder.Read("report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_without_what_a_report_needs_is_refused_with_file_and_field()
    {
        using StudyFolder folder = Studies.Saturation();
        string manifest = folder.Read("manifest.json");
        (string Find, string Replace, string Field)[] damages =
        [
            ("\"planFingerprint\"", "\"other\"", "planFingerprint"),
            ("\"epoch\": \"2024-01-01T00:00:00Z\"", "\"epoch\": 7", "experiment.epoch"),
            ("\"holds\": true", "\"holds\": 1", "verdicts[0].holds"),
            ("\"rowsRead\": 12", "\"rowsRead\": -12", "inputs[0].rowsRead"),
            ("    42,", "    -42,", "experiment.seeds[0]"),
            ("\"mode\": \"saturate\"", "\"mode\": \"timed\"", "experiment.workloads[0].replay.compress"),
        ];
        foreach ((string find, string replace, string field) in damages)
        {
            string damaged = manifest.Replace(find, replace, StringComparison.Ordinal);
            Assert.NotEqual(manifest, damaged);
            File.WriteAllText(folder["manifest.json"], damaged);
            InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => ResultsReport.Write(folder.Path)).Problems);
            Assert.Equal((folder["manifest.json"], field), (problem.File, problem.Field));
            Assert.False(File.Exists(folder["report.html"]));
        }
    }

    [Fact]
    public void A_folder_that_holds_no_results_is_refused()
    {
        DirectoryInfo empty = Directory.CreateTempSubdirectory("schedbench-");
        Assert.Throws<InputException>(() => ResultsReport.Write(empty.FullName));
        Assert.Empty(empty.EnumerateFileSystemInfos());
        empty.Delete();
    }

    private static string Page(StudyFolder folder)
    {
        ResultsReport.Write(folder.Path);
        return folder.Read("report.html");
    }

    [GeneratedRegex("<td>out of time</td>")]
    private static partial Regex Rows();
}
