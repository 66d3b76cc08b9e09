using System.Globalization;
using SchedBench.Core.Input;

namespace SchedBench.Core.Randomness;

/// <summary>An entry of <see cref="DistributionCatalog"/>.</summary>
/// <param name="Name">Name.</param>
/// <param name="Parameters">Parameters in canonical order.</param>
/// <param name="MeanReplaces">The parameter that <c>mean</c> may be given for, if any.</param>
/// <param name="Make">Builds it; where a parameter was bad, the result is thrown away.</param>
internal sealed record DistributionKind(string Name, string[] Parameters, string? MeanReplaces, Func<DistributionParameters, Distribution> Make)
{
    /// <summary>Largest size of a number.</summary>
    public const double Largest = 1e15;

    public IReadOnlyList<string> Known { get; } = MeanReplaces is null ? Parameters : [.. Parameters, "mean"];
}

/// <summary>Reads named parameters and remembers what is wrong with them. A bad parameter reads as a harmless value.</summary>
internal sealed class DistributionParameters(IReadOnlyDictionary<string, IReadOnlyList<double>> parameters)
{
    private const int MostNumbers = 100_000;
    private const double SmallestShape = 0.05, LargestShape = 1000;

    private readonly List<InputProblem> _problems = [];

    public IReadOnlyList<InputProblem> Problems => _problems;

    public bool ByMean => Has("mean");

    public bool Has(string name) => parameters.ContainsKey(name);

    public double Shape() => Number("shape", SmallestShape, LargestShape);

    public double Positive(string name) => Number(name, double.Epsilon, DistributionKind.Largest);

    public double Number(string name, double min, double max)
    {
        if (!parameters.TryGetValue(name, out IReadOnlyList<double>? values)) Problem(name, null, "expected this parameter, which is missing");
        else if (values.Count != 1) Problem(name, null, "expected one number");
        else if (values[0] >= min && values[0] <= max) return values[0];
        else Problem(name, values[0].ToString("R", CultureInfo.InvariantCulture), string.Create(
            CultureInfo.InvariantCulture, $"expected a number {(min == double.Epsilon ? "above 0 and up" : $"from {min}")} to {max}"));
        return 1;
    }

    public IReadOnlyList<double> Numbers(string name, double min)
    {
        if (!parameters.TryGetValue(name, out IReadOnlyList<double>? values)) Problem(name, null, "expected this parameter, which is missing");
        else if (values.Count is 0 or > MostNumbers) Problem(name, null, string.Create(CultureInfo.InvariantCulture, $"expected 1 to {MostNumbers} numbers"));
        else if (values.All(value => value >= min && value <= DistributionKind.Largest)) return values;
        else Problem(name, null, string.Create(CultureInfo.InvariantCulture, $"expected numbers from {min} to {DistributionKind.Largest}"));
        return [1];
    }

    public void Problem(string parameter, string? value, string expected, string? nearest = null) =>
        _problems.Add(new InputProblem("", 0, 0, parameter, value, expected, nearest));
}
