using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Nodes.NodeAgentTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

public sealed class ConfigTests
{
    private static readonly AgentOptions Plain = new() { RelistPeriod = TimeSpan.Zero, ImagesArePresent = true };

    [Fact]
    public void A_container_whose_environment_names_a_missing_config_map_waits_for_it()
    {
        Container container = App() with { Environment = [new EnvironmentVariable("COLOR", "", ResourceKind.ConfigMap, "settings", "color", false)] };
        OrchestratedRun run = Fleet(1).Apply(Bare("a", container)).Apply(33, Settings("blue")).BuildWithAgents(Plain);
        FactLog facts = FactLog.Of(run);
        string reason = "";
        At(run, 20, () => reason = Get(run, "a").Status.Reason);
        run.Run();
        Assert.Equal("CreateContainerConfigError", reason);
        Assert.Equal([40.0], facts.Seconds(FactKind.PodStarted));
    }

    [Fact]
    public void An_optional_source_is_not_waited_for()
    {
        Container container = App() with { Environment = [new EnvironmentVariable("COLOR", "", ResourceKind.Secret, "settings", "color", true)] };
        OrchestratedRun run = Fleet(1).Apply(Bare("a", container)).BuildWithAgents(Plain);
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([0.0], facts.Seconds(FactKind.PodStarted));
    }

    [Fact]
    public void A_pod_that_mounts_a_missing_secret_waits_for_it()
    {
        OrchestratedRun run = Fleet(1).Apply(Mounting(VolumeKind.Secret)).Apply(12, new Secret { Metadata = Meta("settings") }).BuildWithAgents(Plain);
        FactLog facts = FactLog.Of(run);
        string reason = "";
        At(run, 5, () => reason = Get(run, "a").Status.Reason);
        run.Run();
        Assert.Equal("FailedMount", reason);
        Assert.Equal([20.0], facts.Seconds(FactKind.PodStarted));
        Assert.Equal("", Get(run, "a").Status.Reason);
    }

    [Fact]
    public void Mounted_files_follow_a_change_at_the_next_sync_of_the_pod()
    {
        OrchestratedRun run = Fleet(1).Apply(Settings("blue"), Mounting(VolumeKind.ConfigMap)).Apply(70, Settings("red")).BuildWithAgents(Plain);
        var key = new ObjectKey(ResourceKind.ConfigMap, "default", "settings");
        var seen = new List<long>();
        foreach (double at in (double[])[69, 71, 119, 120]) At(run, at, () => seen.Add(run.Agents!.MountedVersion(Get(run, "a").Uid, in key)));
        run.Run();
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[0], seen[2]);
        Assert.Equal(run.Store.View.Find(key)!.Metadata.ResourceVersion, seen[3]);
        Assert.NotEqual(seen[0], seen[3]);
    }

    [Fact]
    public void The_age_of_the_cache_comes_on_top()
    {
        OrchestratedRun run = Fleet(1).Apply(Settings("blue"), Mounting(VolumeKind.ConfigMap)).Apply(70, Settings("red"))
            .BuildWithAgents(Plain with { ConfigCacheTtl = TimeSpan.FromSeconds(60) });
        var key = new ObjectKey(ResourceKind.ConfigMap, "default", "settings");
        var seen = new List<long>();
        foreach (double at in (double[])[69, 179, 180]) At(run, at, () => seen.Add(run.Agents!.MountedVersion(Get(run, "a").Uid, in key)));
        run.Run();
        Assert.Equal(seen[0], seen[1]);
        Assert.NotEqual(seen[0], seen[2]);
    }

    private static ConfigMap Settings(string color) => new() { Metadata = Meta("settings"), Data = [new Label("color", color)] };

    private static Pod Mounting(VolumeKind kind)
    {
        Pod pod = Bare("a");
        return pod with { Spec = pod.Spec with { Volumes = [new Volume("settings", kind, "settings", false, null)] } };
    }
}
