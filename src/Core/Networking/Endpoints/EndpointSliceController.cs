using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>Keeps the EndpointSlices of every Service with a selector (Kubernetes <c>pkg/controller/endpointslice</c>).</summary>
/// <remarks>A pod is in from its binding until it ended or is gone; ready = Ready and not terminating (or the service publishes pods that are not), serving = Ready,
/// terminating = being deleted. Slices hold up to 100 endpoints; a pod keeps its slice, free places are filled first. Only what changed is looked at: a pod of a
/// service with 10,000 costs what one of ten does, but for the write of its slice. A view that is behind its own writes is not believed (Kubernetes' <c>EndpointSliceTracker</c>); slices that
/// somebody else writes or deletes are placed anew.</remarks>
public sealed class EndpointSliceController : Controller
{
    private readonly ServiceIndex _services = new();
    private readonly Dictionary<long, ServiceSlices> _slices = [];
    private readonly HashSet<int> _unreachable = [];

    /// <summary>Versions of its own last writes: by service, by name.</summary>
    private readonly Dictionary<long, Dictionary<string, long>> _written = [];
    private bool _isWriting;

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
            case EndpointSlice slice when !_isWriting:
                OnSlice(slice, change.ResourceVersion, isGone: change.After is null);
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
        _written.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Service { Selector: not null } service || service.Metadata.IsDeleting)
        {
            _slices.Remove(uid);
            _written.Remove(uid);
            return;
        }

        if (!_slices.TryGetValue(uid, out ServiceSlices? slices))
        {
            if (IsBehind(uid))
            {
                EnqueueAfter(uid, Context.RetryDelay);
                return;
            }

            _slices.Add(uid, slices = Adopt(service));
        }

        if (!Equals(slices.Selector, service.Selector) || slices.PublishesNotReady != service.PublishesNotReady) MarkAll(service, slices);
        (slices.Selector, slices.PublishesNotReady) = (service.Selector, service.PublishesNotReady);
        var touched = new SortedSet<int>();
        foreach (long pod in slices.Dirty) Place(service, slices, pod, touched);
        slices.Dirty.Clear();
        slices.IsDirty.Clear();
        foreach (int slice in touched)
        {
            if (Write(service, slices, slice)) continue;
            // What was placed is not written: once the version that was behind has become known, everything is placed anew from there.
            _slices.Remove(uid);
            EnqueueAfter(uid, Context.RetryDelay);
            return;
        }
    }

    /// <summary>A slice changed: its own writes are known, others are not.</summary>
    private void OnSlice(EndpointSlice slice, long version, bool isGone)
    {
        if (slice.Metadata.Controller is not { Kind: ResourceKind.Service } owner) return;
        long known = _written.TryGetValue(owner.Uid, out Dictionary<string, long>? own) ? own.GetValueOrDefault(slice.Name) : 0;
        if (isGone) own?.Remove(slice.Name);
        if (version <= known || !_slices.Remove(owner.Uid)) return;
        Enqueue(owner.Uid);
    }

    /// <summary>Whether the view does not show yet what was written last.</summary>
    private bool IsBehind(long service)
    {
        if (!_written.TryGetValue(service, out Dictionary<string, long>? own) || View.Find(service) is not { } owner) return false;
        foreach ((string name, long version) in own)
        {
            if (View.Find(new ObjectKey(ResourceKind.EndpointSlice, owner.Metadata.Namespace, name)) is not { } slice || slice.Metadata.ResourceVersion < version) return true;
        }

        return false;
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

    private bool Write(Service service, ServiceSlices slices, int at)
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
        _isWriting = true;
        KubeObject? now = null;
        ApiError? error = View.Find(written.Key) is EndpointSlice stored ? Api.Update(stored with { Endpoints = written.Endpoints }, out now) : Api.Create(written, out now);
        _isWriting = false;
        if (error is not null) return false;
        if (!_written.TryGetValue(service.Uid, out Dictionary<string, long>? own)) _written.Add(service.Uid, own = []);
        own[written.Name] = now.Metadata.ResourceVersion;
        return true;
    }
}
