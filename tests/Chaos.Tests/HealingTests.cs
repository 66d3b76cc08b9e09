using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Counterexamples of the fuzzer: what a fault did to something that was under way has to end with it, too.</summary>
public sealed class HealingTests
{
    private static readonly AgentOptions Plain = new() { ImagesArePresent = true };

    /// <remarks>Seeds 4348 and 7519: a volume that began to be attached meanwhile came after days.</remarks>
    [Fact]
    public void A_volume_under_way_comes_as_fast_as_ever_when_volumes_are_slow_no_more()
    {
        StatefulSet set = Some.StatefulSet("web", 1) with { ClaimTemplates = [new ClaimTemplate("data", null, 1 << 20, ["ReadWriteOnce"])] };
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = TimeSpan.FromSeconds(400) })
            .Apply(new StorageClass { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test", IsDefault = true, WaitsForFirstConsumer = true }).Apply(100, set);
        Add(builder, EffectCatalog.Of("volumeSlow").With("factor", "10000"), 90, 110);
        OrchestratedRun run = builder.BuildWithAgents(Plain);
        var facts = FactLog.Of(run);
        run.Run();
        Assert.InRange(facts.Seconds(FactKind.PodReady).Single(), 200, 230);
    }

    /// <remarks>Four factors of 10,000 multiply: instants stay in range.</remarks>
    [Fact]
    public void Slow_volumes_of_many_faults_do_not_leave_the_range_of_time()
    {
        StatefulSet set = Some.StatefulSet("web", 1) with { ClaimTemplates = [new ClaimTemplate("data", null, 1 << 20, ["ReadWriteOnce"])] };
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = TimeSpan.FromSeconds(400) })
            .Apply(new StorageClass { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test", IsDefault = true, WaitsForFirstConsumer = true }).Apply(100, set);
        FaultEffect slow = EffectCatalog.Of("volumeSlow").With("factor", "10000");
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan([.. Enumerable.Range(0, 4).Select(n => new PlannedFault(n, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(110 + n), slow, [], "t"))], 0), 1)) builder.Step(step);
        OrchestratedRun run = builder.BuildWithAgents(Plain);
        var facts = FactLog.Of(run);
        run.Run();
        Assert.InRange(facts.Seconds(FactKind.PodReady).Single(), 203, 250);
    }

    /// <remarks>Seeds 7744 and 11008: the containers did nothing for the rest of the run.</remarks>
    [Fact]
    public void A_failed_pod_whose_fault_ends_while_its_agent_stands_still_comes_back_with_it()
    {
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = TimeSpan.FromSeconds(400) }).Apply(0, Deployment("web", 1, Probed()));
        Add(builder, EffectCatalog.Of("podFailure"), 100, 60, new PodTarget(["default"], null, TargetMode.All, 0));
        Add(builder, FaultEffect.Hang, 150, 40);
        OrchestratedRun run = builder.BuildWithAgents(Plain);
        var facts = FactLog.Of(run);
        run.Run();
        Assert.True(Pods(run).Single().Status.IsReady);
        Assert.InRange(facts.Seconds(FactKind.PodReady).Last(), 190, 220);
    }

    [Fact]
    public void A_failure_that_begins_and_ends_while_the_agent_stands_still_touches_no_container()
    {
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = TimeSpan.FromSeconds(400) }).Apply(0, Deployment("web", 1, Probed()));
        Add(builder, FaultEffect.Hang, 100, 30);
        Add(builder, EffectCatalog.Of("podFailure"), 105, 20, new PodTarget(["default"], null, TargetMode.All, 0));
        OrchestratedRun run = builder.BuildWithAgents(Plain);
        run.Run();
        Assert.Equal((true, 0), (Pods(run).Single().Status.IsReady, Pods(run).Single().Status.Restarts));
    }

    private static PodTemplate Probed()
    {
        PodTemplate template = Template("web");
        return template with { Spec = template.Spec with { Containers = [template.Spec.Containers[0] with { Readiness = new Probe { Period = TimeSpan.FromSeconds(1) } }] } };
    }

    private static void Add(OrchestrationBuilder builder, FaultEffect effect, double at, double seconds, PodTarget? pods = null)
    {
        bool isOfNodes = pods is null && effect.Kind.Target == EffectTarget.Nodes;
        var fault = new PlannedFault((int)at, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(seconds), effect, isOfNodes ? ["node-000"] : [], "t") { Pods = pods };
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan([fault], 0), 1)) builder.Step(step);
    }
}
