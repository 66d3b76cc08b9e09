using System.CommandLine;
using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Pages;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench report</c>: tables, figures and report of a results folder, made anew.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("report", "Make the tables, figures and report of a results folder anew.");
        var folder = new Argument<string>("folder") { Description = "Results folder." };
        var font = new Option<string>("--pdf-font")
        {
            Description = "Font of the PDF figures: helvetica (not embedded, same bytes everywhere), installed (embedded), or a TrueType file.",
            HelpName = "FONT",
            DefaultValueFactory = _ => "helvetica",
        };
        command.Arguments.Add(folder);
        command.Options.Add(font);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(folder)!;
            ReportFiles report = ResultsReport.Write(path, PdfFont.Parse(parsed.GetValue(font)!));
            TableOutput.Write(terminal, report.Headline, parsed.GetValue(format));
            terminal.Note($"report: {Path.Combine(path, report.Page)}");
            return ExitCode.Ok;
        });
        return command;
    }
}

/// <summary><c>schedbench compare</c>: two results folders side by side, paired by seed.</summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("compare", "Set two results folders side by side, paired by fleet, workload, strategy and seed.");
        var before = new Argument<string>("before") { Description = "Results folder to compare with." };
        var after = new Argument<string>("after") { Description = "Results folder to compare." };
        var all = new Option<bool>("--all") { Description = "Every metric, also those without any difference." };
        command.Arguments.Add(before);
        command.Arguments.Add(after);
        command.Options.Add(all);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            string beforePath = parsed.GetValue(before)!;
            var left = ResultsFolder.Load(beforePath);
            var right = ResultsFolder.Load(parsed.GetValue(after)!);
            IReadOnlyList<ComparisonRow> rows = ComparisonTable.Between(left.Cells, right.Cells, beforePath);
            var table = new SimpleTable(
                $"{parsed.GetValue(after)} compared with {beforePath}", "fleet", "workload", "strategy", "metric", "#pairs", "#mean difference", "#low", "#high", "#Holm p");
            foreach (ComparisonRow row in rows)
            {
                ComparisonFigures figures = row.Figures;
                if (figures.Pairs == 0 || (figures.Pairs == figures.ZeroPairs && !parsed.GetValue(all))) continue;
                table.Add(
                    row.Combination.Fleet, row.Combination.Workload, row.Strategy, row.Metric, $"{figures.Pairs}", Text(figures.MeanDifference),
                    Text(figures.Confidence95?.Low), Text(figures.Confidence95?.High), Text(figures.HolmP));
            }

            TableOutput.Write(terminal, table.Build(), parsed.GetValue(format));
            int equal = rows.Count(row => row.Figures.Pairs > 0 && row.Figures.Pairs == row.Figures.ZeroPairs);
            terminal.Note($"{rows.Count(row => row.Figures.Pairs > 0)} comparisons, {equal} of them without any difference; {rows.Count(row => row.Figures.Pairs == 0)} without a pair");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Text(double? number) => number is { } value ? ResultNumber.Format(value) : "";
}
