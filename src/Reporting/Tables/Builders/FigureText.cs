using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>Cells that hold a figure with its uncertainty.</summary>
internal static class FigureText
{
    /// <summary>The fields of <see cref="MeanCell"/>.</summary>
    public static string[] MeanFields(string metric) => [metric + "_mean", metric + "_ci95_low", metric + "_ci95_high", metric + "_n"];

    /// <summary><c>93.80 ± 0.31</c>; the mean alone below two values, nothing without any.</summary>
    public static TableCell MeanCell(SampleSummary sample, int decimals, bool isBest)
    {
        TableValue[] values = [TableValue.Of(sample.Mean), TableValue.Of(sample.Confidence95?.Low), TableValue.Of(sample.Confidence95?.High), TableValue.Of(sample.Count)];
        return new TableCell(WithHalfWidth(sample.Mean, sample.Confidence95, decimals), values, IsBest: isBest);
    }

    /// <summary>The decimals of a column of means.</summary>
    public static int Decimals(IReadOnlyList<SampleSummary> samples) => HumanNumber.Decimals(samples.Select(s => s.Mean), samples.Select(s => s.Confidence95?.HalfWidth));

    /// <summary>A number and half of its interval.</summary>
    public static string WithHalfWidth(double? value, Interval? interval, int decimals)
    {
        if (value is not { } number) return "";
        string text = HumanNumber.Fixed(number, decimals);
        return interval is { } ends ? $"{text} ± {HumanNumber.Fixed(ends.HalfWidth, decimals)}" : text;
    }

    /// <summary><c>***</c>, <c>**</c>, <c>*</c> for an adjusted p up to 0.001, 0.01, 0.05; otherwise nothing.</summary>
    public static string Stars(double? p) => p switch
    {
        <= 0.001 => "***",
        <= 0.01 => "**",
        <= 0.05 => "*",
        _ => "",
    };
}
