namespace SchedBench.Reporting.Charts;

/// <summary>Who ran where and when: one row a node, one bar a pod, as high as its share of the node.</summary>
/// <remarks>Bars that overlap in time are stacked, lowest free place first, so that the filled height of a row is its use.</remarks>
/// <param name="Time">The horizontal axis, with its unit.</param>
/// <param name="Rows">Nodes from top to bottom.</param>
/// <param name="Series">Bars of one colour each: a job, a shape, a priority.</param>
public sealed record TimelineChart(AxisSpec Time, IReadOnlyList<string> Rows, IReadOnlyList<TimelineSeries> Series) : ChartSpec
{
    private const int MostBars = 100_000, MostRows = 2_000;

    /// <summary>Title of the rows; empty for none.</summary>
    public string RowTitle { get; init; } = "";

    /// <inheritdoc/>
    public override void Validate()
    {
        SpecCheck.Axis(Time);
        SpecCheck.DistinctNames(Rows, "row");
        SpecCheck.DistinctNames(Series.Select(s => s.Name), "series");
        SpecCheck.Count(Rows.Count, MostRows, "rows");
        SpecCheck.Count(Series.Sum(s => s.Bars.Count), MostBars, "bars");
        foreach (TimelineSeries series in Series)
        {
            for (int i = 0; i < series.Bars.Count; i++)
            {
                TimelineBar bar = series.Bars[i];
                SpecCheck.Value(bar.Start, Time.Scale, series.Name, SpecCheck.Invariant($"start of bar {i + 1}"));
                SpecCheck.Value(bar.End, Time.Scale, series.Name, SpecCheck.Invariant($"end of bar {i + 1}"));
                if (bar.End < bar.Start) throw new ArgumentException(SpecCheck.Invariant($"series '{series.Name}': bar {i + 1} ends at {bar.End} before its start at {bar.Start}"));
                if (bar.Share is not (>= 0 and <= 1)) throw new ArgumentException(SpecCheck.Invariant($"series '{series.Name}': share of bar {i + 1} is {bar.Share}, 0..1 is expected"));
                if (bar.Row < 0 || bar.Row >= Rows.Count) throw new ArgumentException(SpecCheck.Invariant($"series '{series.Name}': bar {i + 1} is in row {bar.Row} of {Rows.Count}"));
            }
        }
    }
}

/// <summary>Bars of one colour.</summary>
/// <param name="Name">As it stands in the legend.</param>
/// <param name="Bars">In any order.</param>
public sealed record TimelineSeries(string Name, IReadOnlyList<TimelineBar> Bars);

/// <summary>One stay of one pod on one node.</summary>
/// <param name="Row">Zero-based index into the rows.</param>
/// <param name="Start">Begin, in the unit of the time axis.</param>
/// <param name="End">End; not before the begin.</param>
/// <param name="Share">How much of the row the pod takes, 0..1.</param>
public readonly record struct TimelineBar(int Row, double Start, double End, double Share);
