using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording;

/// <summary>A scheduler whose view or preemptor is sabotaged is found out.</summary>
public sealed class PlacementJudgeTests
{
    private static void Broken(Invariant invariant, OrchestrationBuilder builder, Action<OrchestratedRun>? sabotage = null)
    {
        OrchestratedRun run = builder.Build(out _);
        sabotage?.Invoke(run);
        ObjectJudge.AttachAll(run);
        InvariantViolationException found = Assert.Throws<InvariantViolationException>(() => run.Run());
        Assert.Same(invariant, found.Invariant);
    }

    [Fact]
    public void A_placement_on_a_tainted_node_is_found() => Broken(Invariant.BindingRules, Fleet(1).Do(1, run =>
    {
        run.Store.Update(run.Find<Node>("node-000")! with { Taints = [new Taint("a", "", TaintEffect.NoSchedule)] });
        run.ViewState.SetTaints(0, default);
    }).Apply(2, Some.Pod("p")));

    [Fact]
    public void A_placement_on_a_cordoned_node_is_found() => Broken(Invariant.BindingRules, Fleet(1).Do(1, run =>
    {
        run.Store.Update(run.Find<Node>("node-000")! with { IsCordoned = true });
        run.ViewState.SetSchedulable(0, true);
    }).Apply(2, Some.Pod("p")));

    [Fact]
    public void A_node_that_is_given_more_than_it_has_is_found() => Broken(Invariant.BindingRules, Fleet(1).Apply(Some.Pod("p", "5")).Do(1, Forget).Apply(2, Some.Pod("q", "5")));

    [Fact]
    public void A_host_port_that_is_taken_twice_is_found() => Broken(Invariant.HostPorts, Fleet(1).Apply(WithPort("p")).Do(1, Forget).Apply(2, WithPort("q")));

    [Fact]
    public void A_placement_against_a_volume_is_found() => Broken(Invariant.BindingRules, Fleet(3)
        .Apply(new StorageClass { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test", IsDefault = true, AllowedZones = ["c"] })
        .Apply(new PersistentVolumeClaim { Metadata = Meta("c"), SizeBytes = 10, AccessModes = ["ReadWriteOnce"] })
        .Apply(20, Some.Pod("p") with { Spec = Some.Pod("p").Spec with { Volumes = [new Volume("v", VolumeKind.PersistentVolumeClaim, "c", false, null)] } }), run => run.ViewState.Volumes = null);

    [Fact]
    public void A_victim_of_the_same_priority_is_found() => Broken(Invariant.Preemption, Fleet(1).Apply(Some.Pod("p", "5")).Apply(2, Some.Pod("q", "5")), run => run.Scheduler.Preemptor = new Rude());

    [Fact]
    public void A_victim_that_is_not_needed_is_found() => Broken(Invariant.Preemption,
        Fleet(1).Apply(Some.Pod("p", "5"), Some.Pod("s")).Apply(2, Some.Pod("q", "5") with { Spec = Some.Pod("q", "5").Spec with { Priority = 5 } }), run => run.Scheduler.Preemptor = new Rude());

    private static Pod WithPort(string name) => Some.Pod(name) with { Spec = Some.Pod(name).Spec with { HostPorts = [new HostPort(80, "TCP", "")] } };

    /// <summary>The scheduler's view loses the first pod.</summary>
    private static void Forget(OrchestratedRun run)
    {
        Pod pod = Pods(run)[0];
        run.ViewState.Remove(in run.Shapes[run.Shapes.Intern(pod.Spec, pod.Metadata.Labels, pod.Metadata.Namespace)], pod.Node.Value, pod.Devices);
    }

    /// <summary>Pushes out the first two pods, whoever asks.</summary>
    private sealed class Rude : IPreemptor
    {
        public Preemption? Preempt(in PreemptionRequest request) =>
            new(new NodeIndex(0), request.Pod.Pod.Value == 1 ? [new PodIndex(0)] : [new PodIndex(0), new PodIndex(1)], 0);

        public void Evict(PodIndex victim, PodIndex preemptor)
        {
            // The judge looks before.
        }
    }
}
