using System.Globalization;
using SchedBench.Reporting.Pages.Html;
using SchedBench.Reporting.Pages.Run;

namespace SchedBench.Reporting.Pages;

/// <summary>The parts of a report that say what ran, on what, and how to do it again.</summary>
internal static class RunSections
{
    public static void WhatWasRun(HtmlWriter html, ReportData data)
    {
        RunDescription run = data.Run;
        PlainTable.Write(html, "Fleets", ["fleet", "nodes"], run.Fleets.Select(fleet => (string[])[fleet.Name, fleet.Nodes]));
        PlainTable.Write(
            html, "Workloads", ["workload", "trace", "replay"],
            run.Workloads.Select(workload => (string[])[workload.Name, workload.Trace, workload.Replay]));
        bool hasOptions = run.Strategies.Any(strategy => strategy.Options.Length > 0);
        bool hasLabels = run.Strategies.Any(strategy => strategy.Label != strategy.Name);
        PlainTable.Write(
            html, "Strategies",
            [.. hasLabels ? (string[])["label", "strategy"] : ["strategy"], "tie-break", "knows the workload", .. hasOptions ? (string[])["options"] : []],
            run.Strategies.Select(strategy => (string[])
            [
                strategy.Label + (strategy.Label == run.Baseline ? " (baseline)" : ""), .. hasLabels ? (string[])[strategy.Name] : [], strategy.TieBreak,
                strategy.KnowsWorkload ? "its mix of requests" : "no", .. hasOptions ? (string[])[strategy.Options] : [],
            ]));
        string only = run.Only.Length == 0 ? "" : $" Only the cells with {run.Only} ran.";
        html.Element("p", $"{Words.Count(run.Seeds.Count, "seed")}: {Words.Ranges(run.Seeds)}. Virtual time 0 is {run.Epoch}.{only}");
    }

    public static void Inputs(HtmlWriter html, ReportData data)
    {
        if (data.Run.Inputs.Count == 0)
        {
            html.Element("p", "No file was read: fleets and workloads are stated in the experiment.");
            return;
        }

        PlainTable.Write(
            html, "What was read", ["file", "format", "rows", "pods", "groups", "nodes", "SHA-256"],
            data.Run.Inputs.SelectMany(input => input.Files.Select((file, i) => (string[])
            [
                file.Name, input.Format,
                .. i == 0 ? (string[])[Number(input.RowsRead), Number(input.Pods), Number(input.Groups), Number(input.Nodes)] : ["", "", "", ""],
                file.Sha256,
            ])));
        string[][] notes =
        [
            .. from input in data.Run.Inputs
               from note in input.Notes
               select (string[])[input.Files.Count > 0 ? input.Files[0].Name : input.Format, note.Kind, Number(note.Count), note.Meaning],
        ];
        if (notes.Length == 0) html.Element("p", "Readers used every row as it is written.");
        else PlainTable.Write(html, "What readers changed, dropped or noticed", ["file", "what", "cases", "why and how"], notes);
    }

    public static void Notes(HtmlWriter html, ReportData data)
    {
        html.Start("ul");
        foreach (string note in data.Run.Notes) html.Element("li", note);
        html.End();
    }

    public static void Repeat(HtmlWriter html, ReportData data)
    {
        RunDescription run = data.Run;
        string only = run.Only.Length == 0 ? "" : $" --only {Quoted(run.Only)}";
        string folder = run.Inputs.Count == 0 ? "" : " --data DIR";
        html.Element("p", $"With {run.Product} and the experiment file:");
        html.Element("pre", $"schedbench run EXPERIMENT.yaml --seeds {Words.Ranges(run.Seeds)}{only}{folder}");
        html.Element(
            "p",
            (run.Inputs.Count == 0 ? "" : "DIR holds the files above that are not beside the experiment. ")
            + "The folder of these results holds the resolved experiment (manifest.json), every cell (cells.csv, series.csv) and the statistics "
            + "(summary.csv, comparisons.csv). Repeating the run gives the same bytes in all of them, for any number of jobs; "
            + "schedbench verify re-runs a sample of the cells and compares.");
        html.Start("p").Text("Plan fingerprint: ").Start("code", ("class", "hash")).Text(run.PlanFingerprint).EndInline();
        html.Text(". Equal fingerprints mean the same program, levels, seeds and input bytes.").End();
    }

    /// <summary>As one word for a POSIX shell.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
