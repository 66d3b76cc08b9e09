using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>Images of nodes, and what happens to processes when their machine stops or freezes.</content>
public sealed partial class SimulatedRuntime
{
    private readonly ImageCatalog _images;
    private readonly RegistryOptions _registry;
    private readonly Draw _pulls;
    private readonly Dictionary<string, KnownImage> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<NodeImage>> _onDisk = [];
    private readonly Dictionary<int, long> _diskBytes = [];
    private readonly HashSet<long> _cachedImages = [];
    private readonly HashSet<long> _cachedLayers = [];
    private readonly Dictionary<int, NodePulls> _pulling = [];

    private sealed record KnownImage(int Number, string Name, ImageBehavior Behavior, bool IsInRegistry, (int Layer, long Bytes)[] Layers, ulong Entity);

    /// <summary>Pulls of a node: one at a time, in the order in which they were asked for.</summary>
    private sealed class NodePulls
    {
        public readonly Queue<(KnownImage Image, ContainerId Id)> Waiting = new();
        public int Epoch;
        public long Bytes;
        public double LatencySeconds;
        public TimeSpan BeganAt;
        public TimeSpan EndsAt;
        public bool IsBusy;
        public ulong Count;
    }

    /// <summary>Whether the registry cannot be reached: pulls that end meanwhile fail.</summary>
    public bool IsRegistryDown { get; set; }

    /// <summary>Bytes pulled by all nodes.</summary>
    public long BytesPulled { get; private set; }

    /// <inheritdoc/>
    public bool HasImage(int node, string image) => _cachedImages.Contains(Key(node, Image(image).Number));

    /// <summary>Bytes of an image that a node has; 0 when it has not.</summary>
    internal long BytesOn(int node, string image)
    {
        if (!_known.TryGetValue(image, out KnownImage? known) || !_cachedImages.Contains(Key(node, known.Number))) return 0;
        long bytes = 0;
        foreach ((int _, long size) in known.Layers) bytes += size;
        return bytes;
    }

    /// <summary>Puts an image onto a node beforehand.</summary>
    public void Preload(int node, string image) => Keep(node, Image(image));

    /// <summary>Another machine takes the place of a node: there are no images on its disk.</summary>
    public void EmptyDisk(int node)
    {
        for (int image = 0; image < _known.Count; image++) _cachedImages.Remove(Key(node, image));
        for (int layer = 0; layer < _layers.Count; layer++) _cachedLayers.Remove(Key(node, layer));
        _onDisk.Remove(node);
        _diskBytes.Remove(node);
    }

    /// <inheritdoc/>
    public IReadOnlyList<NodeImage> ImagesOn(int node) => _onDisk.TryGetValue(node, out List<NodeImage>? images) ? images : [];

    /// <inheritdoc/>
    public long ImageBytes(int node) => _diskBytes.GetValueOrDefault(node);

    /// <inheritdoc/>
    public void RemoveImage(int node, string image)
    {
        KnownImage gone = Image(image);
        if (!_cachedImages.Remove(Key(node, gone.Number))) return;
        List<NodeImage> images = _onDisk[node];
        images.RemoveAll(known => known.Name == image);
        foreach ((int layer, long bytes) in gone.Layers)
        {
            if (images.Any(other => Array.Exists(Image(other.Name).Layers, shared => shared.Layer == layer)) || !_cachedLayers.Remove(Key(node, layer))) continue;
            _diskBytes[node] -= bytes;
        }
    }

    /// <inheritdoc/>
    public void Pull(int node, string image, ContainerId id)
    {
        if (!_pulling.TryGetValue(node, out NodePulls? pulls)) _pulling.Add(node, pulls = new NodePulls());
        pulls.Waiting.Enqueue((Image(image), id));
        if (!pulls.IsBusy) BeginPull(node, pulls);
    }

    /// <inheritdoc/>
    void INodeHealthListener.OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        NodeTrouble begun = after & ~before;
        if ((begun & NodeTrouble.Down) != NodeTrouble.None) StopNode(node);
        else if ((begun & NodeTrouble.ProcessesHung) != NodeTrouble.None) Freeze(node);
        else if ((before & ~after & NodeTrouble.ProcessesHung) != NodeTrouble.None) Thaw(node);
    }

    /// <summary>The machine stops: its processes are gone at once, and nobody is told but those who see the ground truth. Images stay on its disk.</summary>
    public void StopNode(int node)
    {
        foreach (int handle in _onNode[node] ?? []) EndWork(ref _processes[handle], isDone: false);
        Thaw(node);
        if (_pulling.TryGetValue(node, out NodePulls? pulls))
        {
            pulls.Waiting.Clear();
            pulls.IsBusy = false;
            pulls.Epoch++;
        }

        if (_onNode[node] is not { } handles) return;
        foreach (int handle in handles)
        {
            ref Process process = ref _processes[handle];
            bool told = process.Start.Serves && process.IsListening && process.Step is Step.Running or Step.Stopping;
            process.Step = Step.Free;
            _free.Push(handle);
            if (!told) continue;
            foreach (IServingObserver observer in _serving) observer.OnStopped(process.Start.Pod);
        }

        handles.Clear();
    }

    /// <summary>The processes of a node stand still: they answer nobody, and what they were about to do waits.</summary>
    public void Freeze(int node)
    {
        if (!_frozen.TryAdd(node, [])) return;
        foreach (int handle in _onNode[node] ?? []) _processes[handle].Effort?.Rest(_loop.Now, _processes[handle].Slowness);
        TellAll(node);
    }

    /// <summary>They go on.</summary>
    public void Thaw(int node)
    {
        if (!_frozen.Remove(node, out List<EventData>? held)) return;
        foreach (int handle in _onNode[node] ?? [])
        {
            if (_processes[handle].Step == Step.Running) _processes[handle].Effort?.Resume(_loop.Now);
        }

        foreach (EventData data in held)
        {
            if (_processes[data.Subject].Life == (int)(data.Argument >> 32)) DueOf(ref _processes[data.Subject], data.Kind) = _loop.Now;
            _loop.Schedule(_loop.Now, in data);
        }

        TellAll(node);
    }

    private void TellAll(int node)
    {
        if (_onNode[node] is not { } handles) return;
        for (int i = 0; i < handles.Count; i++)
        {
            ref Process process = ref _processes[handles[i]];
            if (process.Step is not (Step.Running or Step.Stopping)) continue;
            TellFit(ref process);
            Events!.OnProbeChanged(process.Start.Id);
        }
    }

    private void BeginPull(int node, NodePulls pulls)
    {
        pulls.IsBusy = true;
        KnownImage image = pulls.Waiting.Peek().Image;
        pulls.Bytes = 0;
        foreach ((int layer, long bytes) in image.Layers)
        {
            if (!_cachedLayers.Contains(Key(node, layer))) pulls.Bytes += bytes;
        }

        if (!CanPull(node, image)) pulls.Bytes = 0;
        ulong entity = image.Entity + ((ulong)node * 0x9E3779B97F4A7C15);
        pulls.LatencySeconds = _registry.LatencySeconds.Sample(in _pulls, entity, pulls.Count++);
        pulls.BeganAt = _loop.Now;
        PlanPull(node, pulls, PullTime(node, pulls));
    }

    private void OnPullEnded(int node, long epoch)
    {
        NodePulls pulls = _pulling[node];
        if (pulls.Epoch != epoch) return;
        (KnownImage image, ContainerId id) = pulls.Waiting.Dequeue();
        pulls.IsBusy = false;
        bool isHere = CanPull(node, image);
        var result = new PullResult(isHere, isHere ? pulls.Bytes : 0);
        if (isHere)
        {
            Keep(node, image);
            BytesPulled += pulls.Bytes;
        }

        if (pulls.Waiting.Count > 0) BeginPull(node, pulls);
        Events!.OnPulled(id, result);
    }

    private void Keep(int node, KnownImage image)
    {
        foreach ((int layer, long bytes) in image.Layers)
        {
            if (_cachedLayers.Add(Key(node, layer))) _diskBytes[node] = _diskBytes.GetValueOrDefault(node) + bytes;
        }

        if (!_cachedImages.Add(Key(node, image.Number))) return;
        if (!_onDisk.TryGetValue(node, out List<NodeImage>? images)) _onDisk.Add(node, images = []);
        images.Add(new NodeImage(image.Name, image.Layers.Sum(layer => layer.Bytes), _loop.Now));
    }

    private KnownImage Image(string name)
    {
        if (_known.TryGetValue(name, out KnownImage? known)) return known;
        ImageBehavior behavior = _images.Find(name);
        var layers = new (int, long)[behavior.Layers.Count];
        for (int i = 0; i < layers.Length; i++)
        {
            string digest = behavior.Layers[i].Digest;
            if (!_layers.TryGetValue(digest, out int number)) _layers.Add(digest, number = _layers.Count);
            layers[i] = (number, behavior.Layers[i].SizeBytes);
        }

        known = new KnownImage(_known.Count, name, behavior, _images.IsInRegistry(name), layers, Draw.Entity(name));
        _known.Add(name, known);
        return known;
    }

    private static long Key(int node, int number) => ((long)node << 32) | (uint)number;
}
