using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.History;

public sealed class ObjectHistoryTests
{
    [Fact]
    public void A_deployment_tells_its_rollout_from_template_to_completion()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4)).Apply(60, Deployment("web", 4, Template("web", image: "app:v2"))).Build(out _);
        string[] told = Told(run, ResourceKind.Deployment, "web", withPods: false);
        AssertInOrder(
            told, "created: 4 replicas of app:v1", "rollout of revision 1 is complete", "template: app:v1 becomes app:v2", "rollout of revision 2 started", "scaled from 4 to",
            "rollout of revision 2 is complete");
        Assert.DoesNotContain(told, line => line.StartsWith("Pod/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pod_that_fits_nowhere_says_how_many_nodes_are_against_it_and_why()
    {
        OrchestratedRun run = Fleet(3).Apply(ReplicaSet("big", 1, Template("big", cpu: "64"))).Build(out _);
        Assert.Contains(Told(run, ResourceKind.ReplicaSet, "big", withPods: true), line => line.EndsWith("pending: 0/3 nodes fit: 3 InsufficientCpu", StringComparison.Ordinal));
    }

    [Fact]
    public void Pods_of_a_workload_are_told_one_by_one_where_asked_for()
    {
        OrchestratedRun run = Fleet(3).Apply(ReplicaSet("web", 2)).Apply(60, ReplicaSet("web", 1)).Build(out _);
        string[] told = Told(run, ResourceKind.ReplicaSet, "web", withPods: true);
        Assert.Equal(2, told.Count(line => line.EndsWith(" ready", StringComparison.Ordinal) && !line.EndsWith("not ready", StringComparison.Ordinal)));
        Assert.Equal(2, told.Count(line => line.Contains(" bound to node-", StringComparison.Ordinal)));
        AssertInOrder(told, "scaled from 2 to 1", "deletion asked for", "gone");
    }

    [Fact]
    public void An_object_that_never_existed_was_not_seen()
    {
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 1)).Build(out _);
        ObjectHistory history = ObjectHistory.Attach(run, ResourceKind.Deployment, ns: null, "web", withPods: false);
        run.Run();
        Assert.False(history.WasSeen);
        Assert.Empty(history.Entries);
    }

    private static string[] Told(OrchestratedRun run, ResourceKind kind, string name, bool withPods)
    {
        ObjectHistory history = ObjectHistory.Attach(run, kind, "default", name, withPods);
        run.Run();
        Assert.True(history.WasSeen);
        return [.. history.Entries.Select(entry => $"{entry.Subject} {entry.What}")];
    }

    private static void AssertInOrder(string[] told, params string[] expected)
    {
        int at = 0;
        foreach (string line in expected)
        {
            int found = Array.FindIndex(told, at, text => text.Contains(line, StringComparison.Ordinal));
            Assert.True(found >= 0, $"'{line}' is not told after line {at} of:\n{string.Join('\n', told)}");
            at = found + 1;
        }
    }
}
