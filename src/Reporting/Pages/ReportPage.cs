using SchedBench.Reporting.Pages.Figures;
using SchedBench.Reporting.Pages.Html;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

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
    /// <param name="figures">The figures.</param>
    public static string Render(ReportData data, Table headline, Table? published, FigureSet figures)
    {
        Section[] sections =
        [
            new("run", "What was run", html => RunSections.WhatWasRun(html, data)),
            new("reading", "How to read it", html => ResultSections.HowToRead(html, data)),
            new("results", "Results", html => ResultSections.Headline(html, headline)),
            .. published is null ? (Section[])[] : [new("published", "Published values and ours", html => HtmlTable.Write(html, published, $"{ResultsReport.TablesFolder}/{published.Name}.md"))],
            .. figures.Figures.Count == 0 && figures.Notes.Count == 0 ? (Section[])[] : [new("figures", "Figures", html => FigureSection.Write(html, figures))],
            .. data.Run.Verdicts.Count == 0 ? (Section[])[] : [new("expectations", "Expectations", html => ResultSections.Expectations(html, data))],
            .. data.Cells.All(cell => cell.Status == CellStatus.Ok) ? (Section[])[] : [new("failures", "Failed and void cells", html => ResultSections.Failures(html, data))],
            new("metrics", "Metrics", html => ResultSections.Metrics(html, data)),
            new("inputs", "Inputs", html => RunSections.Inputs(html, data)),
            .. data.Run.Notes.Count == 0 ? (Section[])[] : [new("notes", "Notes", html => RunSections.Notes(html, data))],
            new("repeat", "How to repeat it", html => RunSections.Repeat(html, data)),
        ];
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
        html.Start("head").Void("meta", ("charset", "utf-8")).Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", ContentPolicy));
        html.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Void("meta", ("name", "generator"), ("content", data.Run.Product));
        html.Element("title", $"{data.Run.Experiment}: {data.Run.Product}");
        html.Start("style").Raw("\n" + ReportStyle.Sheet + "\n").End().End();
    }

    /// <summary>Title, the size of the study, and what nobody may overlook.</summary>
    private static void Header(HtmlWriter html, ReportData data)
    {
        int fleets = data.Combinations.Select(c => c.Fleet).Distinct(StringComparer.Ordinal).Count(), workloads = data.Combinations.Select(c => c.Workload).Distinct(StringComparer.Ordinal).Count();
        string size = $"{Words.Count(data.Strategies.Count, "strategy")}, {Words.Count(workloads, "workload")}, {Words.Count(fleets, "fleet")}, {data.SeedWords}: {Words.Count(data.Cells.Count, "cell")}.";
        html.Start("header").Element("h1", data.Run.Experiment).Element("p", size, ("class", "lead"));
        int bad = data.Cells.Count(cell => cell.Status != CellStatus.Ok);
        if (bad > 0) Alarm(html, $"{bad} of {Words.Count(data.Cells.Count, "cell")} failed or are void. They take no part in any figure or table; ", "failures", "the list says why");
        int broken = data.Run.Verdicts.Count(verdict => !verdict.Holds);
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
    private sealed record Section(string Id, string Title, Action<HtmlWriter> Write);
}
