using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>Keeps the EndpointSlices of every Service with a selector (Kubernetes <c>pkg/controller/endpointslice</c>).</summary>
/// <remarks>A pod is in from its binding until it ended or is gone; ready = Ready and not terminating (or the service publishes pods that are not), serving = Ready,
/// terminating = being deleted. Slices hold up to 100 endpoints; a pod keeps its slice, free places are filled first. Only what changed is looked at: a pod of a
/// service with 10,000 costs what one of ten does, but for the write of its slice.</remarks>
public sealed class EndpointSliceController : Controller
{
    private readonly ServiceIndex _services = new();
    private readonly Dictionary<long, ServiceSlices> _slices = [];
    private readonly HashSet<int> _unreachable = [];

    /// <inheritdoc/>
    public override string Name => "endpointslice-controller";

    private sealed class ServiceSlices
    {
        public readonly Dictionary<long, int> SliceOf = [];
        public readonly List<List<Endpoint>> Slices = [];
        public readonly List<long> Dirty = [];
        public readonly HashSet<long> IsDirty = [];
        public LabelSelector? Selector;
        public bool PublishesNotReady;
        public long Made;
        public readonly List<string> Names = [];
    }

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case Service service:
                _services.Update(change.Before as Service, change.After as Service);
                Enqueue(service.Uid);
                break;
            case Pod pod:
                OnPod(change.Before as Pod, change.After as Pod, pod);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _services.Clear();
        _slices.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Service { Selector: not null } service || service.Metadata.IsDeleting)
        {
            _slices.Remove(uid);
            return;
        }

        if (!_slices.TryGetValue(uid, out ServiceSlices? slices)) _slices.Add(uid, slices = Adopt(service));
        if (!Equals(slices.Selector, service.Selector) || slices.PublishesNotReady != service.PublishesNotReady) MarkAll(service, slices);
        (slices.Selector, slices.PublishesNotReady) = (service.Selector, service.PublishesNotReady);
        var touched = new SortedSet<int>();
        foreach (long pod in slices.Dirty) Place(service, slices, pod, touched);
        slices.Dirty.Clear();
        slices.IsDirty.Clear();
        foreach (int slice in touched) Write(service, slices, slice);
    }

    /// <summary>Says whether the addresses of a node can be reached; those of one that cannot are not ready. Kubernetes has no such news beside the pods' own; the gossip of Docker
    /// Swarm's overlay networks does.</summary>
    internal void SetReachable(int node, bool isReachable)
    {
        if (isReachable ? !_unreachable.Remove(node) : !_unreachable.Add(node)) return;
        foreach (KubeObject item in View.All(ResourceKind.Pod))
        {
            if (item is Pod pod && pod.Node.Value == node) OnPod(null, pod, pod);
        }
    }

    private void OnPod(Pod? before, Pod? after, Pod pod)
    {
        if (before is not null && after is not null && !IsDifferent(before, after)) return;
        foreach (Service service in _services.Of(pod.Metadata.Namespace, pod.Metadata.Labels)) Mark(service.Uid, pod.Uid);
        if (before is null || before.Metadata.Labels == pod.Metadata.Labels) return;
        foreach (Service service in _services.Of(pod.Metadata.Namespace, before.Metadata.Labels)) Mark(service.Uid, pod.Uid);
    }

    private static bool IsDifferent(Pod before, Pod after) =>
        before.Node != after.Node || before.Status.IsReady != after.Status.IsReady || before.Metadata.IsDeleting != after.Metadata.IsDeleting
        || before.HasEnded != after.HasEnded || before.Metadata.Labels != after.Metadata.Labels;

    private void Mark(long service, long pod)
    {
        if (_slices.TryGetValue(service, out ServiceSlices? slices) && slices.IsDirty.Add(pod)) slices.Dirty.Add(pod);
        Enqueue(service);
    }

    /// <summary>All pods of the selector and all endpoints there are: after a change of the service itself, and when the controller meets it first.</summary>
    private void MarkAll(Service service, ServiceSlices slices)
    {
        foreach (KubeObject item in View.All(ResourceKind.Pod))
        {
            if (item.Metadata.Namespace == service.Metadata.Namespace && service.Selector!.Matches(item.Metadata.Labels) && slices.IsDirty.Add(item.Uid)) slices.Dirty.Add(item.Uid);
        }

        foreach (List<Endpoint> slice in slices.Slices)
        {
            foreach (Endpoint endpoint in slice)
            {
                if (slices.IsDirty.Add(endpoint.PodUid)) slices.Dirty.Add(endpoint.PodUid);
            }
        }
    }

    /// <summary>Takes over the slices that a controller before this one wrote.</summary>
    private ServiceSlices Adopt(Service service)
    {
        var slices = new ServiceSlices();
        foreach (KubeObject item in View.OwnedBy(service.Uid).Items)
        {
            if (item is not EndpointSlice slice) continue;
            foreach (Endpoint endpoint in slice.Endpoints) slices.SliceOf[endpoint.PodUid] = slices.Slices.Count;
            slices.Slices.Add([.. slice.Endpoints]);
            slices.Names.Add(slice.Name);
        }

        slices.Made = slices.Names.Count;
        MarkAll(service, slices);
        return slices;
    }

    private void Place(Service service, ServiceSlices slices, long uid, SortedSet<int> touched)
    {
        bool belongs = View.Find(uid) is Pod { Node.IsNode: true, HasEnded: false } found && service.Selector!.Matches(found.Metadata.Labels);
        bool isIn = slices.SliceOf.TryGetValue(uid, out int at);
        if (!belongs)
        {
            if (!isIn) return;
            slices.Slices[at].RemoveAll(endpoint => endpoint.PodUid == uid);
            slices.SliceOf.Remove(uid);
            touched.Add(at);
            return;
        }

        var pod = (Pod)View.Find(uid)!;
        bool isTerminating = pod.Metadata.IsDeleting, isReady = pod.Status.IsReady && !_unreachable.Contains(pod.Node.Value);
        var next = new Endpoint(uid, pod.Name, pod.Node.Value, service.PublishesNotReady || (isReady && !isTerminating), isReady, isTerminating);
        if (isIn)
        {
            int place = slices.Slices[at].FindIndex(endpoint => endpoint.PodUid == uid);
            if (slices.Slices[at][place] == next) return;
            slices.Slices[at][place] = next;
        }
        else
        {
            at = slices.Slices.FindIndex(slice => slice.Count < EndpointSlice.MostEndpoints);
            if (at < 0)
            {
                at = slices.Slices.Count;
                slices.Slices.Add([]);
                slices.Names.Add(PodControl.GeneratedName(service.Name, slices.Made++));
            }

            slices.Slices[at].Add(next);
            slices.SliceOf.Add(uid, at);
        }

        touched.Add(at);
    }

    private void Write(Service service, ServiceSlices slices, int at)
    {
        var written = new EndpointSlice
        {
            Metadata = new ObjectMeta
            {
                Name = slices.Names[at],
                Namespace = service.Metadata.Namespace,
                Labels = [new Label("kubernetes.io/service-name", service.Name)],
                Owners = [new OwnerReference(ResourceKind.Service, service.Name, service.Uid)],
            },
            ServiceName = service.Name,
            Endpoints = [.. slices.Slices[at].OrderBy(endpoint => endpoint.PodUid)],
        };
        ApiError? error = View.Find(written.Key) is EndpointSlice stored
            ? Api.Update(stored with { Endpoints = written.Endpoints })
            : Api.Create(written, out _);
        // A version that is behind: everything is placed anew when the change has become known.
        if (error is not null) EnqueueAfter(service.Uid, Context.RetryDelay);
    }
}

/// <summary>Services by namespace and the first label of their selector: which services a pod may belong to.</summary>
public sealed class ServiceIndex
{
    private readonly Dictionary<(string Namespace, string Key, string Value), List<Service>> _byLabel = [];
    private readonly List<Service> _found = [];

    /// <summary>A service was created, changed or removed.</summary>
    public void Update(Service? before, Service? after)
    {
        if (before is not null && KeyOf(before) is { } old && _byLabel.TryGetValue(old, out List<Service>? services)) services.RemoveAll(service => service.Uid == before.Uid);
        if (after is null || KeyOf(after) is not { } key) return;
        if (!_byLabel.TryGetValue(key, out services)) _byLabel.Add(key, services = []);
        services.Add(after);
    }

    /// <summary>Everything is forgotten.</summary>
    public void Clear() => _byLabel.Clear();

    /// <summary>The services of a namespace whose selector matches, in the order of their identities. Valid until the next call.</summary>
    public IReadOnlyList<Service> Of(string ns, ValueList<Label> labels)
    {
        _found.Clear();
        foreach (ref readonly Label label in labels.AsSpan())
        {
            if (!_byLabel.TryGetValue((ns, label.Key, label.Value), out List<Service>? services)) continue;
            foreach (Service service in services)
            {
                if (service.Selector!.Matches(labels)) _found.Add(service);
            }
        }

        if (_found.Count > 1) _found.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
        return _found;
    }

    /// <summary>Selectors of services are plain labels: the first of them finds it. A selector without labels selects nothing here, as in Kubernetes.</summary>
    private static (string, string, string)? KeyOf(Service service) =>
        service.Selector is { Requirements.Count: > 0 } selector && selector.Requirements[0] is { Operator: SelectorOperator.In, Values.Count: 1 } first
            ? (service.Metadata.Namespace, first.Key, first.Values[0])
            : null;
}
