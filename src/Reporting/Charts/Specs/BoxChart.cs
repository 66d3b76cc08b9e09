namespace SchedBench.Reporting.Charts;

/// <summary>Tukey's boxes, one row each, names at the left so that long ones stay readable.</summary>
/// <remarks>Box: lower to upper quartile (linear interpolation between order statistics, type 7 of Hyndman and Fan 1996); line: median; diamond: mean;
/// whiskers: the outermost samples within 1.5 box lengths of the box; circles: samples beyond.</remarks>
/// <param name="Value">The values' axis.</param>
/// <param name="Boxes">From top to bottom.</param>
public sealed record BoxChart(AxisSpec Value, IReadOnlyList<BoxSeries> Boxes) : ChartSpec
{
    private const int MostBoxes = 500, MostSamples = 20_000_000;

    /// <summary>Title of the names' axis; empty for none.</summary>
    public string CategoryTitle { get; init; } = "";

    /// <inheritdoc/>
    public override void Validate()
    {
        SpecCheck.Axis(Value);
        SpecCheck.DistinctNames(Boxes.Select(s => s.Name), "box");
        SpecCheck.Count(Boxes.Count, MostBoxes, "boxes");
        SpecCheck.Count(Boxes.Sum(s => s.Samples.Count), MostSamples, "samples");
        foreach (BoxSeries box in Boxes)
        {
            for (int i = 0; i < box.Samples.Count; i++) SpecCheck.Value(box.Samples[i], Value.Scale, box.Name, SpecCheck.Invariant($"sample {i + 1}"));
        }
    }
}

/// <summary>The samples behind one box; none leave the row empty.</summary>
/// <param name="Name">As it stands beside the row.</param>
/// <param name="Samples">In any order.</param>
public sealed record BoxSeries(string Name, IReadOnlyList<double> Samples);
