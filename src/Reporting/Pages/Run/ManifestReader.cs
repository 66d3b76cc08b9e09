using System.Globalization;
using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Results.Files;

namespace SchedBench.Reporting.Pages.Run;

/// <summary>Reads <c>manifest.json</c>, but nothing of its section <c>volatile</c>.</summary>
internal static class ManifestReader
{
    private const long LargestBytes = 64L << 20;

    /// <summary>Reads the manifest of a results folder.</summary>
    /// <exception cref="InputException">It is missing, damaged, or lacks a field; the message names the field.</exception>
    public static RunDescription Read(string folder)
    {
        string path = Path.Combine(folder, ResultFileNames.Manifest);
        string text = InputFile.ReadAllText(path, path, LargestBytes);
        try
        {
            using var document = JsonDocument.Parse(text);
            return Run(new ManifestNode(path, "", document.RootElement));
        }
        catch (JsonException e)
        {
            throw new InputException(new InputProblem(path, (int)(e.LineNumber ?? 0) + 1, 0, "", null, "expected a manifest in JSON; this is damaged"));
        }
    }

    private static RunDescription Run(ManifestNode root)
    {
        ManifestNode experiment = root["experiment"];
        ManifestNode report = experiment["report"];
        HashSet<string> knowing = [.. root.Texts("knowWorkload")];
        return new RunDescription
        {
            Product = root.Text("product"),
            PlanFingerprint = root.Text("planFingerprint"),
            Experiment = experiment.Text("name"),
            Epoch = experiment.Text("epoch"),
            Seeds = [.. experiment.Items("seeds").Select(seed => seed.Unsigned())],
            Only = experiment.Text("only"),
            Fleets = [.. experiment.Items("fleets").Select(Fleet)],
            Workloads = [.. experiment.Items("workloads").Select(Workload)],
            Strategies = [.. experiment.Items("strategies").Select(strategy => Strategy(strategy, knowing))],
            Baseline = experiment.Text("baseline"),
            Metrics = report.Texts("metrics"),
            Figures = report.Texts("figures"),
            PublishedSource = experiment.Find("expected") is { } published ? published.Text("source") : "",
            PublishedFleet = experiment.Find("expected") is { } beside ? beside.Find("fleet")?.Text() ?? "" : "",
            PublishedX = experiment.Find("expected") is { } axis ? axis.Text("xMetric") : "",
            Notes = root.Texts("notes"),
            Inputs = [.. root.Items("inputs").Select(Input)],
            Verdicts = [.. root.Items("verdicts").Select(verdict => new VerdictText(verdict.Flag("holds"), verdict.Text("statement")))],
        };
    }

    private static FleetText Fleet(ManifestNode fleet)
    {
        string name = fleet.Text("name");
        if (fleet.Find("nodes") is not { } nodes) return new FleetText(name, string.Join("; ", fleet.Items("pools").Select(Pool)));
        string subset = nodes.Find("subsetFraction") is not null ? $", a drawn {nodes.NumberText("subsetFraction")} of them"
            : nodes.Find("subsetCount") is not null ? $", {nodes.NumberText("subsetCount")} of them, drawn" : "";
        return new FleetText(name, $"{nodes.Text("path")} ({nodes.Text("format")}), order {nodes.Text("order")}{subset}");
    }

    private static string Pool(ManifestNode pool)
    {
        string cpu = Amount(pool.Count("cpuMilli") / 1000.0), memory = Amount(pool.Count("memoryBytes") / (double)(1L << 30));
        string gpus = pool.Count("gpus") == 0 ? "" : $", {pool.Count("gpus")} {pool.Text("gpuModel")} GPUs".Replace("  ", " ", StringComparison.Ordinal);
        string pods = Words.Count(pool.Count("pods"), "pod");
        return string.Create(CultureInfo.InvariantCulture, $"{pool.Count("count")} × {pool.Text("name")}: {cpu} CPU, {memory} GiB, {pods}{gpus}");
    }

    private static string Amount(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static WorkloadText Workload(ManifestNode workload)
    {
        string trace = workload.Find("trace") is { } file ? $"{file.Text("path")} ({file.Text("format")}){Options(file.Words("settings"))}" : "";
        if (workload.Find("cluster") is { } cluster) return new WorkloadText(workload.Text("name"), cluster.Text("manifests") + " (manifests)", "cluster", Cluster(cluster, workload), "1", "0");
        ManifestNode replay = workload["replay"];
        string mode = replay.Text("mode");
        return mode == "timed"
            ? new WorkloadText(workload.Text("name"), trace, mode, Timed(replay), replay.NumberText("compress"), replay.NumberText("shake"))
            : new WorkloadText(workload.Text("name"), trace, mode, Saturate(replay), "1", "0");
    }

    private static string Cluster(ManifestNode cluster, ManifestNode workload)
    {
        bool isSwarm = workload.Find("orchestrator") is not null && workload.Text("orchestrator") == "swarm";
        string limits = isSwarm ? "" : cluster.Text("clientLimits") == "none" ? ", clients of the API not limited" : ", clients of the API limited as Kubernetes' are";
        string streams = Words.Count(cluster.Items("traffic").Count(), "stream");
        string changed = workload.Find("update") is { } given ? $"; {given.Text("method")} to tag {given.Text("tag")} at {given.Text("at")}" : "; no update";
        int steps = workload.Find("steps") is null ? 0 : workload.Items("steps").Count();
        return $"Kubernetes objects{(isSwarm ? " as services of Docker Swarm" : "")} until {cluster.Text("until")}, measured from {cluster.Text("warmup")}, {streams} of requests{limits}{changed}"
            + (steps > 0 ? $"; {Words.Count(steps, "step")}" : "");
    }

    private static string Saturate(ManifestNode replay)
    {
        string pods = $"saturate: one pod after another, none leaves, order {replay.Text("order")}";
        if (replay.Find("until") is not { } until) return pods;
        string resource = until.Text("resource") is "memory" ? "memory" : until.Text("resource").ToUpperInvariant();
        return $"{pods}, until {resource} requests reach {until.NumberText("ofCapacity")} × capacity";
    }

    private static string Timed(ManifestNode replay)
    {
        string to = replay.Find("to") is { } end ? $" to {end.Text()}" : "";
        string compress = replay.NumberText("compress") is var divisor and not "1" ? $", inter-arrival times ÷ {divisor} (compress)" : "";
        string shake = replay.NumberText("shake") is var share and not "0"
            ? $", gaps and service times jittered by the seed within ±{share} (shake)"
            : "";
        (string Key, string Words)[] delays = [("startLatency", "start latency"), ("bindLatency", "bind latency"), ("cacheDelay", "cache delay")];
        IEnumerable<string> latencies = delays.Where(delay => replay.Text(delay.Key) is not "0s").Select(delay => $", {delay.Words} {replay.Text(delay.Key)}");
        return $"timed: arrivals and departures as recorded, from {replay.Text("from")}{to}{compress}{shake}{string.Concat(latencies)}";
    }

    private static StrategyText Strategy(ManifestNode strategy, HashSet<string> knowing)
    {
        string label = strategy.Text("label");
        string options = string.Join(", ", strategy.Words("options").Select(option => $"{option.Key} = {option.Value}"));
        return new StrategyText(label, strategy.Text("name"), strategy.Text("tieBreak"), options, knowing.Contains(label));
    }

    private static string Options(IReadOnlyList<KeyValuePair<string, string>> settings) =>
        string.Concat(settings.Select(setting => $", {setting.Key} {setting.Value}"));

    private static InputText Input(ManifestNode input) => new(
        input.Text("format"),
        [.. input.Items("files").Select(file => (file.Text("name"), file.Text("sha256")))],
        input.Count("rowsRead"), input.Count("pods"), input.Count("groups"), input.Count("nodes"),
        [.. input.Items("notes").Select(note => new InputNote(note.Text("kind"), note.Count("count"), note.Text("meaning")))]);
}
