using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class DeploymentMathTests
{
    [Theory]
    [InlineData("25%", "25%", 10, 3, 2)]
    [InlineData("25%", "25%", 4, 1, 1)]
    [InlineData("25%", "25%", 3, 1, 0)]
    [InlineData("25%", "25%", 1, 1, 0)]
    [InlineData("0%", "10%", 5, 0, 1)]
    [InlineData("0%", "0%", 10, 0, 1)]
    [InlineData("0", "10%", 1, 0, 1)]
    [InlineData("0", "1", 10, 0, 1)]
    [InlineData("1", "0", 10, 1, 0)]
    [InlineData("100%", "100%", 7, 7, 7)]
    [InlineData("2", "3", 0, 2, 3)]
    [InlineData("1%", "99%", 10, 1, 9)]
    public void Surge_rounds_up_unavailable_rounds_down_and_both_zero_means_one_unavailable(string surge, string unavailable, int replicas, int expectedSurge, int expectedUnavailable) =>
        Assert.Equal((expectedSurge, expectedUnavailable), DeploymentMath.Fenceposts(new DeploymentStrategy(false, Parse(unavailable), Parse(surge)), replicas));

    [Theory]
    [InlineData("100%", 5, 5)]
    [InlineData("9", 5, 5)]
    [InlineData("9", 0, 0)]
    public void Never_more_pods_may_be_missing_than_are_wanted(string unavailable, int replicas, int expected) =>
        Assert.Equal(expected, DeploymentMath.MaxUnavailable(Of(replicas, "1", unavailable)));

    // Rows of TestNewRSNewReplicas and TestReconcileNewReplicaSet in Kubernetes.
    [Theory]
    [InlineData(1, "1", 1, 0, 1)]
    [InlineData(1, "0", 1, 0, 0)]
    [InlineData(10, "2", 10, 0, 2)]
    [InlineData(10, "2", 5, 0, 7)]
    [InlineData(10, "2", 10, 2, 4)]
    [InlineData(10, "0", 10, 0, 0)]
    [InlineData(10, "100%", 10, 0, 10)]
    [InlineData(10, "2", 20, 5, 5)]
    public void The_new_set_grows_as_far_as_the_surge_allows(int replicas, string surge, int all, int current, int expected) =>
        Assert.Equal(expected, DeploymentMath.NewReplicas(Of(replicas, surge, "0"), all, current));

    // Rows of TestScale in Kubernetes: sizes of the sets before, the Deployment's size before and after.
    [Theory]
    [InlineData(10, 12, "0", new[] { 10 }, new[] { 12 })]
    [InlineData(10, 5, "0", new[] { 10 }, new[] { 5 })]
    [InlineData(10, 12, "0", new[] { 5, 5 }, new[] { 6, 6 })]
    [InlineData(10, 5, "0", new[] { 5, 5 }, new[] { 2, 3 })]
    [InlineData(10, 20, "0", new[] { 5, 3, 2 }, new[] { 10, 6, 4 })]
    [InlineData(20, 10, "0", new[] { 10, 6, 4 }, new[] { 5, 3, 2 })]
    [InlineData(10, 3, "0", new[] { 5, 3, 2 }, new[] { 1, 1, 1 })]
    [InlineData(5, 10, "2", new[] { 5, 2 }, new[] { 9, 3 })]
    [InlineData(10, 4, "0", new[] { 2, 0, 8 }, new[] { 1, 0, 3 })]
    [InlineData(10, 0, "0", new[] { 5, 5 }, new[] { 0, 0 })]
    public void A_size_that_changes_in_the_middle_of_a_rollout_is_shared_in_proportion(int before, int after, string surge, int[] sizes, int[] expected)
    {
        Deployment deployment = Of(after, surge, "0") with { Status = DeploymentStatus.New with { Pods = new ReplicaStatus(sizes.Sum(), 0, 0, 1) } };
        int maxBefore = before + Parse(surge).Of(before, roundUp: true);
        int allowed = after == 0 ? 0 : after + DeploymentMath.MaxSurge(deployment);
        int toAdd = allowed - sizes.Sum(), added = 0;
        int[] order = [.. Enumerable.Range(0, sizes.Length).Where(i => sizes[i] > 0).OrderByDescending(i => sizes[i]).ThenBy(i => toAdd > 0 ? -i : i)];
        int[] result = [.. sizes];
        foreach (int i in order)
        {
            int share = DeploymentMath.Proportion(deployment, sizes[i], maxBefore, toAdd, added);
            added += share;
            result[i] += share;
        }

        if (toAdd != added) result[order[0]] += toAdd - added;
        Assert.Equal(expected, result);
    }

    private static Deployment Of(int replicas, string surge, string unavailable) =>
        Deployment("web", replicas) with { Strategy = new DeploymentStrategy(false, Parse(unavailable), Parse(surge)) };

    private static IntOrPercent Parse(string text) =>
        text.EndsWith('%') ? IntOrPercent.Percent(int.Parse(text[..^1])) : IntOrPercent.Of(int.Parse(text));
}
