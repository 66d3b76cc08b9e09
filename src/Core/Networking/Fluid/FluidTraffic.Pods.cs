using SchedBench.Core.Nodes;

namespace SchedBench.Core.Networking;

/// <content>Pods, and the groups they fall into.</content>
internal sealed partial class FluidTraffic
{
    private readonly Dictionary<long, FluidPod> _pods = [];
    private readonly Dictionary<(FluidClass Class, long Units, double Waiting, FluidStream Stream), FluidGroup> _byKey = [];
    private readonly Dictionary<(FluidAnswer Answer, string Version, int Behavior, double Speed), FluidClass> _classes = [];
    private readonly Dictionary<(FluidClass Class, long Units, long Rate, FluidStream Stream), PodFlow> _flows = [];
    private readonly List<(ImageBehavior Behavior, ServiceTimes Times)> _behaviors = [];
    private readonly List<FluidGroup> _groups = [];
    private readonly List<FluidPod> _dirty = [];

    /// <summary>A pod's process changed: it listens, refuses, is gone, or works at another speed.</summary>
    public void OnPod(long uid)
    {
        if (!_pods.TryGetValue(uid, out FluidPod? pod)) return;
        Settle();
        FluidClass before = pod.Class!;
        pod.Class = ClassOf(uid);
        if (before.Answer != pod.Class.Answer) pod.Since = _loop.Now;
        MarkDirty(pod);
        if (before.Answer != FluidAnswer.Serves || pod.Class.Answer != FluidAnswer.Refuses || pod.Group is null) return;
        foreach (FluidRoute route in pod.Routes)
        {
            var drain = new FluidDrain(route.Stream, route.Units, Current(pod.Group, route.Stream), _loop.Now);
            pod.Drains.Add(drain);
            foreach (RequestOutcome outcome in PodFlow.Lasting) route.Stream.AddDraining(before.Version, outcome, drain.Held(outcome), drain.Flow.SecondsInFlight(0));
        }
    }

    /// <summary>A pod's process is about to end: what it holds is lost. Called before its server is closed, and <see cref="OnPod"/> after.</summary>
    public void OnStopped(long uid)
    {
        if (!_pods.TryGetValue(uid, out FluidPod? pod) || pod.Class is null) return;
        Settle();
        NoteLeavers(pod);
        string version = pod.Class.Version;
        foreach (FluidDrain drain in pod.Left) Lose(in drain, version);
        pod.Left.Clear();
        foreach (FluidDrain drain in pod.Drains)
        {
            foreach (RequestOutcome outcome in PodFlow.Lasting) drain.Stream.AddDraining(version, outcome, -drain.Held(outcome), drain.Flow.SecondsInFlight(0));
            Lose(in drain, version);
        }

        pod.Drains.Clear();
        if (pod.Class.Answer != FluidAnswer.Serves || pod.Group is null) return;
        foreach (FluidRoute route in pod.Routes)
        {
            PodFlow flow = Current(pod.Group, route.Stream);
            // A lost request is tried again as often as its client may.
            double fails = 1;
            for (int k = 0; k < route.Stream.Spec.Retries; k++) fails *= route.Failing;
            double units = route.Units * fails, timeout = route.Stream.Spec.Timeout.TotalSeconds, age = (_loop.Now - pod.Since).TotalSeconds;
            foreach (RequestOutcome outcome in PodFlow.Lasting)
                route.Stream.Lose(version, outcome, flow.InFlight(outcome, units, timeout) - flow.InFlight(outcome, units, timeout, age), flow.SecondsInFlight(0));
        }
    }

    /// <summary>What is left of a drain is lost.</summary>
    private void Lose(in FluidDrain drain, string version)
    {
        double age = (_loop.Now - drain.From).TotalSeconds, timeout = drain.Stream.Spec.Timeout.TotalSeconds;
        foreach (RequestOutcome outcome in PodFlow.Lasting)
            drain.Stream.Lose(version, outcome, drain.Flow.InFlight(outcome, drain.Units, timeout, age), drain.Flow.SecondsInFlight(age));
    }

    /// <summary>Clients that send less to a pod, or nothing any more, have left requests in it. They count as answered, unless the process ends before they are.</summary>
    private void NoteLeavers(FluidPod pod)
    {
        if (pod.Moves.Count == 0) return;
        if (pod.Class!.Answer == FluidAnswer.Serves && pod.Group is { } group)
        {
            pod.Left.RemoveAll(drain => (_last - drain.From).TotalSeconds > drain.Flow.LongestSeconds);
            for (int i = 0; i < pod.Moves.Count; i++)
            {
                (FluidStream stream, long units) = pod.Moves[i];
                for (int k = i + 1; k < pod.Moves.Count; k++)
                {
                    if (!ReferenceEquals(pod.Moves[k].Stream, stream)) continue;
                    units += pod.Moves[k].Units;
                    pod.Moves[k] = (stream, 0);
                }

                if (units < 0) pod.Left.Add(new FluidDrain(stream, -units, Current(group, stream), _last));
            }
        }

        pod.Moves.Clear();
    }

    /// <summary>Requests that a pod has taken up so far.</summary>
    public double ServedBy(long uid)
    {
        if (!_pods.TryGetValue(uid, out FluidPod? pod)) return 0;
        Settle();
        return pod.ServedSoFar;
    }

    private FluidPod PodOf(long uid)
    {
        if (_pods.TryGetValue(uid, out FluidPod? pod)) return pod;
        pod = new FluidPod(uid) { Class = ClassOf(uid) };
        _pods.Add(uid, pod);
        return pod;
    }

    private FluidClass ClassOf(long uid)
    {
        int slot = _servers.Find(uid);
        if (slot < 0) return Class(FluidAnswer.Absent, "", ImageBehavior.Default, 1);
        ref PodServers.Server server = ref _servers[slot];
        return Class(server.RefusesNew ? FluidAnswer.Refuses : FluidAnswer.Serves, server.Version, server.Behavior, server.Speed);
    }

    private FluidClass Class(FluidAnswer answer, string version, ImageBehavior behavior, double speed)
    {
        int place = _behaviors.FindIndex(known => ReferenceEquals(known.Behavior, behavior));
        if (place < 0)
        {
            place = _behaviors.Count;
            _behaviors.Add((behavior, new ServiceTimes(behavior.ServiceSeconds)));
        }

        if (_classes.TryGetValue((answer, version, place, speed), out FluidClass? known)) return known;
        // Pods of a class that is forgotten here stay as they are; new ones are alike and stand apart.
        if (_classes.Count >= MostFlows) _classes.Clear();
        var made = new FluidClass(answer, version, behavior, _behaviors[place].Times, speed);
        _classes.Add((answer, version, place, speed), made);
        return made;
    }

    private void MarkDirty(FluidPod pod)
    {
        if (pod.IsDirty) return;
        pod.IsDirty = true;
        _dirty.Add(pod);
    }

    /// <summary>Everything that changed at the last instant is in force: pods find their groups.</summary>
    private void Regroup()
    {
        foreach (FluidPod pod in _dirty)
        {
            pod.IsDirty = false;
            NoteLeavers(pod);
            FluidGroup? before = pod.Group, after = pod.Routes.Count == 0 ? null : GroupFor(pod);
            if (after is null && _servers.Find(pod.Uid) < 0) _pods.Remove(pod.Uid);
            if (ReferenceEquals(before, after)) continue;
            if (before is not null)
            {
                pod.Served = pod.ServedSoFar;
                if (--before.Count == 0) Drop(before);
            }

            pod.Group = after;
            if (after is null) continue;
            after.Count++;
            pod.ServedAtJoin = after.Served;
            foreach (FluidRoute route in pod.Routes) route.Move(before, after);
        }

        _dirty.Clear();
    }

    private FluidGroup GroupFor(FluidPod pod)
    {
        FluidStream stream = pod.Routes[0].Stream;
        double waiting = 0;
        if (pod.Group is { } group && pod.Class!.Answer == FluidAnswer.Serves)
        {
            if (ReferenceEquals(group.Class, pod.Class) && group.Units == pod.Units && ReferenceEquals(group.Stream, stream)) return group;
            waiting = group.Waiting;
        }

        if (_byKey.TryGetValue((pod.Class!, pod.Units, waiting, stream), out FluidGroup? known)) return known;
        var made = new FluidGroup(pod.Class!, pod.Units, waiting, stream) { Place = _groups.Count };
        _groups.Add(made);
        _byKey.Add((made.Class, made.Units, waiting, stream), made);
        return made;
    }

    private void Unlist(FluidGroup group)
    {
        if (!group.IsListed) return;
        group.IsListed = false;
        _byKey.Remove((group.Class, group.Units, group.Born, group.Stream));
    }

    private void Drop(FluidGroup group)
    {
        Unlist(group);
        _groups[group.Place] = _groups[^1];
        _groups[group.Place].Place = group.Place;
        _groups.RemoveAt(_groups.Count - 1);
    }

    /// <summary>The settled flow of a stream at the pods of a group.</summary>
    private PodFlow Settled(FluidGroup group, FluidStream stream)
    {
        while (group.Settled.Count <= stream.Place) group.Settled.Add(null);
        if (group.Settled[stream.Place] is { } known) return known;
        if (!_flows.TryGetValue((group.Class, group.Units, stream.Rate, stream), out PodFlow? flow))
        {
            if (_flows.Count >= MostFlows) _flows.Clear();
            PodQueue.Input input = InputOf(group, stream);
            flow = PodQueue.Settled(in input, (double)group.Units / Fluid.PerSecond);
            _flows.Add((group.Class, group.Units, stream.Rate, stream), flow);
        }

        return group.Settled[stream.Place] = flow;
    }

    /// <summary>The flow at this instant.</summary>
    private PodFlow Current(FluidGroup group, FluidStream stream)
    {
        PodFlow settled = Settled(group, stream);
        if (group.Waiting == 0 ? settled.Load <= 1 : group.Waiting == settled.Waiting) return settled;
        PodQueue.Input input = InputOf(group, stream);
        return PodQueue.Moving(in input, (double)group.Units / Fluid.PerSecond, group.Waiting);
    }

    private static PodQueue.Input InputOf(FluidGroup group, FluidStream stream) => new(
        group.Class.Times!, group.Class.Speed, group.Class.Behavior.Concurrency, group.Class.Behavior.QueueLimit, group.Class.Behavior.ErrorRatio,
        stream.Spec.Timeout.TotalSeconds, stream.Spec.LatencyTarget.TotalSeconds, stream.GapVariation(group.Units));
}
