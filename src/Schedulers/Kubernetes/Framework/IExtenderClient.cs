using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>Speaks with one extender (<c>pkg/scheduler/extender.go</c>). One object serves one run.</summary>
public interface IExtenderClient : IDisposable
{
    /// <summary>What the configuration says of it.</summary>
    SchedulerExtender Extender { get; }

    /// <summary>Real seconds that it waited for each answer.</summary>
    IReadOnlyList<double> AnswerSeconds { get; }

    /// <summary>Leaves the nodes that the extender allows.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="context">The run.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="unresolvable">Where those go that no preemption helps (<c>FailedAndUnresolvableNodes</c>).</param>
    /// <exception cref="StrategyFaultException">It did not answer in time, or with an error.</exception>
    void Filter(in PodRequest pod, StrategyContext context, List<NodeIndex> nodes, ISet<NodeIndex> unresolvable);

    /// <summary>Leaves the nodes that the extender would have cleared for the pod, with the victims that it wants (<c>ProcessPreemption</c>).</summary>
    /// <exception cref="StrategyFaultException">As above, or it names nodes or victims that are none.</exception>
    void Preempt(in PodRequest pod, StrategyContext context, List<PreemptionCandidate> candidates);

    /// <summary>Asks for scores, 0 to 10.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="context">The run.</param>
    /// <param name="nodes">The nodes that are scored.</param>
    /// <param name="scores">[node of <paramref name="nodes"/>] where the scores go; nodes that it says nothing of have 0.</param>
    /// <exception cref="StrategyFaultException">As above.</exception>
    void Prioritize(in PodRequest pod, StrategyContext context, ReadOnlySpan<NodeIndex> nodes, Span<long> scores);

    /// <summary>Lets the extender bind the pod.</summary>
    /// <exception cref="StrategyFaultException">As above.</exception>
    void Bind(in PodRequest pod, StrategyContext context, NodeIndex node);
}

/// <summary>The extenders of a scheduler, asked one after the other.</summary>
internal sealed class ExtenderChain(IReadOnlyList<IExtenderClient> clients) : IDisposable
{
    /// <summary>Scores of extenders are 0 to 10, those of plugins 0 to 100 (<c>MaxExtenderPriority</c>).</summary>
    private const long ScoreScale = IScorePlugin.MaxNodeScore / 10;

    private readonly int[] _told = new int[clients.Count];
    private readonly List<NodeIndex> _nodes = [];
    private readonly HashSet<NodeIndex> _unresolvable = [];
    private (PodIndex Pod, int Attempt) _filtered = (new PodIndex(-1), 0);
    private long[] _scores = [];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => clients.Count == 0;

    /// <summary>Real time that was waited for answers since the last call.</summary>
    public TimeSpan TakeWaited()
    {
        double seconds = 0;
        for (int i = 0; i < clients.Count; i++)
        {
            IReadOnlyList<double> answers = clients[i].AnswerSeconds;
            for (; _told[i] < answers.Count; _told[i]++) seconds += answers[_told[i]];
        }

        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Whether some extender filters or scores nodes (<c>hasExtenderFilters</c>, <c>hasScoring</c> of <c>schedule_one.go</c>).</summary>
    public bool LookAtNodes => clients.Any(client => client.Extender.FilterVerb.Length + client.Extender.PrioritizeVerb.Length > 0);

    /// <summary>Real seconds of all answers.</summary>
    public IReadOnlyList<double> AnswerSeconds => clients.Count == 0 ? [] : [.. clients.SelectMany(client => client.AnswerSeconds)];

    /// <summary>Whether some extender is to be asked about a pod.</summary>
    public bool AreInterested(PodShape pod)
    {
        foreach (IExtenderClient client in clients)
        {
            if (IsInterested(client, pod)) return true;
        }

        return false;
    }

    /// <summary>Leaves the nodes that the extenders allow, first in <paramref name="nodes"/>; returns how many (<c>findNodesThatPassExtenders</c>).</summary>
    public int Filter(in PodRequest pod, StrategyContext context, Span<NodeIndex> nodes)
    {
        _nodes.Clear();
        _unresolvable.Clear();
        _filtered = (pod.Pod, pod.Attempt);
        foreach (NodeIndex node in nodes) _nodes.Add(node);
        foreach (IExtenderClient client in clients)
        {
            if (_nodes.Count == 0) break;
            if (client.Extender.FilterVerb.Length == 0 || !IsInterested(client, pod.Shape)) continue;
            try
            {
                client.Filter(in pod, context, _nodes, _unresolvable);
            }
            catch (StrategyFaultException) when (client.Extender.IsIgnorable)
            {
                // It is passed over.
            }
        }

        for (int n = 0; n < _nodes.Count; n++) nodes[n] = _nodes[n];
        return _nodes.Count;
    }

    /// <summary>Whether an extender said of a node, in this decision on the pod, that no preemption helps there.</summary>
    public bool IsUnresolvable(in PodRequest pod, NodeIndex node) => _filtered == (pod.Pod, pod.Attempt) && _unresolvable.Contains(node);

    /// <summary>Leaves the candidates that the extenders agree to (<c>callExtenders</c> of <c>pkg/scheduler/framework/preemption</c>).</summary>
    public void Preempt(in PodRequest pod, StrategyContext context, List<PreemptionCandidate> candidates)
    {
        foreach (IExtenderClient client in clients)
        {
            if (candidates.Count == 0) return;
            if (client.Extender.PreemptVerb.Length == 0 || !IsInterested(client, pod.Shape)) continue;
            try
            {
                client.Preempt(in pod, context, candidates);
            }
            catch (StrategyFaultException) when (client.Extender.IsIgnorable)
            {
                // It is passed over.
            }
        }
    }

    /// <summary>Adds the weighted scores of the extenders; one that does not answer is passed over (<c>prioritizeNodes</c>).</summary>
    public void Add(in PodRequest pod, StrategyContext context, ReadOnlySpan<NodeIndex> nodes, Span<long> totals)
    {
        if (_scores.Length < nodes.Length) _scores = new long[nodes.Length];
        foreach (IExtenderClient client in clients)
        {
            if (client.Extender.PrioritizeVerb.Length == 0 || !IsInterested(client, pod.Shape)) continue;
            Span<long> scores = _scores.AsSpan(0, nodes.Length);
            scores.Clear();
            try
            {
                client.Prioritize(in pod, context, nodes, scores);
            }
            catch (StrategyFaultException)
            {
                continue;
            }

            for (int n = 0; n < nodes.Length; n++) totals[n] += scores[n] * client.Extender.Weight * ScoreScale;
        }
    }

    /// <summary>Lets the extender that binds do so, where there is one for the pod (<c>extendersBinding</c>).</summary>
    public void Bind(in PodRequest pod, StrategyContext context, NodeIndex node)
    {
        foreach (IExtenderClient client in clients)
        {
            if (client.Extender.BindVerb.Length == 0 || !IsInterested(client, pod.Shape)) continue;
            try
            {
                client.Bind(in pod, context, node);
                return;
            }
            catch (StrategyFaultException) when (client.Extender.IsIgnorable)
            {
                // The host binds then.
            }
        }
    }

    public void Dispose()
    {
        foreach (IExtenderClient client in clients) client.Dispose();
    }

    /// <summary>Whether an extender is asked about a pod: about all, or about those that request a resource it manages (<c>IsInterested</c>).</summary>
    private static bool IsInterested(IExtenderClient client, PodShape pod)
    {
        if (client.Extender.ManagedResources.Count == 0) return true;
        foreach (Core.Objects.ResourceAmount request in pod.Spec.Extended.AsSpan())
        {
            if (request.Amount > 0 && client.Extender.ManagedResources.Contains(request.Name)) return true;
        }

        return false;
    }
}
