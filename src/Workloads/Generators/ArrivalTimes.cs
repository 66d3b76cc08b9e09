using SchedBench.Core.Randomness;

namespace SchedBench.Workloads.Generators;

/// <summary>Arrival instants one after another: gaps of mean 1 on a clock of its own, which the cycle and the bursts make run faster and slower.</summary>
/// <remarks>
/// The k-th gap is draw k of the stream <c>workloads/arrivals</c>; the clock's rate is a step function of time, so each gap is turned into seconds exactly:
/// <code>
///   rate  ┌──┐  ┌─     a gap of g units ends where the area under the rate
///       ──┘  └──┘      since the last arrival has grown by g
/// </code>
/// </remarks>
internal sealed class ArrivalTimes
{
    private readonly Draw _gaps;
    private readonly Draw _states;
    private readonly Distribution? _gap;
    private readonly double _meanGapSeconds;
    private readonly double[] _parts;
    private readonly double _partSeconds;
    private readonly BurstOptions? _bursts;
    private readonly double _calmRate = 1;

    private double _now;
    private long _part;
    private double _partEnd;
    private bool _bursting;
    private double _stateEnd = double.PositiveInfinity;
    private ulong _switches;

    public ArrivalTimes(ArrivalOptions options, ulong seed, double meanGapSeconds)
    {
        _gaps = Draw.Stream(seed, "workloads/arrivals");
        _states = Draw.Stream(seed, "workloads/bursts");
        _meanGapSeconds = meanGapSeconds;
        _gap = options.Process switch
        {
            ArrivalProcess.Together => null,
            ArrivalProcess.Gamma => Make("gamma", options.Shape),
            ArrivalProcess.Weibull => Make("weibull", options.Shape),
            _ => Make("exponential", null),
        };
        _parts = options.Daily is DailyCycleOptions daily ? Normalised(daily.Weights) : [1];
        _partSeconds = options.Daily is DailyCycleOptions cycle ? cycle.Period.TotalSeconds / _parts.Length : double.PositiveInfinity;
        _partEnd = _partSeconds;
        _bursts = options.Bursts;
        if (_bursts is null) return;
        double share = _bursts.MeanBurst.TotalSeconds / (_bursts.MeanBurst.TotalSeconds + _bursts.MeanCalm.TotalSeconds);
        _calmRate = 1 / (1 - share + (share * _bursts.Factor));
        _stateEnd = StateSeconds(_bursts.MeanCalm);
    }

    /// <summary>Seconds of the next arrival. Jobs are asked for in order.</summary>
    public double Next(ulong job)
    {
        if (_gap is null) return 0;
        double left = _gap.Sample(_gaps, job, 0) * _meanGapSeconds;
        while (true)
        {
            double rate = _parts[_part % _parts.Length] * (_bursting ? _calmRate * _bursts!.Factor : _calmRate);
            double end = Math.Min(_partEnd, _stateEnd);
            if (left < rate * (end - _now))
            {
                _now += left / rate;
                return _now;
            }

            // An endless part has a rate above 0, so only finite ends are crossed.
            left -= rate * (end - _now);
            _now = end;
            if (_partEnd <= end) _partEnd = ++_part * _partSeconds + _partSeconds;
            if (_stateEnd > end) continue;
            _bursting = !_bursting;
            _stateEnd = end + StateSeconds(_bursting ? _bursts!.MeanBurst : _bursts!.MeanCalm);
        }
    }

    private double StateSeconds(TimeSpan mean) => mean.TotalSeconds * -DeterministicMath.Log(1 - _states.Uniform(_switches++, 0));

    private static Distribution Make(string name, double? shape)
    {
        var parameters = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal) { ["mean"] = [1.0] };
        if (shape is double value) parameters.Add("shape", [value]);
        return DistributionCatalog.Create(name, parameters, out _) ?? throw new InvalidOperationException("The shape was checked.");
    }

    private static double[] Normalised(IReadOnlyList<double> weights)
    {
        double sum = 0;
        foreach (double weight in weights) sum += weight;
        return [.. weights.Select(weight => weight * weights.Count / sum)];
    }
}
