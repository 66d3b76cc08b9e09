using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>Who sends: a pod of the cluster by its namespace and labels.</summary>
/// <param name="Namespace">Namespace.</param>
/// <param name="Labels">Labels, sorted by key.</param>
public sealed record TrafficClient(string Namespace, ValueList<Label> Labels);

/// <summary>Who may talk to whom: NetworkPolicies as a network plug-in that enforces them would (<c>k8s.io/api/networking/v1</c>).</summary>
/// <remarks>
/// A pod that no policy selects for a direction talks freely in it; one that is selected may do what any of its policies allows. A connection needs both ends: egress of the client,
/// ingress of the pod. Policies are in force at once everywhere; what a plug-in drops, the client sees fail at once (a real one waits for its time-out). Not modelled: blocks of addresses,
/// protocols and ranges of ports.
/// </remarks>
public sealed class NetworkPolicies : IStoreListener
{
    private const int MostKnown = 1 << 16;
    private const string NameLabel = "kubernetes.io/metadata.name";
    private readonly ObjectView _view;
    private readonly Dictionary<(TrafficClient? From, string Namespace, string Service, long Pod), bool> _known = [];

    /// <summary>Policies of a store; subscribe it, so that it forgets what it found when something changes.</summary>
    public NetworkPolicies(ObjectView view) => _view = view;

    /// <summary>Told when answers may have changed.</summary>
    internal Action? Changed { get; set; }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        bool matters = change.Object switch
        {
            NetworkPolicy => true,
            Namespace => HasAny && change.Before?.Metadata.Labels != change.After?.Metadata.Labels,
            Service => HasAny,
            Pod => HasAny && change is { Before: not null, After: not null } && change.Before.Metadata.Labels != change.After.Metadata.Labels,
            _ => false,
        };
        if (matters) _known.Clear();
        if (matters) Changed?.Invoke();
        if (change is { Kind: ResourceKind.Pod, After: null } && _known.Count > MostKnown) _known.Clear();
    }

    private bool HasAny => _view.All(ResourceKind.NetworkPolicy).Count > 0;

    /// <summary>Whether a pod may open a connection to another.</summary>
    /// <param name="from">The client.</param>
    /// <param name="to">The pod.</param>
    /// <param name="port">Port of the pod.</param>
    public bool Allows(Pod from, Pod to, int port) => Allows(new TrafficClient(from.Metadata.Namespace, from.Metadata.Labels), to, port);

    /// <summary>Whether a client may open a connection to a pod.</summary>
    /// <param name="from">The client; null for one outside of the cluster, whom only rules without peers let in.</param>
    /// <param name="to">The pod.</param>
    /// <param name="port">Port of the pod.</param>
    public bool Allows(TrafficClient? from, Pod to, int port)
    {
        var target = new TrafficClient(to.Metadata.Namespace, to.Metadata.Labels);
        return LetsThrough(target, from, to, port, isIngress: true) && (from is null || LetsThrough(from, target, to, port, isIngress: false));
    }

    /// <summary>The same for an endpoint of a service, at the port that the service's first port leads to.</summary>
    internal bool Allows(TrafficClient? from, string ns, string service, long podUid)
    {
        if (!HasAny) return true;
        if (_known.TryGetValue((from, ns, service, podUid), out bool known)) return known;
        if (_view.Find(podUid) is not Pod pod) return true;
        bool allows = Allows(from, pod, PortOf(_view.Find<Service>(ResourceKind.Service, ns, service), pod));
        _known.Add((from, ns, service, podUid), allows);
        return allows;
    }

    /// <summary>The port of a pod that the first port of a service leads to.</summary>
    internal static int PortOf(Service? service, Pod pod)
    {
        if (service is null || service.Ports.Count == 0) return 0;
        ServicePort port = service.Ports[0];
        if (port.TargetName.Length == 0) return port.TargetPort == 0 ? port.Port : port.TargetPort;
        foreach (ref readonly Container container in pod.Spec.Containers.AsSpan())
        {
            foreach (ref readonly ContainerPort candidate in container.Ports.AsSpan())
            {
                if (candidate.Name == port.TargetName) return candidate.Port;
            }
        }

        return 0;
    }

    /// <summary>Whether the policies that select one end let it talk to the other.</summary>
    private bool LetsThrough(TrafficClient end, TrafficClient? other, Pod to, int port, bool isIngress)
    {
        bool isLimited = false;
        foreach (KubeObject item in _view.All(ResourceKind.NetworkPolicy))
        {
            if (item is not NetworkPolicy policy || policy.Metadata.Namespace != end.Namespace || !(isIngress ? policy.LimitsIngress : policy.LimitsEgress)) continue;
            if (!policy.Pods.Matches(end.Labels)) continue;
            isLimited = true;
            foreach (NetworkPeer peer in (isIngress ? policy.Ingress : policy.Egress).AsSpan())
            {
                if (IsPeer(peer, policy, other) && IsPort(peer, to, port)) return true;
            }
        }

        return !isLimited;
    }

    private static bool IsPort(NetworkPeer peer, Pod to, int port)
    {
        if ((peer.Ports.Count == 0 && peer.PortNames.Count == 0) || peer.Ports.AsSpan().Contains(port)) return true;
        foreach (ref readonly Container container in to.Spec.Containers.AsSpan())
        {
            foreach (ref readonly ContainerPort candidate in container.Ports.AsSpan())
            {
                if (candidate.Port == port && candidate.Name.Length > 0 && peer.PortNames.AsSpan().Contains(candidate.Name)) return true;
            }
        }

        return false;
    }

    private bool IsPeer(NetworkPeer peer, NetworkPolicy policy, TrafficClient? other)
    {
        if (peer.IsEverybody) return true;
        if (other is null) return false;
        bool isNamespace = peer.Namespaces is { } namespaces ? namespaces.Matches(LabelsOf(other.Namespace)) : other.Namespace == policy.Metadata.Namespace;
        return isNamespace && (peer.Pods is not { } pods || pods.Matches(other.Labels));
    }

    /// <summary>Labels of a namespace; every one has its own name as a label.</summary>
    private ValueList<Label> LabelsOf(string ns)
    {
        ValueList<Label> labels = _view.Find<Namespace>(ResourceKind.Namespace, "", ns)?.Metadata.Labels ?? default;
        return labels.ValueOf(NameLabel) is null ? labels.With(NameLabel, ns) : labels;
    }
}
