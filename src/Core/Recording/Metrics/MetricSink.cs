namespace SchedBench.Core.Recording.Metrics;

/// <summary>A scalar metric of a run.</summary>
/// <param name="Name">Name: snake_case, unit last; defined in REFERENCE terms in docs/metrics.md.</param>
/// <param name="Value">Value; null for an empty sample.</param>
public readonly record struct RunMetric(string Name, double? Value);

/// <summary>A point of a curve of a run.</summary>
/// <param name="Metric">Metric on the y axis.</param>
/// <param name="XName">Metric on the x axis.</param>
/// <param name="X">Where.</param>
/// <param name="Value">How much.</param>
public readonly record struct RunPoint(string Metric, string XName, double X, double Value);

/// <summary>Collects what the observers of a run have to say at its end.</summary>
public sealed class MetricSink
{
    private readonly List<RunMetric> _metrics = [];
    private readonly List<RunPoint> _points = [];

    /// <summary>Scalars, in the order in which they were added.</summary>
    public IReadOnlyList<RunMetric> Metrics => _metrics;

    /// <summary>Points, in the order in which they were added.</summary>
    public IReadOnlyList<RunPoint> Points => _points;

    /// <summary>Adds a scalar; null says that the sample is empty.</summary>
    /// <exception cref="ArgumentException">Not a finite number: no NaN or infinity leaves a run.</exception>
    public void Add(string name, double? value)
    {
        if (value is { } number && !double.IsFinite(number)) throw new ArgumentException($"{name} is {number}: a metric is finite or empty.", nameof(value));
        _metrics.Add(new RunMetric(name, value));
    }

    /// <summary>Adds part / whole × factor, or an empty value when the whole is 0.</summary>
    public void AddRatio(string name, Int128 part, Int128 whole, double factor = 1) => Add(name, whole == 0 ? null : (double)part / (double)whole * factor);

    /// <summary>Adds a point of a curve.</summary>
    /// <exception cref="ArgumentException">Not a finite number.</exception>
    public void AddPoint(string metric, string xName, double x, double value)
    {
        if (!double.IsFinite(x) || !double.IsFinite(value)) throw new ArgumentException($"{metric} at {x} is {value}: a point is finite.", nameof(value));
        _points.Add(new RunPoint(metric, xName, x, value));
    }
}

/// <summary>An observer that has metrics to report when the run is over.</summary>
public interface IMetricObserver : IFactObserver
{
    /// <summary>Called once, after the last event.</summary>
    /// <param name="end">Instant at which the run ended.</param>
    /// <param name="sink">Where the metrics go.</param>
    void Report(TimeSpan end, MetricSink sink);
}
