using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording;

/// <summary>One line of an object's history.</summary>
/// <param name="At">When.</param>
/// <param name="Subject">Whose, as kind and name.</param>
/// <param name="What">What happened, in a line.</param>
public readonly record struct HistoryEntry(TimeSpan At, string Subject, string What);

/// <summary>What became of one object and of what it owns, as a timeline for a person: why a pod is pending, why it was evicted, what a rollout did.</summary>
/// <remarks>Made of writes of the store, facts and, of a node, what becomes of its machine. Of a workload its pods are told only where asked for: ten thousand of them are no answer.</remarks>
public sealed class ObjectHistory : IStoreListener, IFactObserver
{
    /// <summary>Most lines that are kept.</summary>
    public const int MostEntries = 10_000;

    private readonly OrchestratedRun _run;
    private readonly ResourceKind _kind;
    private readonly string? _namespace;
    private readonly string _name;
    private readonly bool _withPods;
    private readonly HashSet<long> _family = [];
    private readonly DeletionText _deletions;
    private readonly RolloutTally _tally = new();
    private readonly List<HistoryEntry> _entries = [];

    private ObjectHistory(OrchestratedRun run, ResourceKind kind, string? ns, string name, bool withPods)
    {
        _run = run;
        _kind = kind;
        _namespace = ns;
        _name = name;
        _withPods = withPods || kind == ResourceKind.Pod;
        _deletions = new DeletionText(run);
    }

    /// <summary>The lines, in order; at most <see cref="MostEntries"/>.</summary>
    public IReadOnlyList<HistoryEntry> Entries => _entries;

    /// <summary>Whether the object ever existed.</summary>
    public bool WasSeen => _family.Count > 0;

    /// <summary>Records the history of an object; call it before the run starts.</summary>
    /// <param name="run">The run.</param>
    /// <param name="kind">Kind of the object.</param>
    /// <param name="ns">Its namespace; null for whichever has one of that name.</param>
    /// <param name="name">Its name.</param>
    /// <param name="withPods">Whether pods of a workload are told one by one.</param>
    public static ObjectHistory Attach(OrchestratedRun run, ResourceKind kind, string? ns, string name, bool withPods)
    {
        var history = new ObjectHistory(run, kind, ns, name, withPods);
        run.Store.Subscribe(history);
        run.Facts.Subscribe(history);
        if (kind == ResourceKind.Node) run.Health?.Subscribe(new Machine(history));
        return history;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        KubeObject item = change.Object;
        if (change.Before is null && Belongs(item)) _family.Add(item.Uid);
        if (!_family.Contains(item.Uid)) return;
        _tally.OnChange(in change, _run.Loop.Now);
        if (item is Pod && !_withPods) return;
        foreach (string what in ChangeText.Of(in change, _run.Fleet)) Add(item, what);
        if (change is { Before.Metadata.IsDeleting: false, After.Metadata.IsDeleting: true }) Add(item, _deletions.Of(change.Before, change.After));
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        _deletions.Observe(in fact);
        if (Subject(in fact) is not { } item || (item is Pod && !_withPods)) return;
        if (fact.Kind == FactKind.RolloutStarted) _tally.Begin(fact.At);
        // Under Docker Swarm the status of the update says why.
        if (fact.Kind == FactKind.RolloutFailed && _run.Swarm is not null) return;
        if (fact.Kind == FactKind.PodUnschedulable) Add(item, PendingText.Of(_run, (Pod)item));
        else if (FactText.Of(in fact, _run.Fleet) is { } text) Add(item, fact.Kind == FactKind.RolloutCompleted ? text + _tally.End(fact.At) : text);
    }

    /// <summary>Whose fact it is: of the family, or of the node that is asked for.</summary>
    private KubeObject? Subject(in Fact fact)
    {
        if (_kind == ResourceKind.Node && fact.Node.IsNode && FactText.IsOfNode(fact.Kind) && _run.Fleet.Nodes[fact.Node.Value].Name == _name) return _run.Store.View.Find(new ObjectKey(ResourceKind.Node, "", _name));
        return _family.Contains(fact.Uid) && !FactText.IsOfNode(fact.Kind) ? _run.Store.View.Find(fact.Uid) : null;
    }

    private bool Belongs(KubeObject item)
    {
        if (item.Kind == _kind && item.Name == _name && (_namespace is null || item.Metadata.Namespace == _namespace)) return true;
        // The new side of a release belongs to the Deployment that is released, though nobody owns it.
        if (_kind == ResourceKind.Deployment && item is Deployment && item.Metadata.Labels.ValueOf(Controllers.Release.SideLabel) is { } side && item.Name == $"{_name}-{side}"
            && (_namespace is null || item.Metadata.Namespace == _namespace)) return true;
        foreach (ref readonly OwnerReference owner in item.Metadata.Owners.AsSpan())
        {
            if (_family.Contains(owner.Uid)) return true;
        }

        return false;
    }

    private void Add(KubeObject item, string what) => Add(item.Kind, item.Name, what);

    private void Add(ResourceKind kind, string name, string what)
    {
        if (_entries.Count < MostEntries) _entries.Add(new HistoryEntry(_run.Loop.Now, $"{kind}/{name}", what));
    }

    /// <summary>What becomes of the machine of a node.</summary>
    private sealed class Machine(ObjectHistory history) : INodeHealthListener
    {
        public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
        {
            if (history._run.Fleet.Nodes[node].Name != history._name) return;
            foreach (string what in FactText.OfMachine(before, after)) history.Add(ResourceKind.Node, history._name, what);
        }
    }
}
