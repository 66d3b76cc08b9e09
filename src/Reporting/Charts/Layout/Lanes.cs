namespace SchedBench.Reporting.Charts.Layout;

/// <summary>Stacks the bars of a timeline so that none hides another.</summary>
internal static class Lanes
{
    /// <summary>Even a pod that asks for nothing is visible.</summary>
    private const double ThinnestShare = 0.02;

    private const double Tolerance = 1e-9;

    /// <summary>For every bar of <paramref name="chart"/> in order of series and bars: its lower and upper edge within the row, 0..1.</summary>
    /// <remarks>In order of start, each bar takes the lowest place that is free for its whole length; a bar ends before one that starts at the same instant begins.
    /// Where holes between bars make a row overflow, the whole row is scaled down.</remarks>
    public static List<(double Lower, double Upper)[]> Stack(TimelineChart chart)
    {
        List<(double Lower, double Upper)[]> edges = [.. chart.Series.Select(s => new (double, double)[s.Bars.Count])];
        var byRow = chart.Series
            .SelectMany((series, s) => series.Bars.Select((bar, b) => (Series: s, Index: b, Bar: bar)))
            .GroupBy(item => item.Bar.Row);
        foreach (var row in byRow)
        {
            var active = new List<(double Lower, double Upper, double End)>();
            double highest = 1;
            foreach (var item in row.OrderBy(item => item.Bar.Start).ToList())
            {
                active.RemoveAll(other => other.End <= item.Bar.Start);
                double share = Math.Max(item.Bar.Share, ThinnestShare), lower = LowestFree(active, share);
                int place = active.FindIndex(other => other.Lower > lower);
                active.Insert(place < 0 ? active.Count : place, (lower, lower + share, item.Bar.End));
                edges[item.Series][item.Index] = (lower, lower + share);
                highest = Math.Max(highest, lower + share);
            }

            foreach (var item in row)
            {
                ref (double Lower, double Upper) edge = ref edges[item.Series][item.Index];
                edge = (edge.Lower / highest, edge.Upper / highest);
            }
        }

        return edges;
    }

    /// <summary>The bottom of the lowest hole that <paramref name="share"/> fits into; <paramref name="active"/> is in order of lower edges.</summary>
    private static double LowestFree(List<(double Lower, double Upper, double End)> active, double share)
    {
        double floor = 0;
        foreach ((double lower, double upper, _) in active)
        {
            if (lower - floor >= share - Tolerance) return floor;
            floor = Math.Max(floor, upper);
        }

        return floor;
    }
}
