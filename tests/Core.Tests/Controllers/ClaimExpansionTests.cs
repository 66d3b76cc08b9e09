using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class ClaimExpansionTests
{
    private static readonly StorageClass Grows = new() { Metadata = new ObjectMeta { Name = "fast" }, Provisioner = "csi.test", AllowsExpansion = true };

    [Fact]
    public void A_claim_grows_with_its_volume_first_and_its_file_system_under_a_running_pod()
    {
        OrchestratedRun run = Fleet(1).Apply(Grows).Apply(1, Claim(10)).Apply(10, Using("p")).Apply(60, Claim(30)).Build(out _);
        List<(double, long, long, ClaimResize)> seen = Watch(run);
        run.Run();
        Assert.Equal(
            [(60, 10, 30, ClaimResize.None), (60, 10, 30, ClaimResize.Resizing), (65, 10, 30, ClaimResize.FileSystemPending), (66, 30, 30, ClaimResize.None)],
            seen.Where(step => step.Item1 >= 60));
        Assert.Equal(30, run.Store.View.All(ResourceKind.PersistentVolume).Cast<PersistentVolume>().Single().SizeBytes);
    }

    [Fact]
    public void Its_file_system_waits_for_a_pod()
    {
        OrchestratedRun run = Fleet(1).Apply(Grows).Apply(1, Claim(10)).Apply(60, Claim(30)).Apply(500, Using("p")).Build(out _);
        List<(double, long, long, ClaimResize)> seen = Watch(run);
        run.Run();
        Assert.Contains((65, 10, 30, ClaimResize.FileSystemPending), seen);
        (double at, long capacity, _, ClaimResize resize) = seen[^1];
        Assert.Equal((30, ClaimResize.None), (capacity, resize));
        Assert.InRange(at, 501, 503);
    }

    [Fact]
    public void A_claim_that_grows_twice_gets_the_last_size()
    {
        OrchestratedRun run = Fleet(1).Apply(Grows).Apply(1, Claim(10)).Apply(10, Using("p")).Apply(60, Claim(30)).Apply(62, Claim(50)).Build(out _);
        run.Run();
        Assert.Equal((50, 50, ClaimResize.None), State(run));
    }

    [Fact]
    public void A_class_that_does_not_allow_it_refuses_growth()
    {
        OrchestratedRun run = Fleet(1).Apply(Grows with { AllowsExpansion = false }).Apply(1, Claim(10)).Build(out _);
        run.Run();
        Assert.Equal(ApiErrorCode.Forbidden, Resize(run, 30)!.Code);
        Assert.Contains("must support resize", Resize(run, 30)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_that_is_not_bound_keeps_its_size()
    {
        OrchestratedRun run = Fleet(1).Apply(Grows with { WaitsForFirstConsumer = true }).Apply(1, Claim(10)).Build(out _);
        run.Run();
        Assert.Equal(ApiErrorCode.Invalid, Resize(run, 30)!.Code);
    }

    [Fact]
    public void A_claim_shrinks_only_while_it_has_not_grown_and_stays_above_what_it_has()
    {
        OrchestratedRun run = Fleet(1).Apply(Grows).Apply(1, Claim(10)).Apply(10, Using("p")).Apply(60, Claim(30)).Apply(62, Claim(20))
            .Do(63, r => Assert.Equal(ApiErrorCode.Invalid, Resize(r, 10)!.Code)).Build(out _);
        run.Run();
        Assert.Equal((20, 20, ClaimResize.None), State(run));
        Assert.Equal(ApiErrorCode.Invalid, Resize(run, 15)!.Code);
    }

    [Fact]
    public void Growth_counts_against_the_quota_of_storage()
    {
        var quota = new ResourceQuota { Metadata = Meta("q"), Hard = [new ResourceAmount("requests.storage", 25)] };
        OrchestratedRun run = Fleet(1).Apply(Grows, quota).Apply(1, Claim(10)).Build(out _);
        run.Run();
        Assert.Equal(ApiErrorCode.Forbidden, Resize(run, 30)!.Code);
        Assert.Contains("exceeded quota", Resize(run, 30)!.Message, StringComparison.Ordinal);
        Assert.Null(Resize(run, 25));
    }

    private static PersistentVolumeClaim Claim(long size) => new() { Metadata = Meta("data"), SizeBytes = size, StorageClass = "fast", AccessModes = ["ReadWriteOnce"] };

    private static Pod Using(string name) => Some.Pod(name) with { Spec = Some.Pod(name).Spec with { Volumes = [new Volume("data", VolumeKind.PersistentVolumeClaim, "data", false, null)] } };

    private static ApiError? Resize(OrchestratedRun run, long size) => run.Store.Update(run.Find<PersistentVolumeClaim>("data")! with { SizeBytes = size });

    private static (long Size, long Capacity, ClaimResize Resize) State(OrchestratedRun run) =>
        run.Find<PersistentVolumeClaim>("data") is { } claim ? (claim.SizeBytes, claim.CapacityBytes, claim.Resize) : default;

    private static List<(double At, long Capacity, long Size, ClaimResize Resize)> Watch(OrchestratedRun run)
    {
        var seen = new List<(double, long, long, ClaimResize)>();
        run.OnEveryWrite(change =>
        {
            if (change.After is PersistentVolumeClaim claim) seen.Add((run.Loop.Now.TotalSeconds, claim.CapacityBytes, claim.SizeBytes, claim.Resize));
        });
        return seen;
    }
}
