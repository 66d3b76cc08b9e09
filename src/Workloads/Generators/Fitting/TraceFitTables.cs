using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Workloads.Inspection;

namespace SchedBench.Workloads.Generators.Fitting;

/// <summary>The tables that <c>trace fit</c> prints.</summary>
public static class TraceFitTables
{
    /// <summary>The tables of a fit: overview, fits of gaps and lifetimes, loads.</summary>
    public static IReadOnlyList<InspectionTable> Of(TraceFitResult result)
    {
        TraceFitReport report = result.Report;
        var tables = new List<InspectionTable>
        {
            new("Fit", ["figure", "value"],
            [
                Row("jobs", Whole(report.Jobs)),
                Row("span", DurationText.Format(report.Span)),
                Row("daily amplitude", Real(report.DailyAmplitude)),
                Row("censored jobs", Whole(report.Censored)),
                Row("classes", Whole(result.Options.Classes.Count)),
                Row("share of jobs in them", Real(report.ClassCoverage)),
            ]),
        };
        if (report.Gaps is SampleFit gaps) tables.Add(Fits("Gaps between jobs (mean 1, daily cycle taken out), best first", gaps));
        if (report.Lifetimes is SampleFit lifetimes) tables.Add(Fits("Lifetimes in seconds, best first", lifetimes));
        if (report.Loads.Count > 0)
        {
            tables.Add(new("Offered load", ["resource", "recorded", "modelled"], [.. report.Loads.Select(load => Row(load.Resource, Real(load.Recorded), Real(load.Modelled)))]));
        }

        return tables;
    }

    private static InspectionTable Fits(string title, SampleFit sample) => new(
        title,
        ["distribution", "values", "log_likelihood", "aic", "ks"],
        [.. sample.Fits.Select(fit => Row(fit.Distribution.ToString(), Whole(sample.Count), Real(fit.LogLikelihood), Real(fit.Aic), Real(fit.KolmogorovSmirnov)))]);

    private static string[] Row(params string[] cells) => cells;

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Real(double? value) => value?.ToString("G9", CultureInfo.InvariantCulture) ?? "";
}
