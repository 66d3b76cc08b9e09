using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Recording;
using SchedBench.Fleets.Docker;

namespace SchedBench.Fleets.Tests;

/// <summary>Engines in namespaces of their own as nodes: power, cables and lost packets of a real machine. They need root, Linux, <c>dockerd</c> and the native pod server, and are skipped with the reason where one is missing.</summary>
[Trait("needs", "engines")]
public sealed class EngineHostTests
{
    [EnginesFact]
    public async Task Machines_lose_their_power_their_cable_and_packets_and_nothing_is_left_of_them()
    {
        Assert.Equal("", State());
        IReadOnlyList<string> hosts = EngineHosts.Up(2);
        try
        {
            Assert.Equal(hosts, EngineHosts.Running);
            RealRun power = Faulty(hosts, FaultEffect.Crash, 1.5);
            Assert.True(power.Requests.Failed > 0, $"{power.Requests}");
            Assert.True(power.Requests.Answered > 10, $"{power.Requests}");
            RealRun cable = Faulty(hosts, EffectCatalog.Of("partition"), 1.5);
            Assert.True(cable.Requests.TimedOut > 0, $"{cable.Requests}");
            Assert.Equal(0, cable.Count(FactKind.ContainerRestarted));
            RealRun oneWay = Faulty(hosts, EffectCatalog.Of("partition").With("direction", "to").With("peer", "outside"), 1.5);
            Assert.True(oneWay.Requests.TimedOut > 0, $"{oneWay.Requests}");
            RealRun frozen = Faulty(hosts, FaultEffect.Hang, 1.5);
            Assert.True(frozen.Requests.TimedOut > 0, $"{frozen.Requests}");
            Assert.Equal(0, await DockerEngine.TakeAwayLeftoversAsync(hosts));
        }
        finally
        {
            Assert.Equal(2, EngineHosts.Down());
        }

        Assert.Equal("", State());
    }

    private static RealRun Faulty(IReadOnlyList<string> hosts, FaultEffect effect, double seconds)
    {
        var fault = new PlannedFault(0, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(seconds), effect, ["node-0"], "t");
        return new FleetWorld { Steps = FaultInjection.Steps(new FaultPlan([fault], 0), 1) }.Play(new DockerEngine(hosts));
    }

    /// <summary>Namespaces, mounts, control groups, devices and folders with names of ours; others come and go on a machine.</summary>
    private static string State() => Shell.Run($"ip netns list | grep '^sb' || true; grep schedbench-sb /proc/self/mounts || true; find /sys/fs/cgroup -maxdepth 2 -name 'sb*'; ip -o link | grep ': sb' || true; find {Path.GetTempPath()} -maxdepth 1 -name 'schedbench-sb*'");

    private sealed class EnginesFactAttribute : FactAttribute
    {
        private static readonly Lazy<string?> Missing = new(() =>
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return "engines in namespaces need Linux and root";
            try
            {
                _ = PodImage.Find();
                Shell.Run("for tool in ip nsenter unshare dockerd iptables curl; do command -v $tool > /dev/null || { echo \"$tool is missing\" >&2; exit 1; }; done");
                return null;
            }
            catch (Runtime.EngineException error)
            {
                return error.Message;
            }
        });

        public EnginesFactAttribute() => Skip = Missing.Value;
    }
}
