using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Networking;

/// <summary>What really answers: a server for every pod whose process listens, with workers and a queue.</summary>
/// <remarks>State of a server: listening from <see cref="IServingObserver.OnListening"/> on, stopping from the stop signal on, gone when the process is. Slots are used
/// again; requests name the pod by its identity, so a stale endpoint finds nobody.</remarks>
internal sealed class PodServers
{
    private readonly Dictionary<long, int> _slots = [];
    private readonly Stack<int> _free = new();
    private Server[] _servers = new Server[64];
    private int _used;

    internal struct Server
    {
        public long PodUid;
        public Pod Pod;
        public string Version;
        public ImageBehavior Behavior;
        public bool RefusesNew;
        public int Busy;
        public int Waiting;
        public int FirstWaiting;
        public int LastWaiting;
        public int FirstBusy;
        public double Speed;
        public long RequestsSum;
        public double CpuMillisecondsSum;
    }

    /// <summary>The slot of a pod's server, or −1.</summary>
    public int Find(long podUid) => _slots.GetValueOrDefault(podUid, -1);

    /// <summary>Grows when a server comes or goes.</summary>
    public long Version { get; private set; }

    /// <summary>The pods of all servers, in no order.</summary>
    public IEnumerable<Pod> All => _slots.Values.Select(slot => _servers[slot].Pod);

    public ref Server this[int slot] => ref _servers[slot];

    public int Open(Pod pod, ImageBehavior behavior)
    {
        if (_slots.TryGetValue(pod.Uid, out int known)) return known;
        if (!_free.TryPop(out int slot))
        {
            if (_used == _servers.Length) Array.Resize(ref _servers, _used * 2);
            slot = _used++;
        }

        _servers[slot] = new Server
        {
            PodUid = pod.Uid,
            Pod = pod,
            Version = PodVersion.Of(pod),
            Behavior = behavior,
            FirstWaiting = -1,
            LastWaiting = -1,
            FirstBusy = -1,
            Speed = 1,
        };
        _slots.Add(pod.Uid, slot);
        Version++;
        return slot;
    }

    public void Close(int slot)
    {
        _slots.Remove(_servers[slot].PodUid);
        Version++;
        _servers[slot] = default;
        _free.Push(slot);
    }
}

/// <summary>Which version of a service a pod is.</summary>
public static class PodVersion
{
    /// <summary>The hash of its template, by which releases tell their sides apart; else the tag of its first image.</summary>
    public static string Of(Pod pod) => pod.Metadata.Labels.ValueOf("pod-template-hash") ?? TagOf(pod);

    /// <summary>The tag of its first image; empty without containers.</summary>
    public static string TagOf(Pod pod) => pod.Spec.Containers.Count > 0 ? TagOf(pod.Spec.Containers[0].Image) : "";

    /// <summary>The tag of an image, <c>latest</c> without one, the digest where there is one.</summary>
    public static string TagOf(string image)
    {
        int at = image.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0) return image[(at + 1)..];
        int colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? image[(colon + 1)..] : "latest";
    }
}
