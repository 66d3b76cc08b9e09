using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Recording;

/// <summary>Records which pod stood where and when, for the first nodes of a fleet by name: the placement timeline.</summary>
/// <remarks>Nodes are chosen by name, so that every strategy and order shows the same ones. Records at most <see cref="MostBars"/> stays.</remarks>
public sealed class TimelineObserver : IFactObserver
{
    /// <summary>Largest number of stays that are kept; a figure with more could not be read.</summary>
    public const int MostBars = 5000;

    private readonly FleetLayout _fleet;
    private readonly Func<Fact, (string Name, PodSpec Spec)> _podOf;
    private readonly HashSet<int> _nodes;
    private readonly Dictionary<int, int> _open = [];
    private readonly List<Bar> _bars = [];

    /// <summary>Observes a run.</summary>
    /// <param name="run">The run, before it starts.</param>
    /// <param name="nodes">How many nodes are shown.</param>
    public TimelineObserver(ClusterRun run, int nodes)
        : this(run.Fleet, nodes, fact => (run.Arrivals.Workload.Pods.Span[run.Store[fact.Pod].Source].Name, run.Shapes[run.Store[fact.Pod].Shape].Spec))
    {
    }

    /// <summary>Observes a run of Kubernetes objects.</summary>
    /// <param name="run">The run, before it starts.</param>
    /// <param name="nodes">How many nodes are shown.</param>
    public TimelineObserver(OrchestratedRun run, int nodes)
        : this(run.Fleet, nodes, fact => run.Store.View.Find(fact.Uid) is Pod pod ? (pod.Name, pod.Spec) : ("", new PodSpec()))
    {
    }

    private TimelineObserver(FleetLayout fleet, int nodes, Func<Fact, (string Name, PodSpec Spec)> podOf)
    {
        _fleet = fleet;
        _podOf = podOf;
        string[] names = [.. fleet.Nodes.ToArray().Select(node => node.Name).Order(StringComparer.Ordinal).Take(nodes)];
        _nodes = [.. Enumerable.Range(0, fleet.Count).Where(n => Array.BinarySearch(names, fleet.Nodes[n].Name, StringComparer.Ordinal) >= 0)];
    }

    /// <summary>One stay.</summary>
    /// <param name="Node">Node name.</param>
    /// <param name="Pod">Pod name.</param>
    /// <param name="StartSeconds">Admission, in virtual seconds.</param>
    /// <param name="EndSeconds">End, or the end of the run.</param>
    /// <param name="Share">Largest share of the node that the pod takes in CPU, memory or GPU.</param>
    public readonly record struct Bar(string Node, string Pod, double StartSeconds, double EndSeconds, double Share);

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.PodAdmitted when _nodes.Contains(fact.Node.Value) && _bars.Count < MostBars:
                _open.Add(fact.Uid, _bars.Count);
                (string name, PodSpec spec) = _podOf(fact);
                _bars.Add(new Bar(_fleet.Nodes[fact.Node.Value].Name, name, fact.At.TotalSeconds, -1, Share(spec, _fleet.Nodes[fact.Node.Value])));
                break;
            case FactKind.PodStopped or FactKind.PodForceDeleted or FactKind.PodSucceeded or FactKind.PodFailed when _open.Remove(fact.Uid, out int bar):
                _bars[bar] = _bars[bar] with { EndSeconds = fact.At.TotalSeconds };
                break;
            default:
                break;
        }
    }

    /// <summary>The stays in order of their start; those still open end now.</summary>
    public IReadOnlyList<Bar> Bars(TimeSpan end) => [.. _bars.Select(bar => bar.EndSeconds < 0 ? bar with { EndSeconds = end.TotalSeconds } : bar)];

    private static double Share(PodSpec pod, NodeSpec node)
    {
        return Math.Max(Part(pod.CpuMilli, node.CpuMilli), Math.Max(
            Part(pod.MemoryBytes, node.MemoryBytes), Part(pod.GpuMilliTotal, (long)node.GpuCount * PodSpec.WholeGpuMilli)));
    }

    private static double Part(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
