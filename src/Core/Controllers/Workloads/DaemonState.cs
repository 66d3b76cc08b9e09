using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>What the DaemonSet controller holds of one set: its pods by node, the nodes that changed, and the counters of the status as sums over nodes.</summary>
internal sealed class DaemonState
{
    private readonly Dictionary<long, string> _places = [];
    private PodTemplate? _source;

    /// <summary>Nodes with pods, or that were judged, by name.</summary>
    public SortedDictionary<string, DaemonNode> Nodes { get; } = new(StringComparer.Ordinal);

    /// <summary>Nodes to be looked at.</summary>
    public SortedSet<string> Dirty { get; } = new(StringComparer.Ordinal);

    /// <summary>Nodes whose pod is ready and becomes available by time.</summary>
    public SortedSet<string> Maturing { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether every node is to be looked at.</summary>
    public bool LooksAtAll { get; set; } = true;

    /// <summary>Hash of the newest revision.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>The template with the daemons' tolerations and labels.</summary>
    public PodTemplate? Template { get; private set; }

    /// <summary>Pods made.</summary>
    public long Made { get; set; }

    public int Desired { get; private set; }

    public int Current { get; private set; }

    public int Misscheduled { get; private set; }

    public int Ready { get; private set; }

    public int Available { get; private set; }

    public int Updated { get; private set; }

    /// <summary>Takes over the newest template.</summary>
    public void Adjust(DaemonSet set, ControllerRevision revision)
    {
        string hash = revision.Name[(set.Name.Length + 1)..];
        if (ReferenceEquals(_source, set.Template) && Hash == hash) return;
        _source = set.Template;
        Hash = hash;
        LooksAtAll = true;
        Template = set.Template with
        {
            Labels = Labels.Of([
                .. set.Template.Labels, new Label(RevisionHistory.Label, hash), new Label("pod-template-generation", revision.Revision.ToString(CultureInfo.InvariantCulture)),
            ]),
            Spec = DaemonNodes.WithTolerations(set.Template.Spec),
        };
    }

    public IReadOnlyList<long> PodsOn(string node) => Nodes.TryGetValue(node, out DaemonNode? known) ? known.Pods : [];

    public void Place(long pod, string node)
    {
        if (!_places.TryAdd(pod, node)) return;
        At(node).Pods.Add(pod);
    }

    public void Remove(long pod)
    {
        if (_places.Remove(pod, out string? node)) At(node).Pods.Remove(pod);
    }

    public DaemonNode At(string node)
    {
        if (!Nodes.TryGetValue(node, out DaemonNode? known)) Nodes.Add(node, known = new DaemonNode());
        return known;
    }

    /// <summary>Puts what is known of a node in place of what was known before.</summary>
    public void Count(string name, DaemonNode node, DaemonTally tally)
    {
        Add(node.Tally, -1);
        node.Tally = tally;
        Add(tally, 1);
        if (tally is { IsReady: true, IsAvailable: false }) Maturing.Add(name);
        else Maturing.Remove(name);
    }

    /// <summary>Whether any pod is of a revision.</summary>
    public bool Uses(ObjectView view, ControllerRevision revision)
    {
        if (Updated >= Desired && Misscheduled == 0) return false;
        foreach (long uid in _places.Keys)
        {
            if (view.Find(uid) is Pod pod && revision.Name.EndsWith(pod.Metadata.Labels.ValueOf(RevisionHistory.Label) ?? "?", StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private void Add(DaemonTally tally, int by)
    {
        if (tally.ShouldRun) Desired += by;
        if (tally is { ShouldRun: true, Runs: true }) Current += by;
        if (tally is { ShouldRun: false, Runs: true }) Misscheduled += by;
        if (tally is { ShouldRun: true, IsReady: true }) Ready += by;
        if (tally is { ShouldRun: true, IsAvailable: true }) Available += by;
        if (tally is { ShouldRun: true, IsUpdated: true }) Updated += by;
    }
}

/// <summary>A node of a DaemonSet: its pods, what was counted of it, and how often its daemon failed lately.</summary>
internal sealed class DaemonNode
{
    public List<long> Pods { get; } = [];

    public DaemonTally Tally { get; set; }

    public bool MayStay { get; set; }

    public TimeSpan Backoff { get; set; }

    public TimeSpan BackoffSince { get; set; }
}

/// <summary>What a node adds to the status.</summary>
internal readonly record struct DaemonTally(bool ShouldRun, bool Runs, bool IsReady, bool IsAvailable, bool IsUpdated);
