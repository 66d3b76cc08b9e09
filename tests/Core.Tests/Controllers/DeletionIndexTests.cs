using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class DeletionIndexTests
{
    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    public void It_picks_the_pods_that_sorting_all_of_them_puts_in_front(ulong seed)
    {
        Draw draw = Draw.Stream(seed, "tests/deletion-index");
        var index = new DeletionIndex();
        var pods = new Dictionary<long, (long Set, Pod Pod)>();
        var picks = new List<Pod>();
        TimeSpan now = TimeSpan.Zero;
        for (ulong n = 0; n < 3000; n++)
        {
            ulong Below(ulong what, ulong bound) => draw.Below(what, n, bound);
            now += TimeSpan.FromTicks((long)Below(0, 3) * (long)Below(1, 30_000_000));
            long set = 1 + (long)Below(2, 2);
            if (pods.Count == 0 || Below(3, 10) < 5) Put(new Pod { Metadata = Meta($"p{n}") with { Uid = (long)n + 10, CreatedAt = now }, Spec = Template("web").Spec }, set);
            else if (Below(3, 10) < 9) Change(pods.Values.ElementAt((int)Below(4, (ulong)pods.Count)), Below(5, 4), (int)Below(6, 7));
            if (Below(7, 4) > 0) continue;
            int count = 1 + (int)Below(8, 5);
            Assert.True(index.TryPick(set, count, now, picks));
            Assert.Equal(Sorted(set, count), picks.Select(pod => pod.Uid));
            foreach (Pod pick in picks.Take((int)Below(9, 3)).ToArray()) Drop(pick.Uid);
        }

        void Put(Pod pod, long set)
        {
            pods[pod.Uid] = (set, pod);
            index.Count(set, pod, 1);
        }

        void Drop(long uid)
        {
            pods.Remove(uid, out (long Set, Pod Pod) gone);
            index.Count(gone.Set, gone.Pod, -1);
        }

        void Change((long Set, Pod Pod) entry, ulong what, int node)
        {
            Pod pod = entry.Pod;
            Drop(pod.Uid);
            if (!pod.Node.IsNode) pod = pod with { Node = new NodeIndex(node) };
            else if (what < 2) pod = pod with { Status = pod.Status with { Phase = PodLifePhase.Running, IsReady = true, ReadySince = now } };
            else if (what == 2) pod = pod with { Status = pod.Status with { IsReady = false, ReadySince = now } };
            else pod = pod with { Status = pod.Status with { Restarts = pod.Status.Restarts + 1 } };
            Put(pod, entry.Set);
        }

        IEnumerable<long> Sorted(long set, int count)
        {
            int[] siblings = new int[8];
            foreach ((long _, Pod pod) in pods.Values)
            {
                if (pod.Node.IsNode) siblings[pod.Node.Value]++;
            }

            List<Pod> all = [.. pods.Values.Where(entry => entry.Set == set).Select(entry => entry.Pod)];
            int Siblings(Pod pod) => pod.Node.IsNode ? siblings[pod.Node.Value] : 0;
            all.Sort((left, right) => PodControl.CompareForDeletion(left, right, Siblings(left), Siblings(right), now));
            return all.Take(count).Select(pod => pod.Uid);
        }
    }

    [Fact]
    public void A_deletion_cost_decides_before_everything_the_index_knows()
    {
        var index = new DeletionIndex();
        var pod = new Pod
        {
            Metadata = Meta("p") with { Uid = 1, Annotations = [new Label("controller.kubernetes.io/pod-deletion-cost", "-5")] },
            Spec = Template("web").Spec,
            Node = new NodeIndex(0),
            Status = PodStatus.New with { Phase = PodLifePhase.Running, IsReady = true },
        };
        index.Count(7, pod, 1);
        Assert.False(index.TryPick(7, 1, TimeSpan.FromSeconds(1), []));
        index.Count(7, pod, -1);
        Assert.True(index.TryPick(7, 1, TimeSpan.FromSeconds(1), []));
    }
}
