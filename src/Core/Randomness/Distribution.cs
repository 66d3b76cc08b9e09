using System.Globalization;
using System.Text;

namespace SchedBench.Core.Randomness;

/// <summary>A distribution of a quantity ≥ 0 (or any, for <see cref="ConstantDistribution"/> and <see cref="UniformDistribution"/>), drawn by inverse transform:
/// one uniform number gives one value. Immutable; the same bits on every CPU.</summary>
/// <remarks>One uniform per value keeps draws aligned: changing a distribution changes the values of its own draws and nobody else's.
/// Made by <see cref="DistributionCatalog"/>, which checks the parameters. The unit is the user's: seconds for lifetimes, milli for CPU.</remarks>
public abstract class Distribution
{
    /// <summary>The smallest uniform used: 0, which <see cref="Draw.Uniform"/> may give, stands for the middle of its cell.</summary>
    private const double SmallestUniform = 1.0 / (1UL << 54);

    private protected Distribution(string name, params (string Parameter, IReadOnlyList<double> Values)[] parameters)
    {
        Name = name;
        Parameters = [.. parameters.Select(parameter => new KeyValuePair<string, IReadOnlyList<double>>(parameter.Parameter, parameter.Values))];
    }

    /// <summary>Name in the catalog.</summary>
    public string Name { get; }

    /// <summary>Parameters in the catalog's order; all have one value but those of the empirical distribution.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<double>>> Parameters { get; }

    /// <summary>Expected value; ∞ for a Pareto distribution of shape ≤ 1.</summary>
    public abstract double Mean { get; }

    /// <summary>The value below which a share u of the distribution lies.</summary>
    /// <param name="u">In [0, 1), as <see cref="Draw.Uniform"/> gives it; 0 is read as 2⁻⁵⁴, so that the result is finite.</param>
    public double Quantile(double u) => QuantileInside(Math.Max(u, SmallestUniform));

    /// <summary>The value of draw <paramref name="n"/> of <paramref name="entity"/>.</summary>
    public double Sample(in Draw draw, ulong entity, ulong n) => Quantile(draw.Uniform(entity, n));

    /// <summary>What is left of a lifetime that is under way at an instant nobody chose (the equilibrium residual life of renewal theory: Cox, Renewal Theory, 1962, §5): a uniform share of a
    /// length-biased lifetime. With it as the first lifetime a renewal process is stationary from the start.</summary>
    /// <param name="u">Uniform number of the lifetime.</param>
    /// <param name="v">Uniform number of the share.</param>
    /// <exception cref="InvalidOperationException">The mean is infinite.</exception>
    public double Residual(double u, double v)
    {
        if (!double.IsFinite(Mean)) throw new InvalidOperationException($"{this} has no finite mean, so there is no stationary start.");
        return v * LengthBiased(Math.Max(u, SmallestUniform));
    }

    /// <summary>The quantile of the density x·f(x) / mean.</summary>
    private protected abstract double LengthBiased(double u);

    /// <summary>The catalog's text form, such as <c>lognormal(median=600, sigma=1.2)</c>; <see cref="DistributionCatalog.TryParse"/> reads it back equal.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name).Append('(');
        foreach ((string parameter, IReadOnlyList<double> values) in Parameters)
        {
            if (text[^1] != '(') text.Append(", ");
            text.Append(parameter).Append('=').AppendJoin('|', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
        }

        return text.Append(')').ToString();
    }

    /// <summary>−ln(1 − u), positive also where 1 − u rounds to 1.</summary>
    private protected static double MinusLogOfRest(double u) => u < 1e-9 ? u + (0.5 * u * u) : -DeterministicMath.Log(1 - u);

    private protected abstract double QuantileInside(double u);
}

/// <summary>Always the same value.</summary>
public sealed class ConstantDistribution : Distribution
{
    internal ConstantDistribution(double value)
        : base("constant", ("value", [value])) => Mean = value;

    /// <inheritdoc/>
    public override double Mean { get; }

    private protected override double QuantileInside(double u) => Mean;

    private protected override double LengthBiased(double u) => Mean;
}

/// <summary>Equally likely between two bounds.</summary>
public sealed class UniformDistribution : Distribution
{
    private readonly double _min;
    private readonly double _max;

    internal UniformDistribution(double min, double max)
        : base("uniform", ("min", [min]), ("max", [max])) => (_min, _max) = (min, max);

    /// <inheritdoc/>
    public override double Mean => _min + (0.5 * (_max - _min));

    private protected override double QuantileInside(double u) => _min + (u * (_max - _min));

    private protected override double LengthBiased(double u) => Math.Sqrt((_min * _min) + (u * ((_max * _max) - (_min * _min))));
}

/// <summary>Waiting time without memory: −mean·ln(1 − u).</summary>
public sealed class ExponentialDistribution : Distribution
{
    internal ExponentialDistribution(double mean)
        : base("exponential", ("mean", [mean])) => Mean = mean;

    /// <inheritdoc/>
    public override double Mean { get; }

    private protected override double QuantileInside(double u) => Mean * MinusLogOfRest(u);

    private protected override double LengthBiased(double u) => Mean * DeterministicMath.InverseGammaShare(2, u);
}

/// <summary>Weibull: scale·(−ln(1 − u))^(1/shape). Shape below 1: many early ends, as in infant mortality.</summary>
public sealed class WeibullDistribution : Distribution
{
    private readonly double _shape;
    private readonly double _scale;

    internal WeibullDistribution(double shape, double scale)
        : base("weibull", ("shape", [shape]), ("scale", [scale])) => (_shape, _scale) = (shape, scale);

    /// <inheritdoc/>
    public override double Mean => _scale * MeanAtUnitScale(_shape);

    /// <summary>Γ(1 + 1/shape).</summary>
    internal static double MeanAtUnitScale(double shape) => DeterministicMath.Exp(DeterministicMath.LogGamma(1 + (1 / shape)));

    private protected override double QuantileInside(double u) => _scale * DeterministicMath.Pow(MinusLogOfRest(u), 1 / _shape);

    private protected override double LengthBiased(double u) => _scale * DeterministicMath.Pow(DeterministicMath.InverseGammaShare(1 + (1 / _shape), u), 1 / _shape);
}

/// <summary>Log-normal: median·e^(sigma·z), z standard normal.</summary>
public sealed class LogNormalDistribution : Distribution
{
    private readonly double _median;
    private readonly double _sigma;

    internal LogNormalDistribution(double median, double sigma)
        : base("lognormal", ("median", [median]), ("sigma", [sigma])) => (_median, _sigma) = (median, sigma);

    /// <inheritdoc/>
    public override double Mean => _median * MeanAtUnitMedian(_sigma);

    /// <summary>e^(sigma²/2).</summary>
    internal static double MeanAtUnitMedian(double sigma) => DeterministicMath.Exp(0.5 * sigma * sigma);

    private protected override double QuantileInside(double u) => _median * DeterministicMath.Exp(_sigma * DeterministicMath.InverseNormal(u));

    private protected override double LengthBiased(double u) => DeterministicMath.Exp(_sigma * _sigma) * QuantileInside(u);
}

/// <summary>Pareto: min·(1 − u)^(−1/shape). The heavy tail of job sizes; infinite mean for shape ≤ 1.</summary>
public sealed class ParetoDistribution : Distribution
{
    private readonly double _min;
    private readonly double _shape;

    internal ParetoDistribution(double min, double shape)
        : base("pareto", ("min", [min]), ("shape", [shape])) => (_min, _shape) = (min, shape);

    /// <inheritdoc/>
    public override double Mean => _shape > 1 ? _min * _shape / (_shape - 1) : double.PositiveInfinity;

    private protected override double QuantileInside(double u) => _min * DeterministicMath.Pow(1 - u, -1 / _shape);

    private protected override double LengthBiased(double u) => _min * DeterministicMath.Pow(1 - u, -1 / (_shape - 1));
}

/// <summary>Gamma of a shape and a scale (mean shape·scale), by numeric inversion: a few microseconds a draw.</summary>
public sealed class GammaDistribution : Distribution
{
    private readonly double _shape;
    private readonly double _scale;

    internal GammaDistribution(double shape, double scale)
        : base("gamma", ("shape", [shape]), ("scale", [scale])) => (_shape, _scale) = (shape, scale);

    /// <inheritdoc/>
    public override double Mean => _shape * _scale;

    private protected override double QuantileInside(double u) => _scale * DeterministicMath.InverseGammaShare(_shape, u);

    private protected override double LengthBiased(double u) => _scale * DeterministicMath.InverseGammaShare(_shape + 1, u);
}

/// <summary>Listed values with weights, in the order of the list; O(log n) a draw.</summary>
public sealed class EmpiricalDistribution : Distribution
{
    private readonly double[] _values;
    private readonly double[] _cumulative;

    internal EmpiricalDistribution(IReadOnlyList<double> values, IReadOnlyList<double> weights)
        : base("empirical", ("values", values), ("weights", weights))
    {
        _values = [.. values];
        _cumulative = new double[values.Count];
        double sum = 0, weighted = 0;
        for (int i = 0; i < _cumulative.Length; i++)
        {
            sum += weights[i];
            weighted += weights[i] * values[i];
            _cumulative[i] = sum;
        }

        Mean = weighted / sum;
    }

    /// <inheritdoc/>
    public override double Mean { get; }

    private protected override double QuantileInside(double u)
    {
        double target = u * _cumulative[^1];
        int index = Array.BinarySearch(_cumulative, target);

        // A value owns the half-open share from the cumulative weight before it to its own; values without weight own none.
        index = index < 0 ? ~index : index + 1;
        while (index < _cumulative.Length && _cumulative[index] <= target) index++;
        return _values[Math.Min(index, _values.Length - 1)];
    }

    private protected override double LengthBiased(double u)
    {
        double target = u * Mean * _cumulative[^1], sum = 0;
        for (int i = 0; i < _values.Length; i++)
        {
            sum += _values[i] * (_cumulative[i] - (i == 0 ? 0 : _cumulative[i - 1]));
            if (sum > target) return _values[i];
        }

        return _values[^1];
    }
}
