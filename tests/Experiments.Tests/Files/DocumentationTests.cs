using System.Text.Json;
using System.Text.RegularExpressions;
using SchedBench.Chaos.Effects;
using SchedBench.Core.Input;
using SchedBench.Core.Swarm;
using SchedBench.Experiments.Files;
using SchedBench.Workloads.Manifests;
using SchedBench.Workloads.Readers;

namespace SchedBench.Experiments.Tests.Files;

public sealed partial class DocumentationTests
{
    [Fact]
    public void The_page_lists_exactly_the_keys_that_the_reader_knows_and_its_examples_use_them_all()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "experiment-file.md"));
        string[] documented = [.. KeyRow().Matches(page).Select(row => row.Groups["key"].Value).Order(StringComparer.Ordinal)];
        var known = new SortedSet<string>(StringComparer.Ordinal);
        using TestExperiments files = new TestExperiments().WithManifests();
        foreach (string name in (string[])["openb_node_list_gpu_node.csv", "openb_pod_list_default.csv", "published.csv"]) files.Write(name, "x\n");
        files.Write("my-scheduler.yaml", "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n");
        files.Write("extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shop }\n");
        files.Write("services.yaml", ClusterExperiments.Services);
        files.Write("plan.yaml", "apiVersion: schedbench/v1\nkind: FaultPlan\nfaults:\n- { at: 5m, duration: 1m, nodes: [a-0] }\n");
        files.Write("outages.csv", "failure_interval,failure_duration,failure_intensity\n2700000000,60000,0.5\n");
        files.Write("chaos.yaml", "apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\nmetadata: { name: kill }\nspec: { action: pod-kill, mode: one, selector: {} }\n");
        files.Write("krkn.yaml", "- { id: kill-pods, config: { label_selector: app=web } }\n");
        foreach (Match example in Example().Matches(page))
        {
            var reader = new YamlReader("example");
            Experiment experiment = ExperimentFile.Parse(example.Groups["yaml"].Value, reader, files.Folder, null, TestExperiments.BuiltIn);
            Assert.Empty(experiment.Notes);
            known.UnionWith(reader.Keys);
        }

        // Settings belong to formats, options to strategies, which have pages of their own.
        known.UnionWith(TraceReaderCatalog.All.SelectMany(reader => reader.Settings).Select(setting => "spec.workloads[].trace." + setting));
        known.RemoveWhere(key => key.StartsWith("spec.strategies[].options.", StringComparison.Ordinal));
        // Parameters of effects are listed with the effects.
        known.ExceptWith(EffectCatalog.All.SelectMany(effect => effect.Parameters).Select(parameter => $"spec.faults[].faults[].{parameter.Name}"));
        // Distributions have a page of their own.
        known.RemoveWhere(key => DistributionKey().IsMatch(key));

        Assert.Equal(known, documented);
    }

    [Fact]
    public void The_page_states_the_default_of_every_setting_as_the_core_has_it()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "experiment-file.md"));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            SettingCatalog.Write(json, new ClusterSettings { Swarm = new SwarmOptions { Update = new SwarmUpdateConfig() } });
            json.WriteEndObject();
        }

        using JsonDocument defaults = JsonDocument.Parse(buffer.WrittenMemory);
        foreach (string path in SettingCatalog.Paths)
        {
            Match row = Regex.Match(page, $@"^\| `spec\.workloads\[\]\.settings\.{Regex.Escape(path)}` \| [^|]* \| (?<default>[^|]*) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture);
            Assert.True(row.Success, path);
            JsonElement value = defaults.RootElement;
            if (!path.Split('.').All(key => value.TryGetProperty(key, out value))) continue; // decided by something else
            string expected = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            if (path == "registry.latency") expected = "200ms";
            Assert.Equal($"{path}: `{expected}`", $"{path}: {row.Groups["default"].Value}");
        }
    }

    [Fact]
    public void Samples_of_the_pages_of_objects_can_be_read_without_a_note()
    {
        foreach (string page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "objects"), "*.md"))
        {
            foreach (Match example in Example().Matches(File.ReadAllText(page)))
            {
                ManifestSet set = ManifestReader.Parse(example.Groups["yaml"].Value, Path.GetFileName(page));
                Assert.NotEmpty(set.Objects);
                Assert.Empty(set.Notes);
            }
        }
    }

    [Theory]
    [InlineData("semantics.md", "semantics")]
    [InlineData("objects/README.md", "objects")]
    public void An_overview_names_every_page_of_its_folder(string overview, string folder)
    {
        string docs = Path.Combine(Repository.Root, "docs"), text = File.ReadAllText(Path.Combine(docs, overview));
        Assert.All(
            Directory.EnumerateFiles(Path.Combine(docs, folder), "*.md").Select(page => Path.GetFileName(page)).Where(page => page != "README.md"),
            page => Assert.Contains(page + ")", text, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| `(?<key>(apiVersion|kind|metadata|spec)[^`]*)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex KeyRow();

    [GeneratedRegex(@"\.images\..*\.(start|ready|run|crashAfter|stop|service)\.|\.registry\.latency\.|\.timeToFailure\.|\.timeToRepair\.", RegexOptions.ExplicitCapture)]
    private static partial Regex DistributionKey();

    [GeneratedRegex(@"```yaml\r?\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}
