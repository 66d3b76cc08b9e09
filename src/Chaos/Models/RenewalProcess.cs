using SchedBench.Core.Randomness;

namespace SchedBench.Chaos.Models;

/// <summary>A failure of a unit.</summary>
/// <param name="At">When, in seconds since the model began to hold.</param>
/// <param name="Duration">How long the repair takes from there, in seconds.</param>
/// <param name="Age">How long it has taken already by then, in seconds: of what had failed before the model began to hold.</param>
public readonly record struct Outage(double At, double Duration, double Age = 0);

/// <summary>Draws the failures of units by a model. Every unit has draws of its own, so that a unit more changes nothing for the others.</summary>
public sealed class RenewalProcess
{
    private readonly FailureModel _model;
    private readonly Draw _life;
    private readonly Draw _repair;
    private readonly Draw _start;
    private readonly Draw _lemon;
    private readonly BurstClock? _bursts;
    private readonly Distribution? _lemons;

    /// <summary>The process of one source under a seed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="stream">Name of the source.</param>
    /// <param name="horizon">Seconds that are drawn for.</param>
    public RenewalProcess(FailureModel model, ulong seed, string stream, double horizon)
    {
        _model = model;
        Horizon = horizon;
        _life = Draw.Stream(seed, $"chaos/{stream}/life");
        _repair = Draw.Stream(seed, $"chaos/{stream}/repair");
        _start = Draw.Stream(seed, $"chaos/{stream}/start");
        _lemon = Draw.Stream(seed, $"chaos/{stream}/lemon");
        if (model.Bursts is { } bursts) _bursts = new BurstClock(bursts, Draw.Stream(seed, $"chaos/{stream}/bursts"), horizon);
        if (model.LemonShape > 0) _lemons = DistributionCatalog.Create("gamma", new Dictionary<string, IReadOnlyList<double>> { ["shape"] = [model.LemonShape], ["mean"] = [1] }, out _);
    }

    /// <summary>Seconds that are drawn for.</summary>
    public double Horizon { get; }

    /// <summary>The failures of a unit, in order.</summary>
    /// <param name="unit">Its stable identity.</param>
    public IEnumerable<Outage> OutagesOf(ulong unit)
    {
        double rate = _model.Rate * (_lemons?.Sample(in _lemon, unit, 0) ?? 1);
        if (rate <= 0) yield break;
        double up = _model.TimeToFailure.Mean / rate, down = _model.TimeToRepair.Mean;
        double at = 0;
        ulong n = 0;
        if (_model.IsStationary && _start.Uniform(unit, 0) < down / (up + down))
        {
            // In repair when the run begins.
            double share = _start.Uniform(unit, 2), rest = _model.TimeToRepair.Residual(_start.Uniform(unit, 1), share);
            yield return new Outage(0, rest, share > 0 ? (rest / share) - rest : 0);
            at = rest;
        }
        else if (_model.IsStationary)
        {
            at = Later(0, _model.TimeToFailure.Residual(_start.Uniform(unit, 1), _start.Uniform(unit, 2)) / rate);
            if (at >= Horizon) yield break;
            double first = _model.TimeToRepair.Sample(in _repair, unit, n++);
            yield return new Outage(at, first);
            at += first;
        }

        while (true)
        {
            at = Later(at, _model.TimeToFailure.Sample(in _life, unit, n) / rate);
            if (!(at < Horizon)) yield break;
            double repair = _model.TimeToRepair.Sample(in _repair, unit, n++);
            yield return new Outage(at, repair);
            at += repair;
        }
    }

    /// <summary>The instant so much life after another: life passes faster in bursts.</summary>
    private double Later(double from, double life) => _bursts?.Later(from, life) ?? from + life;

    /// <summary>Turns life into time where failures come in bursts: all units share the bursts.</summary>
    private sealed class BurstClock
    {
        private readonly List<(double At, double Life, double Rate)> _marks = [];

        public BurstClock(BurstModel model, Draw draw, double horizon)
        {
            double at = 0, life = 0;
            bool isBurst = draw.Uniform(0, 0) < model.MeanBurst / (model.MeanBurst + model.MeanCalm);
            for (ulong n = 1; at < horizon; n++)
            {
                double rate = isBurst ? model.CalmRate * model.Factor : model.CalmRate;
                _marks.Add((at, life, rate));
                double length = Exponential(isBurst ? model.MeanBurst : model.MeanCalm).Sample(in draw, 0, n);
                at += length;
                life += length * rate;
                isBurst = !isBurst;
            }
        }

        private static Distribution Exponential(double mean) => DistributionCatalog.Create("exponential", new Dictionary<string, IReadOnlyList<double>> { ["mean"] = [mean] }, out _)!;

        public double Later(double from, double life)
        {
            int mark = _marks.FindLastIndex(known => known.At <= from);
            double target = _marks[mark].Life + ((from - _marks[mark].At) * _marks[mark].Rate) + life;
            int at = _marks.FindLastIndex(known => known.Life <= target);
            return _marks[at].At + ((target - _marks[at].Life) / _marks[at].Rate);
        }
    }
}
