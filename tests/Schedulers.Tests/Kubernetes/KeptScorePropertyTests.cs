using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Random clusters, random pods with preferences of every kind, random changes: what is kept by shape, changed node and group gives the sums that are computed anew.</summary>
public sealed class KeptScorePropertyTests
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Host = "kubernetes.io/hostname";
    private const int Steps = 250;

    public static TheoryData<string> Configurations => ["default", "hard affinity weighs", "others' preferences are ignored", "spread by a list", "spread by the system", "a score of a user's own", "added affinity", "few nodes at a time"];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Sums_that_are_kept_are_those_from_scratch(string configuration)
    {
        int compared = 0, different = 0, ranked = 0;
        for (ulong seed = 0; seed < 25; seed++)
        {
            var world = new RandomCluster(configuration, seed);
            for (int step = 0; step < Steps; step++)
            {
                if (world.Step() is not { } sums) continue;
                compared++;
                Assert.True(sums.Kept.SequenceEqual(sums.Fresh), $"{configuration}, seed {seed}, step {step}: [{string.Join(' ', sums.Kept)}] kept, [{string.Join(' ', sums.Fresh)}] anew");
                if (sums.Fresh.Distinct().Count() > 1) different++;
                if (sums.Best is not { } best) continue;
                ranked++;
                Assert.True(best.SequenceEqual(sums.Fresh.Select(sum => sum == sums.Fresh.Max())), $"{configuration}, seed {seed}, step {step}: [{string.Join(' ', best)}] are best of [{string.Join(' ', sums.Fresh)}]");
            }
        }

        // The property says something: most pods had nodes to choose from.
        Assert.True(compared > 2000 && different > compared / 2, $"{compared} compared, {different} with a choice");
        // Groups that follow pods, and scores of a user's own, are no business of the ranking.
        Assert.True(configuration == "a score of a user's own" ? ranked == 0 : ranked > compared / 4, $"{ranked} ranked of {compared}");
    }

    private sealed class ByName() : SchedulerPlugin("ByName"), IScorePlugin
    {
        public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
        {
            for (int n = 0; n < nodes.Length; n++) scores[n] = nodes[n].Value * 7 % 101;
        }
    }

    private sealed class RandomCluster : IDefaultSelectors
    {
        private readonly Draw _draws;
        private readonly ClusterState _state;
        private readonly Profile _kept;
        private readonly Func<Profile> _makeFresh;
        private readonly bool _few;
        private readonly List<(ShapeIndex Shape, int Node, bool Leaving)> _placed = [];
        private readonly Dictionary<string, string> _teamOf = new(StringComparer.Ordinal) { ["a"] = "red", ["b"] = "blue" };
        private readonly List<(PodSpec Spec, ValueList<Label> Labels, string Namespace)> _kinds = [];
        private LabelSelector? _selector;
        private ulong _n;

        public RandomCluster(string configuration, ulong seed)
        {
            _draws = Draw.Stream(seed, "tests/kept-scores");
            // Some clusters have groups of several blocks.
            int nodes = seed % 5 == 4 ? 400 : 8 + Below(30);
            var fleet = new FleetLayout([.. Enumerable.Range(0, nodes).Select(Node)]);
            _state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, countsPods: true, readsContainers: true));
            _state.Shapes.SetNamespaceLabels(ns => Labels.Of([new Label("team", _teamOf.GetValueOrDefault(ns, "none"))]));
            _few = configuration == "few nodes at a time";
            PluginRegistry registry = PluginRegistry.Default;
            var plan = new SchedulerProfile();
            switch (configuration)
            {
                case "hard affinity weighs":
                    plan = Read("- { name: InterPodAffinity, args: { hardPodAffinityWeight: 50 } }");
                    break;
                case "others' preferences are ignored":
                    plan = Read("- { name: InterPodAffinity, args: { ignorePreferredTermsOfExistingPods: true } }");
                    break;
                case "spread by a list":
                    plan = Read($"- {{ name: PodTopologySpread, args: {{ defaultingType: List, defaultConstraints: [{{ maxSkew: 2, topologyKey: {Zone}, whenUnsatisfiable: ScheduleAnyway }}, {{ maxSkew: 1, topologyKey: disk, whenUnsatisfiable: ScheduleAnyway }}] }} }}");
                    break;
                case "added affinity":
                    plan = Read("- { name: NodeAffinity, args: { addedAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 20, preference: { matchExpressions: [{ key: disk, operator: In, values: [hdd] }] } }] } } }");
                    break;
                case "a score of a user's own":
                    registry = registry.With(_ => new ByName());
                    plan = ConfigurationReader.Read("apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles:\n- plugins: { score: { enabled: [{ name: ByName, weight: 3 }] } }\n", "test.yaml", registry).Profiles[0];
                    break;
            }

            _kept = Profile.Of(plan, registry);
            var context = new StrategyContext(new ClusterView(_state), seed, TieBreak.Uniform, null, () => TimeSpan.Zero) { Selectors = configuration.StartsWith("spread", StringComparison.Ordinal) ? this : null };
            _kept.Prepare(context, keepsScores: true);
            _makeFresh = () =>
            {
                var fresh = Profile.Of(plan, registry);
                fresh.Prepare(context);
                return fresh;
            };
        }

        public LabelSelector? SelectorOf(PodIndex pod) => _selector;

        /// <summary>Changes something, then scores a pod and places it; null when it fits nowhere.</summary>
        public (long[] Kept, long[] Fresh, bool[]? Best)? Step()
        {
            Change();
            // Most pods are like one that was there before: what was kept of it is old by now.
            if (_kinds.Count < 6 || Below(12) == 0)
                _kinds.Add((Spec(), Labels.Of([new Label("app", $"app-{Below(4)}"), new Label("tier", $"{Below(2)}")]), Below(2) == 0 ? "a" : "b"));
            (PodSpec spec, ValueList<Label> labels, string ns) = _kinds[Below(_kinds.Count)];
            ShapeIndex index = _state.Shapes.Intern(spec, labels, ns);
            _selector = Below(3) == 0 ? null : LabelSelector.Of([labels[0]]);
            ref readonly PodShape shape = ref _state.Shapes[index];
            var fits = new List<NodeIndex>();
            for (int n = 0; n < _state.Count; n++)
            {
                if (_state.Fits(in shape, n) && !(_few && Below(4) > 0)) fits.Add(new NodeIndex(n));
            }

            if (fits.Count == 0) return null;
            var pod = new PodRequest(in shape, new PodIndex(0), _n, 0);
            long[] kept = new long[fits.Count], fresh = new long[fits.Count];
            _kept.Score(in pod, fits.ToArray(), kept);
            // Made for this pod alone, its plugins remember nothing.
            _makeFresh().Score(in pod, fits.ToArray(), fresh);
            ulong[] bits = new ulong[(_state.Count + 63) / 64];
            foreach (NodeIndex fit in fits) bits[fit.Value / 64] |= 1UL << fit.Value;
            bool[]? best = _kept.TryMarkBest(in pod, bits, out ReadOnlySpan<ulong> tied) ? new bool[fits.Count] : null;
            for (int i = 0; i < fits.Count && best is not null; i++) best[i] = (tied[fits[i].Value / 64] >> fits[i].Value & 1) != 0;
            int node = fits[Array.IndexOf(fresh, fresh.Max())].Value;
            _state.Add(in shape, node, DeviceSet.Empty);
            _placed.Add((index, node, false));
            return (kept, fresh, best);
        }

        private void Change()
        {
            int n = Below(_state.Count);
            switch (Below(12))
            {
                case 0 or 1 or 2 when _placed.Count > 0:
                    int gone = Below(_placed.Count);
                    ref readonly PodShape shape = ref _state.Shapes[_placed[gone].Shape];
                    if (_placed[gone].Leaving) _state.SetLeaving(in shape, _placed[gone].Node, leaving: false);
                    _state.Remove(in shape, _placed[gone].Node, DeviceSet.Empty);
                    _placed.RemoveAt(gone);
                    break;
                case 3 when _placed.Count > 0:
                    int leaves = Below(_placed.Count);
                    if (_placed[leaves].Leaving || !_state.SetLeaving(in _state.Shapes[_placed[leaves].Shape], _placed[leaves].Node, leaving: true)) break;
                    _placed[leaves] = _placed[leaves] with { Leaving = true };
                    break;
                case 4:
                    _state.SetTaints(n, Taints());
                    break;
                case 5:
                    _state.SetLabels(n, NodeLabels(n));
                    break;
                case 6:
                    _state.SetSchedulable(n, Below(3) > 0);
                    break;
                case 7:
                    _state.SetSize(n, Node(n));
                    break;
                case 8 when !_placed.Exists(pod => pod.Node == n):
                    _state.SetPresent(n, present: !_state.IsPresent(n));
                    break;
                case 9 when Below(2) == 0:
                    _teamOf["a"] = Below(2) == 0 ? "red" : "blue";
                    _state.Shapes.SetNamespaceLabels(ns => Labels.Of([new Label("team", _teamOf.GetValueOrDefault(ns, "none"))]));
                    break;
            }
        }

        private PodSpec Spec()
        {
            PodSpec spec = PodRequests.OfContainers(new PodSpec { Containers = [new Container { Name = "main", Image = "app", CpuMilli = 100 * Below(6), MemoryBytes = (long)Below(5) << 28 }], SchedulerName = "default-scheduler" });
            return spec with
            {
                Tolerations = Below(3) == 0 ? [new Toleration("spot", true, "", null, null)] : default,
                NodeSelector = Below(6) == 0 ? [new Label("disk", "ssd")] : default,
                TopologySpread = Below(2) == 0 ? default : [.. Enumerable.Range(0, 1 + Below(2)).Select(_ => Constraint())],
                Affinity = Below(3) == 0 ? null : new Affinity
                {
                    PreferredNodes = Below(2) == 0 ? default : [Preferred()],
                    RequiredPods = Below(6) == 0 ? [Term(Zone)] : default,
                    RequiredAnti = Below(8) == 0 ? [Term(Host)] : default,
                    PreferredPods = [.. Enumerable.Range(0, Below(3)).Select(_ => new WeightedPodAffinityTerm(1 + Below(99), Term(Key())))],
                    PreferredAnti = [.. Enumerable.Range(0, Below(3)).Select(_ => new WeightedPodAffinityTerm(1 + Below(99), Term(Key())))],
                },
            };
        }

        private PreferredNodeTerm Preferred() => new(1 + Below(99), Below(4) == 0
            ? new NodeSelectorTerm(default, [new LabelRequirement("metadata.name", SelectorOperator.In, [$"node-{Below(8):D3}"])])
            : new NodeSelectorTerm([new LabelRequirement("disk", SelectorOperator.In, ["ssd"])], default));

        private TopologySpreadConstraint Constraint() => new()
        {
            TopologyKey = Key(),
            MaxSkew = 1 + Below(3),
            IsHard = Below(4) == 0,
            Selector = Below(8) == 0 ? null : LabelSelector.Of([new Label("app", $"app-{Below(4)}")]),
            HonorsNodeAffinity = Below(3) > 0,
            HonorsNodeTaints = Below(3) == 0,
            MatchLabelKeys = Below(4) == 0 ? ["tier"] : default,
        };

        private PodAffinityTerm Term(string key) => new(
            LabelSelector.Of([new Label("app", $"app-{Below(4)}")]),
            Below(3) == 0 ? ["a", "b"] : default,
            Below(4) == 0 ? LabelSelector.Of([new Label("team", "red")]) : null,
            key);

        private string Key() => Below(5) switch { 0 => Host, 1 => "disk", _ => Zone };

        private NodeSpec Node(int n) => new()
        {
            Name = $"node-{n:D3}",
            CpuMilli = Below(15) == 0 ? 0 : 1000 * (2 + Below(6)),
            MemoryBytes = (long)(4 + Below(12)) << 30,
            Pods = 20,
            Labels = NodeLabels(n),
            Taints = Taints(),
        };

        private ValueList<Label> NodeLabels(int n)
        {
            var labels = new List<Label> { new(Host, $"node-{n:D3}") };
            if (Below(12) > 0) labels.Add(new Label(Zone, $"zone-{Below(4)}"));
            if (Below(8) > 0) labels.Add(new Label("disk", Below(2) == 0 ? "ssd" : "hdd"));
            return Labels.Of(labels);
        }

        private ValueList<Taint> Taints() => Below(6) switch
        {
            0 => [new Taint("spot", "", TaintEffect.PreferNoSchedule)],
            1 => [new Taint("spot", "", TaintEffect.PreferNoSchedule), new Taint("old", "yes", TaintEffect.PreferNoSchedule)],
            2 => [new Taint("spot", "", TaintEffect.NoSchedule)],
            _ => default,
        };

        private int Below(int limit) => (int)_draws.Below(0, _n++, (ulong)limit);

        private static SchedulerProfile Read(string pluginConfig) => ConfigurationReader.Read(
            $"apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles:\n- pluginConfig:\n  {pluginConfig}\n", "test.yaml").Profiles[0];
    }
}
