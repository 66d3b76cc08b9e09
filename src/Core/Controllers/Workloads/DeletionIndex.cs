using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>Finds the pods that a ReplicaSet gives up first without ranking all of them: the same pods that sorting by
/// <see cref="PodControl.CompareForDeletion"/> would put in front.</summary>
/// <remarks>One index for the sets of one owner, kept up to date pod by pod. Pods that are not ready go before those that are and are few as a rule: they are
/// sorted. Ready ones lie by node, and every node knows its first until the logarithm of some age changes, so that a pick looks at one pod a node: a rollout of
/// 10,000 pods over N nodes costs 10,000 · N comparisons of four integers instead of 10,000 sorts.</remarks>
internal sealed class DeletionIndex
{
    private readonly Dictionary<long, SetPods> _sets = [];
    private readonly HashSet<long> _chosen = [];
    private int[] _siblings = [];

    /// <summary>Where a ready pod stands among those of nodes with equally many siblings: smaller goes first.</summary>
    private readonly record struct Rank(int ReadyAge, int Restarts, int Age, long Uid)
    {
        public static Rank Of(Pod pod, TimeSpan now) =>
            new(PodControl.LogAge(now - pod.Status.ReadySince), pod.Status.Restarts, PodControl.LogAge(now - pod.Metadata.CreatedAt), pod.Uid);

        public bool IsBefore(in Rank other)
        {
            if (ReadyAge != other.ReadyAge) return ReadyAge < other.ReadyAge;
            if (Restarts != other.Restarts) return Restarts > other.Restarts;
            return Age != other.Age ? Age < other.Age : Uid > other.Uid;
        }
    }

    private sealed class NodePods(int node, int position)
    {
        public readonly int Node = node;
        public readonly List<Pod> Pods = [];
        public int Position = position;
        public Pod? First;
        public Rank FirstRank;
        public bool IsKnown;

        /// <summary>Last instant at which <see cref="First"/> is right.</summary>
        public TimeSpan ValidUntil;
    }

    private sealed class SetPods
    {
        public readonly List<Pod> NotReady = [];
        public readonly Dictionary<int, NodePods> ByNode = [];
        public readonly List<NodePods> Nodes = [];

        /// <summary>Ready pods with a deletion cost: those rank by it first.</summary>
        public int WithCost;
    }

    /// <summary>Counts an active pod in (1) or out (−1).</summary>
    public void Count(long set, Pod pod, int by)
    {
        if (!_sets.TryGetValue(set, out SetPods? pods)) _sets.Add(set, pods = new SetPods());
        if (pod.Node.IsNode)
        {
            if (pod.Node.Value >= _siblings.Length) Array.Resize(ref _siblings, Math.Max(pod.Node.Value + 1, _siblings.Length * 2));
            _siblings[pod.Node.Value] += by;
        }

        if (!IsOrdinary(pod))
        {
            if (by > 0) pods.NotReady.Add(pod);
            else Remove(pods.NotReady, pod.Uid);
            return;
        }

        if (PodControl.DeletionCost(pod) != 0) pods.WithCost += by;
        if (by > 0) AddReady(pods, pod);
        else RemoveReady(pods, pod);
    }

    /// <summary>Picks the pods that go first.</summary>
    /// <param name="set">Set.</param>
    /// <param name="count">How many.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="picks">The pods, in order.</param>
    /// <returns>False when deletion costs decide: then all pods must be ranked.</returns>
    public bool TryPick(long set, int count, TimeSpan now, List<Pod> picks)
    {
        picks.Clear();
        if (!_sets.TryGetValue(set, out SetPods? pods)) return true;
        if (pods.WithCost > 0) return false;
        if (pods.NotReady.Count > 0)
        {
            pods.NotReady.Sort((left, right) => PodControl.CompareForDeletion(left, right, Siblings(left), Siblings(right), now));
            for (int i = 0; i < pods.NotReady.Count && picks.Count < count; i++) picks.Add(pods.NotReady[i]);
        }

        _chosen.Clear();
        while (picks.Count < count && First(pods, now) is { } node)
        {
            picks.Add(node.First!);
            _chosen.Add(node.First!.Uid);
            node.IsKnown = false;
        }

        // What was picked is still there until its deletion is seen.
        foreach (Pod pick in picks)
        {
            if (_chosen.Contains(pick.Uid)) pods.ByNode[pick.Node.Value].IsKnown = false;
        }

        _chosen.Clear();
        return true;
    }

    private int Siblings(Pod pod) => pod.Node.IsNode ? _siblings[pod.Node.Value] : 0;

    /// <summary>The node whose first pod goes before those of all other nodes.</summary>
    private NodePods? First(SetPods pods, TimeSpan now)
    {
        NodePods? first = null;
        int most = 0;
        foreach (NodePods node in pods.Nodes)
        {
            int siblings = _siblings[node.Node];
            if (siblings < most) continue;
            if (!node.IsKnown || now > node.ValidUntil) Look(node, now);
            if (node.First is null || (siblings == most && first is not null && !node.FirstRank.IsBefore(in first.FirstRank))) continue;
            first = node;
            most = siblings;
        }

        return first;
    }

    private void Look(NodePods node, TimeSpan now)
    {
        node.First = null;
        node.ValidUntil = TimeSpan.MaxValue;
        node.IsKnown = true;
        foreach (Pod pod in node.Pods)
        {
            if (_chosen.Contains(pod.Uid)) continue;
            var rank = Rank.Of(pod, now);
            if (node.First is null || rank.IsBefore(in node.FirstRank)) (node.First, node.FirstRank) = (pod, rank);
            TimeSpan until = Earlier(SameUntil(pod.Status.ReadySince, now), SameUntil(pod.Metadata.CreatedAt, now));
            if (until < node.ValidUntil) node.ValidUntil = until;
        }
    }

    /// <summary>Last instant at which the logarithm of an age is what it is now.</summary>
    private static TimeSpan SameUntil(TimeSpan since, TimeSpan now)
    {
        TimeSpan age = now - since;
        if (age <= TimeSpan.Zero) return since;
        long nanoseconds = 2L << PodControl.LogAge(age);
        return since + TimeSpan.FromTicks((nanoseconds - 1) / 100);
    }

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static bool IsOrdinary(Pod pod) => pod.Node.IsNode && pod.Status.IsReady && pod.Status.Phase == PodLifePhase.Running;

    private static void AddReady(SetPods pods, Pod pod)
    {
        if (!pods.ByNode.TryGetValue(pod.Node.Value, out NodePods? node))
        {
            pods.ByNode.Add(pod.Node.Value, node = new NodePods(pod.Node.Value, pods.Nodes.Count));
            pods.Nodes.Add(node);
        }

        node.Pods.Add(pod);
        node.IsKnown = false;
    }

    private static void RemoveReady(SetPods pods, Pod pod)
    {
        NodePods node = pods.ByNode[pod.Node.Value];
        Remove(node.Pods, pod.Uid);
        node.IsKnown = false;
        if (node.Pods.Count > 0) return;
        pods.ByNode.Remove(node.Node);
        NodePods last = pods.Nodes[^1];
        pods.Nodes[node.Position] = last;
        last.Position = node.Position;
        pods.Nodes.RemoveAt(pods.Nodes.Count - 1);
    }

    private static void Remove(List<Pod> pods, long uid)
    {
        for (int i = 0; i < pods.Count; i++)
        {
            if (pods[i].Uid != uid) continue;
            pods[i] = pods[^1];
            pods.RemoveAt(pods.Count - 1);
            return;
        }
    }
}
