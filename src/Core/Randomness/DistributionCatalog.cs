using System.Collections.Frozen;
using System.Globalization;
using SchedBench.Core.Input;

namespace SchedBench.Core.Randomness;

/// <summary>The distributions by name, made from named parameters that are checked before anything is built.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>constant</c></term><description><c>value</c></description></item>
/// <item><term><c>uniform</c></term><description><c>min</c> ≤ <c>max</c></description></item>
/// <item><term><c>exponential</c></term><description><c>mean</c> &gt; 0</description></item>
/// <item><term><c>weibull</c></term><description><c>shape</c> (0.05 to 1,000), and <c>scale</c> &gt; 0 or <c>mean</c> &gt; 0</description></item>
/// <item><term><c>lognormal</c></term><description><c>sigma</c> (0 to 10), and <c>median</c> &gt; 0 or <c>mean</c> &gt; 0</description></item>
/// <item><term><c>pareto</c></term><description><c>shape</c> (0.05 to 1,000), and <c>min</c> &gt; 0 or, for a shape above 1, <c>mean</c> &gt; 0</description></item>
/// <item><term><c>gamma</c></term><description><c>shape</c> (0.05 to 1,000), and <c>scale</c> &gt; 0 or <c>mean</c> &gt; 0</description></item>
/// <item><term><c>empirical</c></term><description><c>values</c> (1 to 100,000), and optionally as many <c>weights</c> ≥ 0, not all 0 (default: equal)</description></item>
/// </list>
/// All numbers are finite and at most 1e15 in size.
/// </remarks>
public static class DistributionCatalog
{
    private static readonly DistributionKind[] Kinds =
    [
        new("constant", ["value"], null, p => new ConstantDistribution(p.Number("value", -DistributionKind.Largest, DistributionKind.Largest))),
        new("uniform", ["min", "max"], null, MakeUniform),
        new("exponential", ["mean"], null, p => new ExponentialDistribution(p.Positive("mean"))),
        new("weibull", ["shape", "scale"], "scale", MakeWeibull),
        new("lognormal", ["median", "sigma"], "median", MakeLogNormal),
        new("pareto", ["min", "shape"], "min", MakePareto),
        new("gamma", ["shape", "scale"], "scale", MakeGamma),
        new("empirical", ["values", "weights"], null, MakeEmpirical),
    ];

    private static readonly FrozenDictionary<string, DistributionKind> ByName = Kinds.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>Names of all distributions.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Select(kind => kind.Name)];

    /// <summary>The parameters that a distribution knows, <c>mean</c> included where it may replace another; empty for an unknown name.</summary>
    public static IReadOnlyList<string> ParametersOf(string name) => ByName.TryGetValue(name, out DistributionKind? kind) ? kind.Known : [];

    /// <summary>Makes a distribution, or says everything that is wrong.</summary>
    /// <param name="name">Name of the distribution.</param>
    /// <param name="parameters">Values by name; a single number is a list of one.</param>
    /// <param name="problems">With an empty <see cref="InputProblem.File"/> for the caller to fill in; the field is the parameter's name, or empty when the
    /// distribution's name is wrong.</param>
    public static Distribution? Create(string name, IReadOnlyDictionary<string, IReadOnlyList<double>> parameters, out IReadOnlyList<InputProblem> problems)
    {
        var found = new DistributionParameters(parameters);
        problems = found.Problems;
        if (!ByName.TryGetValue(name, out DistributionKind? kind))
        {
            found.Problem("", name, $"expected a distribution: {string.Join(", ", Names)}", NearestName.Find(name, Names));
            return null;
        }

        foreach (string unknown in parameters.Keys.Where(key => !kind.Known.Contains(key, StringComparer.Ordinal)).Order(StringComparer.Ordinal))
        {
            found.Problem(unknown, null, $"expected a parameter of {name}: {string.Join(", ", kind.Known)}", NearestName.Find(unknown, kind.Known));
        }

        if (kind.MeanReplaces is string replaced && parameters.ContainsKey("mean") && parameters.ContainsKey(replaced)) found.Problem("mean", null, $"expected either mean or {replaced}");
        Distribution distribution = kind.Make(found);
        return found.Problems.Count == 0 ? distribution : null;
    }

    /// <summary>Reads the text form of <see cref="Distribution.ToString"/>: <c>name(parameter=number, parameter=number|number)</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problems">As <see cref="Create"/>.</param>
    public static Distribution? TryParse(string text, out IReadOnlyList<InputProblem> problems)
    {
        const string expected = "expected a distribution such as lognormal(median=600, sigma=1.2)";
        const int longestText = 1 << 20;
        problems = [];
        int open = text.IndexOf('(');
        if (open <= 0 || text[^1] != ')' || text.Length > longestText) return Fail(text, expected, out problems);
        var parameters = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);
        foreach (string part in text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=');
            if (equals <= 0) return Fail(part, expected, out problems);
            var values = new List<double>();
            foreach (string number in part[(equals + 1)..].Split('|', StringSplitOptions.TrimEntries))
            {
                if (!double.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value))
                {
                    return Fail(number, "expected a number", out problems, part[..equals].Trim());
                }

                values.Add(value);
            }

            if (!parameters.TryAdd(part[..equals].Trim(), values)) return Fail(part, "expected every parameter once", out problems);
        }

        return Create(text[..open].Trim(), parameters, out problems);
    }

    private static Distribution? Fail(string value, string expected, out IReadOnlyList<InputProblem> problems, string field = "")
    {
        problems = [new InputProblem("", 0, 0, field, value, expected)];
        return null;
    }

    private static UniformDistribution MakeUniform(DistributionParameters parameters)
    {
        double min = parameters.Number("min", -DistributionKind.Largest, DistributionKind.Largest), max = parameters.Number("max", -DistributionKind.Largest, DistributionKind.Largest);
        if (min > max) parameters.Problem("max", null, "expected a max that is not below min");
        return new UniformDistribution(min, max);
    }

    private static WeibullDistribution MakeWeibull(DistributionParameters parameters)
    {
        double shape = parameters.Shape();
        return new WeibullDistribution(shape, parameters.ByMean ? parameters.Positive("mean") / WeibullDistribution.MeanAtUnitScale(shape) : parameters.Positive("scale"));
    }

    private static LogNormalDistribution MakeLogNormal(DistributionParameters parameters)
    {
        double sigma = parameters.Number("sigma", 0, 10);
        return new LogNormalDistribution(parameters.ByMean ? parameters.Positive("mean") / LogNormalDistribution.MeanAtUnitMedian(sigma) : parameters.Positive("median"), sigma);
    }

    private static ParetoDistribution MakePareto(DistributionParameters parameters)
    {
        double shape = parameters.Shape();
        if (!parameters.ByMean) return new ParetoDistribution(parameters.Positive("min"), shape);
        if (shape <= 1) parameters.Problem("shape", null, "expected a shape above 1, as the mean is infinite up to there: give min instead of mean");
        return new ParetoDistribution(parameters.Positive("mean") * (shape - 1) / shape, shape);
    }

    private static GammaDistribution MakeGamma(DistributionParameters parameters)
    {
        double shape = parameters.Shape();
        return new GammaDistribution(shape, parameters.ByMean ? parameters.Positive("mean") / shape : parameters.Positive("scale"));
    }

    private static EmpiricalDistribution MakeEmpirical(DistributionParameters parameters)
    {
        IReadOnlyList<double> values = parameters.Numbers("values", -DistributionKind.Largest);
        IReadOnlyList<double> weights = parameters.Has("weights") ? parameters.Numbers("weights", 0) : [.. Enumerable.Repeat(1.0, values.Count)];
        if (weights.Count != values.Count) parameters.Problem("weights", null, "expected as many weights as values");
        else if (!weights.Any(weight => weight > 0)) parameters.Problem("weights", null, "expected a weight above 0");
        return parameters.Problems.Count == 0 ? new EmpiricalDistribution(values, weights) : new EmpiricalDistribution([0], [1]);
    }
}
