using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Formats;
using SchedBench.Chaos.Formats.ChaosMesh;
using SchedBench.Chaos.Formats.Krkn;
using SchedBench.Chaos.Models;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers.OpenDc;

namespace SchedBench.Experiments.Files;

/// <summary>Faults that stand in files of others: resources of Chaos Mesh, scenarios of krkn, recorded outages.</summary>
internal static class FaultFileSection
{
    private const double MostSpeed = 1e9;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);
    private static readonly TimeSpan LongestRecord = TimeSpan.FromDays(36_500);

    /// <summary>The faults of a set with <c>chaosMesh</c> or <c>krkn</c>.</summary>
    internal static IReadOnlyList<FaultSource> Read(YamlMap map, string kind, ExperimentReading reading, IReadOnlyList<WorkloadSpec> workloads)
    {
        YamlValue value = map.Required(kind)!;
        var usual = new FileFaultOptions();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, YamlValue node) in map.Optional("names")?.Entries() ?? [])
        {
            if (node.Text() is { } text) names[name] = text;
        }

        var options = new FileFaultOptions
        {
            At = map.Optional("at")?.Duration(TimeSpan.Zero, Longest) ?? usual.At,
            RestartTime = map.Optional("restartTime")?.Duration(TimeSpan.FromSeconds(1), Longest) ?? usual.RestartTime,
            Names = names,
        };
        if (value.Text() is not { } written || reading.Manifests(value, written) is not { FullPath.Length: > 0 } path) return [];
        try
        {
            FaultFile[] files = [.. path.Files.Select(file => new FaultFile(file.FullPath, file.Written))];
            FileFaults faults = kind == "krkn" ? KrknReader.Read(files, options) : ChaosMeshReader.Read(files, options);
            foreach (InputProblem note in faults.Notes) reading.Note(note);
            Check(value, faults.Sources, reading, workloads);
            return faults.Sources;
        }
        catch (InputException exception)
        {
            reading.Report(exception);
            return [];
        }
    }

    /// <summary>A source of recorded outages.</summary>
    internal static ReplaySource? ReadOutages(YamlMap map, string name, FaultEffect effect, FaultTarget targets, ExperimentReading reading)
    {
        YamlValue value = map.Required("outages")!;
        TimeSpan from = map.Optional("from")?.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero;
        TimeSpan skip = map.Optional("skip")?.Duration(TimeSpan.Zero, LongestRecord) ?? TimeSpan.Zero;
        double speed = (double)(map.Optional("speed")?.Decimal(0.000001m, (decimal)MostSpeed) ?? 1);
        if (targets is not TargetSpec) value.Report($"expected an effect on nodes: a record says which share of the hosts an outage hit, and {effect.Name} is of something else here");
        if (reading.File(value) is not { } path || targets is not TargetSpec) return null;
        try
        {
            List<RecordedOutage> outages = After(OutageReader.Read(path.FullPath, path.Written), skip);
            if (outages.Count == 0) value.Report("expected outages after what is skipped: the record is over before");
            return new ReplaySource(name, effect, targets, [.. outages], from) { Speed = speed, File = path.Written };
        }
        catch (InputException exception)
        {
            reading.Report(exception);
            return null;
        }
    }

    /// <summary>Outages that begin at an instant of the record or later, with gaps from there on.</summary>
    private static List<RecordedOutage> After(IReadOnlyList<OutageRow> rows, TimeSpan skip)
    {
        var outages = new List<RecordedOutage>();
        TimeSpan at = TimeSpan.Zero, last = skip;
        foreach (OutageRow row in rows)
        {
            at += row.Gap;
            if (at < skip) continue;
            outages.Add(new RecordedOutage(at - last, row.Duration, row.Share));
            last = at;
        }

        return outages;
    }

    private static void Check(YamlValue value, IReadOnlyList<FaultSource> sources, ExperimentReading reading, IReadOnlyList<WorkloadSpec> workloads)
    {
        if (sources.GroupBy(source => source.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice) value.Report($"expected every resource once; '{twice.Key}' is there several times");
        bool areKnown = reading.Fleets.Count > 0 && reading.Fleets.All(fleet => fleet.Nodes is null) && workloads.All(workload => workload.Replay is not ClusterReplay { NodeGroups.Count: > 0 });
        if (!areKnown) return;
        var nodes = reading.Fleets.SelectMany(fleet => fleet.BuildPoolNodes()).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string missing in sources.Select(source => source.Targets).OfType<TargetSpec>().SelectMany(target => target.Nodes).Where(name => !nodes.Contains(name)).Distinct(StringComparer.Ordinal))
            value.Report($"expected nodes of the fleets; '{missing}' is none, and names beside this key say which node is meant", NearestName.Find(missing, nodes.Take(10_000)));
    }
}
