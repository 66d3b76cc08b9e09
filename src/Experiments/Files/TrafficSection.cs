using SchedBench.Core.Input;
using SchedBench.Core.Networking;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary>The key <c>traffic</c>: streams of requests.</summary>
internal static class TrafficSection
{
    private const decimal MostRate = 100_000_000;
    private const int MostRates = 1_000_000;

    private static readonly (string Name, ArrivalProcess Value)[] Processes = [("poisson", ArrivalProcess.Poisson), ("constant", ArrivalProcess.Constant)];

    /// <summary>Reads the streams.</summary>
    /// <param name="section">The list, or null.</param>
    /// <param name="maps">Gets where each stream stands.</param>
    internal static IReadOnlyList<TrafficSpec> Read(YamlValue? section, List<YamlMap> maps)
    {
        var streams = new List<TrafficSpec>();
        foreach (YamlValue item in section?.Items(0, ExperimentReading.MostLevels) ?? [])
        {
            if (item.Map() is not { } map) continue;
            maps.Add(map);
            streams.Add(ReadOne(map));
        }

        return streams;
    }

    private static TrafficSpec ReadOne(YamlMap map)
    {
        var usual = new TrafficSpec { Service = map.Required("service")?.Text() ?? "" };
        bool hasRate = map.ExactlyOneOf("rate", "rates") == "rate";
        if (map.Peek("path") is { } path && map.Has("host") == false) path.Report("expected no path here: it belongs to a host");
        else if (map.Peek("path") is { } at && !at.PlainText.StartsWith('/')) at.Report("expected a path that begins with /");
        return usual with
        {
            Namespace = map.Optional("namespace")?.Text() ?? usual.Namespace,
            Host = map.Optional("host")?.Text() ?? usual.Host,
            Path = map.Optional("path")?.Text() ?? usual.Path,
            Arrivals = map.Optional("arrivals")?.OneOf(Processes) ?? usual.Arrivals,
            Rates = hasRate ? [new RateFrom(TimeSpan.Zero, Rate(map.Required("rate")))] : [.. map.Optional("rates") is { } rates ? ReadRates(rates) : []],
            Observers = (int)(map.Optional("observers")?.Integer(1, 100_000) ?? usual.Observers),
            Clients = (int)(map.Optional("clients")?.Integer(0, 1_000_000) ?? usual.Clients),
            Timeout = map.Optional("timeout")?.Duration(TimeSpan.FromTicks(1), TimeSpan.FromHours(1)) ?? usual.Timeout,
            LatencyTarget = map.Optional("latencyTarget")?.Duration(TimeSpan.FromTicks(1), TimeSpan.FromHours(1)) ?? usual.LatencyTarget,
            Retries = (int)(map.Optional("retries")?.Integer(0, 100) ?? usual.Retries),
            RequestsPerConnection = (int)(map.Optional("requestsPerConnection")?.Integer(1, 1_000_000) ?? usual.RequestsPerConnection),
            From = map.Optional("from")?.Map() is { } from ? ReadClient(from) : null,
            FluidAbove = (double)(map.Optional("fluidAbove")?.Decimal(0, MostRate) ?? 0),
        };
    }

    private static TrafficClient ReadClient(YamlMap map)
    {
        var labels = new List<Label>();
        foreach ((string key, YamlValue value) in map.Required("labels")?.Entries() ?? [])
        {
            if (value.Text() is { } text) labels.Add(new Label(key, text));
        }

        return new TrafficClient(map.Optional("namespace")?.Text() ?? "default", Labels.Of(labels));
    }

    private static List<RateFrom> ReadRates(YamlValue list)
    {
        var rates = new List<RateFrom>();
        foreach (YamlValue item in list.Items(1, MostRates))
        {
            if (item.Map() is not { } map) continue;
            TimeSpan from = map.Required("from")?.Duration(TimeSpan.Zero, TimeSpan.FromDays(3_650)) ?? TimeSpan.Zero;
            if (rates.Count == 0 && from != TimeSpan.Zero) map.Peek("from")?.Report("expected the first rate from 0s");
            if (rates.Count > 0 && from <= rates[^1].From) map.Peek("from")?.Report("expected instants that grow from rate to rate");
            rates.Add(new RateFrom(from, Rate(map.Required("rate"))));
        }

        return rates;
    }

    private static double Rate(YamlValue? value) => (double)(value?.Decimal(0, MostRate) ?? 0);
}
