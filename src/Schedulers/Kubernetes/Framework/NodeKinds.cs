using SchedBench.Core.Cluster;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The kinds of the nodes (<see cref="NodeState.Kind"/>) as small numbers, kept up with the ring of changes.</summary>
internal sealed class NodeKinds
{
    private readonly ClusterView _view;
    private readonly Dictionary<long, int> _numbers = [];
    private readonly long[] _kinds;
    private readonly int[] _of;
    private long _cursor;

    /// <summary>The kinds as they are.</summary>
    public NodeKinds(ClusterView view)
    {
        _view = view;
        _kinds = new long[view.Count];
        _of = new int[view.Count];
        LookAtAll();
    }

    /// <summary>[node] number of its kind.</summary>
    public ReadOnlySpan<int> Of => _of;

    /// <summary>Numbers are below this.</summary>
    public int Count => _numbers.Count;

    /// <summary>Grows when a node becomes one of another kind.</summary>
    public int Version { get; private set; }

    /// <summary>Looks at the nodes that changed.</summary>
    public void Follow()
    {
        if (_view.Changes - _cursor > _view.ChangesKept)
        {
            LookAtAll();
            return;
        }

        for (; _cursor < _view.Changes; _cursor++)
        {
            int node = _view.ChangedNode(_cursor).Value;
            if (_view[new NodeIndex(node)].Kind != _kinds[node]) Number(node);
        }
    }

    private void LookAtAll()
    {
        for (int n = 0; n < _of.Length; n++) Number(n);
        _cursor = _view.Changes;
    }

    private void Number(int node)
    {
        long kind = _view[new NodeIndex(node)].Kind;
        if (!_numbers.TryGetValue(kind, out int number)) _numbers.Add(kind, number = _numbers.Count);
        _kinds[node] = kind;
        _of[node] = number;
        Version++;
    }
}
