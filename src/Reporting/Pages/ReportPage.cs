using SchedBench.Reporting.Pages.Figures;
using SchedBench.Reporting.Pages.Html;
using SchedBench.Reporting.Tables;

namespace SchedBench.Reporting.Pages;

/// <summary>The report: one HTML file that needs no network, no script and no other file, and holds nothing that a wall clock measured.</summary>
internal static class ReportPage
{
    /// <summary>Forbids everything but the style sheet within: no request can leave the page, whatever a name in it tries.</summary>
    private const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'";

    /// <summary>The whole page.</summary>
    /// <param name="data">The results.</param>
    /// <param name="headline">The comparison table.</param>
    /// <param name="published">Published values and ours, or <see langword="null"/>.</param>
    /// <param name="topics">Tables by topic; empty without.</param>
    /// <param name="figures">The figures.</param>
    public static string Render(ReportData data, Table headline, Table? published, IReadOnlyList<Table> topics, FigureSet figures)
    {
        Section[] sections =
        [
            new("run", "What was run", html => RunSections.WhatWasRun(html, data)),
            new("reading", "How to read it", html => ResultSections.HowToRead(html, data)),
            new("results", "Results", html => ResultSections.Headline(html, headline)),
            new("details", "Results by topic", html => ResultSections.Topics(html, topics)) { IsNeeded = topics.Count > 0 },
            new("published", "Published values and ours", html => ResultSections.Published(html, published!)) { IsNeeded = published is not null },
            new("figures", "Figures", html => FigureSection.Write(html, figures)) { IsNeeded = figures.Figures.Count + figures.Notes.Count > 0 },
            new("expectations", "Expectations", html => ResultSections.Expectations(html, data)) { IsNeeded = data.Run.Verdicts.Count > 0 },
            new("failures", "Failed and void cells", html => ResultSections.Failures(html, data)) { IsNeeded = data.BadCells.Any() },
            new("metrics", "Metrics", html => ResultSections.Metrics(html, data)),
            new("inputs", "Inputs", html => RunSections.Inputs(html, data)),
            new("notes", "Notes", html => RunSections.Notes(html, data)) { IsNeeded = data.Run.Notes.Count > 0 },
            new("repeat", "How to repeat it", html => RunSections.Repeat(html, data)),
        ];
        sections = [.. sections.Where(section => section.IsNeeded)];
        var html = new HtmlWriter();
        html.Raw("<!DOCTYPE html>\n").Start("html", ("lang", "en"));
        Head(html, data);
        html.Start("body");
        Header(html, data);
        html.Start("nav", ("aria-label", "Contents")).Start("ul");
        foreach (Section section in sections) html.Start("li").Element("a", section.Title, ("href", "#" + section.Id)).End();
        html.End().End().Start("main");
        foreach (Section section in sections)
        {
            html.Start("section", ("aria-labelledby", section.Id)).Element("h2", section.Title, ("id", section.Id));
            section.Write(html);
            html.End();
        }

        html.End().Start("footer").Element("p", $"{data.Run.Product}. Plan {data.Run.PlanFingerprint}.", ("class", "hash")).End().End().End();
        return html.ToString();
    }

    private static void Head(HtmlWriter html, ReportData data)
    {
        html.Start("head").Void("meta", ("charset", "utf-8"));
        html.Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", ContentPolicy));
        html.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.Void("meta", ("name", "generator"), ("content", data.Run.Product));
        html.Element("title", $"{data.Run.Experiment}: {data.Run.Product}");
        html.Start("style").Raw("\n" + ReportStyle.Sheet + "\n").End().End();
    }

    /// <summary>Title, the size of the study, and what nobody may overlook.</summary>
    private static void Header(HtmlWriter html, ReportData data)
    {
        string cells = Words.Count(data.Cells.Count, "cell");
        string[] sizes =
        [
            Words.Count(data.Strategies.Count, "strategy"), Words.Count(data.Combinations.DistinctBy(c => c.Workload).Count(), "workload"),
            Words.Count(data.Combinations.DistinctBy(c => c.Fleet).Count(), "fleet"), data.SeedWords,
        ];
        html.Start("header").Element("h1", data.Run.Experiment).Element("p", $"{string.Join(", ", sizes)}: {cells}.", ("class", "lead"));
        int bad = data.BadCells.Count(), broken = data.Run.Verdicts.Count(verdict => !verdict.Holds);
        if (bad > 0) Alarm(html, $"{bad} of {cells} failed or are void. They take no part in any figure or table; ", "failures", "the list says why");
        if (broken > 0) Alarm(html, $"{broken} of {Words.Count(data.Run.Verdicts.Count, "expectation")} do not hold: ", "expectations", "see which");
        ResultSections.InShort(html, data);
        html.End();
    }

    private static void Alarm(HtmlWriter html, string text, string id, string link)
    {
        html.Start("p", ("class", "alarm")).Text(text).Start("a", ("href", "#" + id)).Text(link).EndInline().Text(".").End();
    }

    /// <summary>A part of the page.</summary>
    /// <param name="Id">Its anchor.</param>
    /// <param name="Title">Its heading.</param>
    /// <param name="Write">Writes what is below the heading.</param>
    private sealed record Section(string Id, string Title, Action<HtmlWriter> Write)
    {
        /// <summary>Whether there is anything to say.</summary>
        public bool IsNeeded { get; init; } = true;
    }
}
