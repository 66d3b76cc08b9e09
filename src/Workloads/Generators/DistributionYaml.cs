using SchedBench.Core.Input;
using SchedBench.Core.Randomness;

namespace SchedBench.Workloads.Generators;

/// <summary>A distribution as a mapping: <c>{ distribution: lognormal, median: 600, sigma: 1.2 }</c>.</summary>
public static class DistributionYaml
{
    private const decimal Largest = 1_000_000_000_000_000;

    /// <summary>The distribution of one value.</summary>
    public static Distribution Constant(double value) =>
        DistributionCatalog.Create("constant", new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal) { ["value"] = [value] }, out _)
        ?? throw new ArgumentOutOfRangeException(nameof(value));

    /// <summary>Reads the mapping; what is wrong is reported at its place, and then any distribution is returned.</summary>
    /// <param name="map">The mapping.</param>
    /// <param name="otherKeys">Keys of the mapping that are no parameters.</param>
    public static Distribution Read(YamlMap map, params ReadOnlySpan<string> otherKeys)
    {
        Distribution any = Constant(1);
        if (map.Required("distribution") is not { } named) return any;
        if (named.Text() is not { } name) return any;
        var parameters = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);
        var values = new Dictionary<string, YamlValue>(StringComparer.Ordinal);
        IReadOnlyList<string> known = DistributionCatalog.ParametersOf(name);
        bool sound = true;
        foreach (string parameter in known.Count > 0 ? known : [.. DistributionCatalog.Names.SelectMany(DistributionCatalog.ParametersOf).Distinct(StringComparer.Ordinal)])
        {
            if (otherKeys.Contains(parameter) || map.Optional(parameter) is not { } value) continue;
            var numbers = new List<double>();
            foreach (YamlValue item in value.IsList ? value.Items(1) : [value])
            {
                if (item.Decimal(-Largest, Largest) is { } number) numbers.Add((double)number);
                else sound = false;
            }

            values.Add(parameter, value);
            parameters.Add(parameter, numbers);
        }

        if (!sound) return any;
        Distribution? made = DistributionCatalog.Create(name, parameters, out IReadOnlyList<InputProblem> problems);
        foreach (InputProblem problem in problems)
        {
            if (problem.Field.Length == 0) named.Report(problem.Expected, problem.Nearest);
            else if (values.TryGetValue(problem.Field, out YamlValue? value)) value.Report(problem.Expected, problem.Nearest);
            else map.Report($"{problem.Field}: {problem.Expected}");
        }

        return made ?? any;
    }
}
