using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <content>What faults do to processes and pulls: slow machines and pods, processes that are exchanged or killed, a registry that is slow or far away.</content>
public sealed partial class SimulatedRuntime
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    private readonly Dictionary<int, double> _slowNodes = [];
    private readonly Dictionary<int, double> _slowDisks = [];
    private readonly Dictionary<long, double> _slowPods = [];
    private readonly HashSet<long> _paused = [];
    private readonly Dictionary<int, PullConditions> _pullConditions = [];
    private readonly HashSet<string> _corrupt = new(StringComparer.Ordinal);

    /// <summary>How images come to a node.</summary>
    /// <param name="Factor">Times as slow, ≥ 1.</param>
    /// <param name="BytesPerSecond">Most bytes a second; 0 for no limit.</param>
    /// <param name="IsCut">Whether none come.</param>
    internal readonly record struct PullConditions(double Factor, double BytesPerSecond, bool IsCut)
    {
        /// <summary>Nothing is wrong.</summary>
        public static readonly PullConditions Well = new(1, 0, IsCut: false);
    }

    /// <summary>Times as slow the registry is for all, ≥ 1.</summary>
    internal double RegistrySlowness { get; private set; } = 1;

    /// <summary>How much slower the processes of a node work from now on than their images say: what they are about to do takes so much longer.</summary>
    internal void SetSlowness(int node, double factor)
    {
        if (factor == 1) _slowNodes.Remove(node);
        else _slowNodes[node] = factor;
        foreach (int handle in _onNode[node] ?? []) Repace(handle);
    }

    /// <summary>How much longer processes of a node that start take until they listen, from now on; those that are about to do so too.</summary>
    internal void SetDiskSlowness(int node, double factor)
    {
        double before = _slowDisks.GetValueOrDefault(node, 1);
        if (factor == 1) _slowDisks.Remove(node);
        else _slowDisks[node] = factor;
        if (factor == before) return;
        foreach (int handle in _onNode[node] ?? [])
        {
            if (_processes[handle].Step == Step.Running) Replan(handle, Listens, ref _processes[handle].ListensAt, factor / before);
        }
    }

    /// <summary>How much slower a pod works, as <see cref="SetSlowness"/> says of a node.</summary>
    internal void SetPodSlowness(Pod pod, double factor)
    {
        if (factor == 1) _slowPods.Remove(pod.Uid);
        else _slowPods[pod.Uid] = factor;
        foreach (int handle in HandlesOf(pod)) Repace(handle);
    }

    /// <summary>From now on containers of the pod that start do nothing (true), or what their images say (false). Those that run go on.</summary>
    /// <returns>Whether that is a change.</returns>
    internal bool SetPaused(long podUid, bool isPaused) => isPaused ? _paused.Add(podUid) : _paused.Remove(podUid);

    /// <summary>Containers of a pod that run, or are being stopped.</summary>
    internal IReadOnlyList<int> HandlesOf(Pod pod) => !pod.Node.IsNode || _onNode[pod.Node.Value] is not { } handles
        ? []
        : [.. handles.Where(handle => _processes[handle].Step is Step.Running or Step.Stopping && _processes[handle].Start.Pod.Uid == pod.Uid)];

    /// <summary>Which container a handle is.</summary>
    internal ContainerStart StartOf(int handle) => _processes[handle].Start;

    /// <summary>Something else in a container takes so much more memory, or gives it back; beyond its limit it is killed.</summary>
    internal void AddExtraMemory(int handle, long bytes)
    {
        ref Process process = ref _processes[handle];
        if (process.Step is not (Step.Running or Step.Stopping)) return;
        process.ExtraMemory += bytes;
        process.OutOfMemoryAt = TimeToLimit(in process) is { } sinceStart ? process.StartedAt + sinceStart : Never;
        if (process.OutOfMemoryAt < _loop.Now) process.OutOfMemoryAt = _loop.Now;
        PlanEnd(handle);
    }

    /// <summary>How images come to a node from now on; the pull that is under way keeps what it has.</summary>
    internal void SetPullConditions(int node, PullConditions conditions)
    {
        if (conditions == PullConditions.Well) _pullConditions.Remove(node);
        else _pullConditions[node] = conditions;
        RepacePull(node);
    }

    /// <summary>How fast the registry is for everybody from now on.</summary>
    internal void SetRegistrySlowness(double factor)
    {
        RegistrySlowness = factor;
        foreach (int node in _pulling.Keys.Order().ToArray()) RepacePull(node);
    }

    /// <summary>Pulls of an image that end meanwhile fail: <c>name:tag</c>, or <c>name</c> for all its tags.</summary>
    internal void SetCorrupt(string image, bool isCorrupt)
    {
        if (isCorrupt) _corrupt.Add(image);
        else _corrupt.Remove(image);
    }

    private bool CanPull(int node, KnownImage image) =>
        !IsRegistryDown && image.IsInRegistry && !(_pullConditions.TryGetValue(node, out PullConditions conditions) && conditions.IsCut)
        && !(_corrupt.Count > 0 && (_corrupt.Contains(image.Name) || _corrupt.Contains(ImageCatalog.NameOf(image.Name))));

    private TimeSpan PullTime(int node, NodePulls pulls)
    {
        PullConditions conditions = _pullConditions.GetValueOrDefault(node, PullConditions.Well);
        double factor = conditions.Factor * RegistrySlowness, rate = _registry.BytesPerSecond / factor;
        if (conditions.BytesPerSecond > 0 && conditions.BytesPerSecond < rate) rate = conditions.BytesPerSecond;
        return Span(pulls.LatencySeconds * factor) + Span(pulls.Bytes / rate);
    }

    private void PlanPull(int node, NodePulls pulls, TimeSpan time)
    {
        pulls.EndsAt = _loop.Now + time;
        _loop.Schedule(pulls.EndsAt, new Time.EventData(_handler, Pulled, node, pulls.Epoch));
    }

    /// <summary>The share of a pull that is left takes as long as it would now.</summary>
    private void RepacePull(int node)
    {
        if (!_pulling.TryGetValue(node, out NodePulls? pulls) || !pulls.IsBusy || pulls.EndsAt <= _loop.Now) return;
        double left = (double)(pulls.EndsAt - _loop.Now).Ticks / (pulls.EndsAt - pulls.BeganAt).Ticks;
        TimeSpan whole = PullTime(node, pulls);
        pulls.Epoch++;
        PlanPull(node, pulls, TimeSpan.FromTicks((long)(whole.Ticks * left)));
        pulls.BeganAt = pulls.EndsAt - whole;
    }

    private double SlownessOf(Pod pod) =>
        _slowNodes.Count + _slowPods.Count == 0 ? 1 : _slowNodes.GetValueOrDefault(pod.Node.Value, 1) * _slowPods.GetValueOrDefault(pod.Uid, 1);

    /// <summary>A process works at another pace: what it is about to do comes earlier or later.</summary>
    private void Repace(int handle)
    {
        ref Process process = ref _processes[handle];
        double before = process.Slowness, after = SlownessOf(process.Start.Pod);
        if (before == after || process.Step == Step.Free) return;
        process.Effort?.Reach(_loop.Now, before);
        process.Slowness = after;
        if (process.Step is not (Step.Running or Step.Stopping)) return;
        double ratio = after / before;
        Replan(handle, Listens, ref process.ListensAt, ratio);
        Replan(handle, TurnsFit, ref process.FitAt, ratio);
        // Memory that grows does so by the clock.
        if (process.WorkEndsAt != Never && process.WorkEndsAt > _loop.Now) process.WorkEndsAt = _loop.Now + Slowed(process.WorkEndsAt - _loop.Now, ratio);
        PlanEnd(handle);
        if (process.Start.Serves && process.IsListening) TellSpeed(in process);
    }

    private void Replan(int handle, ushort kind, ref TimeSpan due, double ratio)
    {
        if (due == Never || due <= _loop.Now) return;
        Plan(handle, kind, ref due, Slowed(due - _loop.Now, ratio));
    }

    private void TellSpeed(in Process process)
    {
        foreach (IServingObserver observer in _serving) observer.OnSpeedChanged(process.Start.Pod, 1 / process.Slowness);
    }

    private static TimeSpan Slowed(TimeSpan time, double factor) => factor == 1 ? time : Span(time.Ticks * factor / TimeSpan.TicksPerSecond);

    private static ref TimeSpan DueOf(ref Process process, ushort kind)
    {
        if (kind == Listens) return ref process.ListensAt;
        if (kind == TurnsFit) return ref process.FitAt;
        return ref process.EndsAt;
    }
}
