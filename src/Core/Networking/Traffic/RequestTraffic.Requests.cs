using SchedBench.Core.Faults;
using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Networking;

/// <content>The life of a request: sent, tried, queued, worked on, ended.</content>
public sealed partial class RequestTraffic
{
    private void Send(int s)
    {
        Stream stream = _streams[s];
        stream.Ledger.OnSent();
        stream.UnderWay++;
        int slot = Allocate();
        ref Request request = ref _requests[slot];
        request.Stream = s;
        request.Number = stream.Next++;
        request.Client = (int)_choices.Below(stream.Entity, request.Number << 8, (ulong)stream.Connections.Length);
        request.Observer = stream.Spec.Clients > 0 ? request.Client % stream.Spec.Observers : request.Client;
        request.Attempt = 0;
        request.Ending = RequestEnding.GoesOn;
        request.SentAt = _loop.Now;
        Try(slot);
    }

    private void Try(int slot)
    {
        ref Request request = ref _requests[slot];
        request.TriedAt = _loop.Now;
        Stream stream = _streams[request.Stream];
        bool opens = stream.Connections[request.Client].Left == 0 || request.Attempt > 0;
        long pod = opens && FailsLookup(stream, (request.Number << 8) + ((ulong)request.Attempt << 4)) ? NoEndpoint : Choose(stream, in request);
        if (pod < 0)
        {
            Fail(slot, pod == IsDenied ? RequestOutcome.Denied : RequestOutcome.NoEndpoint, "");
            return;
        }

        int server = _servers.Find(pod);
        if (server < 0)
        {
            Forget(stream, request.Client);
            Fail(slot, RequestOutcome.Refused, "");
            return;
        }

        if (_servers[server].RefusesNew)
        {
            Forget(stream, request.Client);
            Fail(slot, RequestOutcome.Refused, _servers[server].Version);
            return;
        }

        SetOut(slot, server, opens);
    }

    /// <summary>A request is at its pod.</summary>
    private void Arrived(int slot, int server)
    {
        ref PodServers.Server target = ref _servers[server];
        _requests[slot].Server = server;
        if (target.Busy < target.Behavior.Concurrency) Start(slot, ref target);
        else if (target.Waiting < target.Behavior.QueueLimit) Enqueue(slot, ref target);
        else Fail(slot, RequestOutcome.Overloaded, target.Version);
    }

    /// <summary>An endpoint as the client knows them now; below 0 when it knows none, or may not reach it.</summary>
    private long Choose(Stream stream, in Request request)
    {
        ulong n = (request.Number << 8) + ((ulong)request.Attempt << 4);
        ref Connection connection = ref stream.Connections[request.Client];
        if (connection.Left > 0 && request.Attempt == 0)
        {
            connection.Left--;
            return connection.PodUid;
        }

        string? service = stream.Spec.Service;
        TimeSpan until = _proxies.KnownUntil(request.Observer, _loop.Now);
        if (stream.Spec.Host.Length > 0) service = _ingress.Route(stream.Spec.Namespace, stream.Spec.Host, stream.Spec.Path, _choices.Uniform(stream.Entity, n + 1), until);
        if (service is null) return NoEndpoint;
        ReadOnlySpan<long> known = _endpoints.At(stream.Spec.Namespace, service, until);
        if (known.Length == 0) return NoEndpoint;
        TimeSpan affinity = AffinityOf(stream);
        long pod = StaysWith(stream, request.Client, affinity, known);
        if (pod < 0) pod = known[(int)_choices.Below(stream.Entity, n + 2, (ulong)known.Length)];
        Remember(stream, request.Client, affinity, pod);
        _routing?.OnRouted(_loop.Now, stream.Spec.Namespace, service, pod);
        if (_policies is not null && !_policies.Allows(stream.Spec.From, stream.Spec.Namespace, service, pod)) return IsDenied;
        if (stream.Spec.RequestsPerConnection > 1) connection = new Connection { PodUid = pod, Left = stream.Spec.RequestsPerConnection - 1 };
        return pod;
    }

    /// <summary>The connection is broken: the next request opens a new one.</summary>
    private static void Forget(Stream stream, int client) => stream.Connections[client].Left = 0;

    private void Start(int slot, ref PodServers.Server server)
    {
        ref Request request = ref _requests[slot];
        server.Busy++;
        server.RequestsSum++;
        server.CpuMillisecondsSum += server.Behavior.CpuMillisecondsPerRequest;
        Link(slot, ref server.FirstBusy);
        double seconds = server.Behavior.ServiceSeconds.Sample(in _services, _streams[request.Stream].Entity, (request.Number << 4) + (ulong)request.Attempt) / server.Speed;
        request.Delay = TimeSpan.Zero;
        if (Faults.HasRequestFaults)
        {
            (TimeSpan longer, request.Ending) = FaultOf(in request, server.PodUid);
            // A connection that is broken off is so at once.
            request.Delay = request.Ending == RequestEnding.Aborted ? TimeSpan.Zero : longer;
            seconds = request.Ending == RequestEnding.Aborted ? 0 : seconds + longer.TotalSeconds;
        }

        PlanDone(slot, seconds);
    }

    /// <summary>The work that is left of a request takes so many times as long; a fault's delay, which comes last, does not.</summary>
    private void Repace(int slot, double ratio)
    {
        ref Request request = ref _requests[slot];
        TimeSpan left = request.DoneAt - _loop.Now, delay = left < request.Delay ? left : request.Delay;
        if (left > TimeSpan.Zero) PlanDone(slot, ((left - delay).TotalSeconds * ratio) + delay.TotalSeconds);
    }

    /// <summary>Factors of slow machines multiply: what takes longer than any run lasts stays in the range of time.</summary>
    private void PlanDone(int slot, double seconds)
    {
        ref Request request = ref _requests[slot];
        request.DoneAt = _loop.Now + TimeSpan.FromTicks((long)(Math.Min(seconds, LongestSeconds) * TimeSpan.TicksPerSecond));
        _loop.Schedule(request.DoneAt, new EventData(_handler, Done, slot, request.Generation));
    }

    private void Enqueue(int slot, ref PodServers.Server server)
    {
        server.Waiting++;
        ref Request request = ref _requests[slot];
        request.Next = -1;
        request.Previous = server.LastWaiting;
        if (server.LastWaiting >= 0) _requests[server.LastWaiting].Next = slot;
        else server.FirstWaiting = slot;
        server.LastWaiting = slot;
    }

    private void Finish(int slot)
    {
        ref Request request = ref _requests[slot];
        int server = request.Server;
        ref PodServers.Server target = ref _servers[server];
        target.Busy--;
        Unlink(slot, ref target.FirstBusy);
        Stream stream = _streams[request.Stream];
        bool isError = target.Behavior.ErrorRatio > 0 && _choices.Uniform(stream.Entity, (request.Number << 8) + ((ulong)request.Attempt << 4) + 3) < target.Behavior.ErrorRatio;
        string version = target.Version;
        isError |= request.Ending == RequestEnding.Error;
        if (_loop.Now - request.TriedAt + TimeSpan.FromTicks(request.BackTicks) > stream.Spec.Timeout) Fail(slot, RequestOutcome.TimedOut, version);
        else if (request.Ending == RequestEnding.Aborted) GiveUp(slot, RequestOutcome.Lost);
        else if (isError) Fail(slot, RequestOutcome.Error, version);
        else End(slot, RequestOutcome.Answered, version);
        Serve(server);
    }

    /// <summary>The worker that became free takes the next that waits and whose client still does.</summary>
    private void Serve(int server)
    {
        while (_servers[server].FirstWaiting is var next && next >= 0 && _servers[server].Busy < _servers[server].Behavior.Concurrency)
        {
            ref PodServers.Server target = ref _servers[server];
            target.Waiting--;
            target.FirstWaiting = _requests[next].Next;
            if (target.FirstWaiting < 0) target.LastWaiting = -1;
            else _requests[target.FirstWaiting].Previous = -1;
            if (_loop.Now - _requests[next].TriedAt >= _streams[_requests[next].Stream].Spec.Timeout) Fail(next, RequestOutcome.TimedOut, target.Version);
            else Start(next, ref target);
        }
    }

    private void LoseAll(int first)
    {
        while (first >= 0)
        {
            int next = _requests[first].Next;
            Forget(_streams[_requests[first].Stream], _requests[first].Client);
            // A client that gave up before the process ended has not lost its request, it had failed already.
            bool wasLate = _loop.Now - _requests[first].TriedAt >= _streams[_requests[first].Stream].Spec.Timeout;
            _requests[first].Generation++;
            Fail(first, wasLate ? RequestOutcome.TimedOut : RequestOutcome.Lost, "");
            first = next;
        }
    }

    private void Fail(int slot, RequestOutcome outcome, string version)
    {
        ref Request request = ref _requests[slot];
        if (request.Attempt < _streams[request.Stream].Spec.Retries)
        {
            request.Attempt++;
            request.Generation++;
            request.Ending = RequestEnding.GoesOn;
            Try(slot);
            return;
        }

        _facts.Record(new Fact(FactKind.RequestFailed, _loop.Now, default, -1, Cluster.NodeIndex.None, ((long)request.Stream << 8) | (long)outcome));
        End(slot, outcome, version);
    }

    private void End(int slot, RequestOutcome outcome, string version)
    {
        ref Request request = ref _requests[slot];
        _streams[request.Stream].UnderWay--;
        _streams[request.Stream].Ledger.OnEnded(request.SentAt, version, outcome, _loop.Now - request.SentAt + TimeSpan.FromTicks(request.BackTicks), request.SentAt >= _measuredFrom);
        request.Generation++;
        _free.Push(slot);
    }

    private int Allocate()
    {
        if (_free.TryPop(out int slot)) return slot;
        if (_used == _requests.Length) Array.Resize(ref _requests, _used * 2);
        return _used++;
    }

    private void Link(int slot, ref int first)
    {
        ref Request request = ref _requests[slot];
        request.Previous = -1;
        request.Next = first;
        if (first >= 0) _requests[first].Previous = slot;
        first = slot;
    }

    private void Unlink(int slot, ref int first)
    {
        ref Request request = ref _requests[slot];
        if (request.Previous >= 0) _requests[request.Previous].Next = request.Next;
        else first = request.Next;
        if (request.Next >= 0) _requests[request.Next].Previous = request.Previous;
    }
}
