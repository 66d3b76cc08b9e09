using SchedBench.Chaos.Effects;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Random faults of the control plane and of operators, several at a time, in a cluster where users go on: all judges hold, and afterwards everything is as it is wanted.</summary>
public sealed class ControlPlaneFuzzTests
{
    private static readonly FaultEffect[] Effects =
    [
        .. ((string[])["schedulerCrash", "controllerManagerCrash", "apiServerDown", "etcdLeaderLoss", "etcdQuorumLoss", "controlPlaneNodeLoss", "controlPlaneMove"]).Select(EffectCatalog.Of),
        EffectCatalog.Of("controlPlaneNodeLoss").With("lost", "2"), EffectCatalog.Of("apiServerErrors").With("percent", "40"), EffectCatalog.Of("etcdSlowDisk").With("latency", "700ms"),
        EffectCatalog.Of("surge").With("deployment", "web").With("factor", "2"), EffectCatalog.Of("badRollout").With("deployment", "shop").With("how", "crash"),
    ];

    private static readonly FaultEffect[] OnNodes = [EffectCatalog.Of("drain"), EffectCatalog.Of("spotReclaim").With("notice", "40s"), FaultEffect.Crash, FaultEffect.CutOff];

    [Fact]
    public void Every_world_recovers()
    {
        for (ulong seed = 1; seed <= 40; seed++) Recovers(seed);
    }

    private static void Recovers(ulong seed)
    {
        Draw draw = Draw.Stream(seed, "test/control-plane");
        ulong n = 0;
        int Next(int bound) => (int)draw.Below(0, n++, (ulong)bound);
        bool isLate = Next(2) == 1;
        TimeSpan delay = TimeSpan.FromMilliseconds(isLate ? 50 : 0);
        ControlPlaneWorld world = new ControlPlaneWorld(until: 3000, nodes: 5).With(
            o => o with { SchedulerDelay = delay, ControllerDelay = delay, Scheduler = o.Scheduler with { BindLatency = TimeSpan.FromMilliseconds(Next(3) * 100) } }, new AgentOptions { WatchDelay = delay });
        world.Apply(10, Service("shop"), Deployment("shop", 6), Some.StatefulSet("db", 3), Some.DaemonSet("agent"), Some.Job("batch", 6, 2));
        for (int i = 0; i < 6; i++)
        {
            FaultEffect effect = isLate && Next(6) == 0 ? EffectCatalog.Of("apiServerSlow").With("latency", "1s") : Effects[Next(Effects.Length)];
            world.Fault(60 + Next(900), 1 + Next(300), effect);
        }

        for (int i = 0; i < 3; i++) world.Fault(60 + Next(900), 60 + Next(300), OnNodes[Next(OnNodes.Length)], $"node-{Next(4):D3}");
        int size = 3 + Next(10);
        world.Do(200 + Next(600), run => new ScaleStep(default, ResourceKind.Deployment, "shop", size).Execute(run));
        OrchestratedRun run = world.Run(seed);
        string found = $"seed {seed}: web {Ready(run)} shop {Ready(run, "shop")} db {Ready(run, "db")} agent {Ready(run, "agent")}";
        Assert.Equal($"seed {seed}: web 8 shop {size} db 3 agent 5", found);
        Assert.All(run.Store.View.All(ResourceKind.Node).Cast<Node>(), node => Assert.True(node.IsReady == true && !node.IsCordoned && node.Taints.Count == 0, $"seed {seed}: {node.Name}"));
        Assert.DoesNotContain(Pods(run), pod => pod.Spec.Containers[0].Image == "app:bad");
    }
}
