using System.Globalization;
using System.Text;
using SchedBench.Core.Input;
using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;
using SchedBench.Workloads.Generators;

namespace SchedBench.Experiments.Files;

/// <summary>What a real fleet took, as a file: written by <c>fidelity</c>, used by simulated runs with <c>--calibration</c>.</summary>
public static class CalibrationFile
{
    /// <summary>Kind of the file.</summary>
    public const string Kind = "FleetCalibration";

    /// <summary>Quantiles that a sample is written as.</summary>
    private const int MostValues = 50;
    private const long LargestBytes = 1 << 20;

    /// <summary>Delays as text.</summary>
    /// <param name="fleet">Where they were measured, for people.</param>
    /// <param name="start">Sample of starts, with the number of others that were under way; may be empty, which is no delay. What each of those costs is their least-squares slope, <see cref="RuntimeDelays.Start"/> the rest.</param>
    /// <param name="stop">Sample of <see cref="RuntimeDelays.Stop"/>.</param>
    /// <param name="kill">Sample of <see cref="RuntimeDelays.Kill"/>.</param>
    public static string Write(string fleet, IReadOnlyList<(int Others, double Seconds)> start, IReadOnlyList<double> stop, IReadOnlyList<double> kill)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Seconds that containers take beyond what their images are said to take: evenly spaced quantiles of what was measured on {fleet}.\n");
        text.Append(CultureInfo.InvariantCulture, $"apiVersion: {Experiment.ApiVersion}\nkind: {Kind}\n");
        double slope = Slope(start);
        Line("start", [.. start.Select(one => one.Seconds - (slope * one.Others))]);
        text.Append(CultureInfo.InvariantCulture, $"startForEachOther: {slope:0.######}\n");
        Line("stop", stop);
        Line("kill", kill);
        return text.ToString();

        void Line(string name, IReadOnlyList<double> sample)
        {
            double[] sorted = [.. sample.Select(seconds => Math.Max(0, seconds)).Order()];
            int count = Math.Min(MostValues, sorted.Length);
            IEnumerable<string> values = Enumerable.Range(0, count).Select(q => sorted[(int)((q + 0.5) * sorted.Length / count)].ToString("0.######", CultureInfo.InvariantCulture));
            text.Append(CultureInfo.InvariantCulture, $"{name}: [{(count == 0 ? "0" : string.Join(", ", values))}] # {sample.Count} measured\n");
        }
    }

    /// <summary>Least-squares slope of seconds over others; 0 where all had as many, or fewer took longer.</summary>
    private static double Slope(IReadOnlyList<(int Others, double Seconds)> starts)
    {
        if (starts.Count == 0) return 0;
        double others = starts.Average(one => one.Others), seconds = starts.Average(one => one.Seconds);
        double spread = starts.Sum(one => (one.Others - others) * (one.Others - others));
        return spread > 0 ? Math.Max(0, starts.Sum(one => (one.Others - others) * (one.Seconds - seconds)) / spread) : 0;
    }

    /// <summary>The delays of a file.</summary>
    /// <exception cref="InputException">It cannot be read, or something is wrong with it.</exception>
    public static RuntimeDelays Read(string path)
    {
        var reader = new YamlReader(path);
        YamlMap root = reader.Open(YamlDocument.ParseSingle(InputFile.ReadAllText(path, path, LargestBytes), path));
        root.Required("apiVersion")?.OneOf([(Experiment.ApiVersion, 0)]);
        root.Required("kind")?.OneOf([(Kind, 0)]);
        Distribution start = Of(root.Required("start")), stop = Of(root.Required("stop")), kill = Of(root.Required("kill"));
        double each = (double)(root.Optional("startForEachOther")?.Decimal(0, 86_400) ?? 0);
        reader.Finish();
        return new RuntimeDelays(start, stop, kill) { StartForEachOther = each };
    }

    private static Distribution Of(YamlValue? list)
    {
        var values = new List<double>();
        foreach (YamlValue item in list?.Items(1, MostValues) ?? []) values.Add((double)(item.Decimal(0, 86_400) ?? 0));
        if (values.Count <= 1) return DistributionYaml.Constant(values.FirstOrDefault());
        var parameters = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal) { ["values"] = values, ["weights"] = [.. values.Select(_ => 1.0)] };
        return DistributionCatalog.Create("empirical", parameters, out _) ?? DistributionYaml.Constant(values.Average());
    }
}
