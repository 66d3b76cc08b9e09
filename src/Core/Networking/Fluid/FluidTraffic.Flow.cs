namespace SchedBench.Core.Networking;

/// <content>Time passes: what the rates of an interval did to the requests.</content>
internal sealed partial class FluidTraffic
{
    /// <summary>Flows that are kept for groups to come.</summary>
    private const int MostFlows = 4096;

    /// <summary>Accounts for the time since the last change. Called before anything changes.</summary>
    public void Settle()
    {
        TimeSpan passed = _loop.Now - _last;
        if (passed <= TimeSpan.Zero) return;
        Regroup();
        double seconds = passed.TotalSeconds;
        foreach (FluidGroup group in _groups)
        {
            if (group.Class.Answer == FluidAnswer.Serves) MoveQueue(group, seconds);
        }

        bool isMeasured = _last >= _measuredFrom;
        foreach (FluidStream stream in _streams)
        {
            foreach (FluidRoute route in stream.Routes) Account(route, passed.Ticks, seconds, isMeasured);
            stream.ResetInFlight();
            foreach (FluidRoute route in stream.Routes) HoldBack(route);
            stream.Emit(_last, this);
        }

        _last = _loop.Now;
    }

    /// <summary>Where more comes than is served the queue fills up to its settled length; where less comes it empties, and the settled state holds from then on.</summary>
    private void MoveQueue(FluidGroup group, double seconds)
    {
        PodFlow flow = Settled(group, group.Stream);
        double before = group.Waiting, full = flow.Load > 1 ? flow.Waiting : 0;
        group.MovingSeconds = 0;
        if (before == full) return;
        double served = Math.Max(1, group.Class.Behavior.Concurrency) / (group.Class.Times!.Mean / group.Class.Speed);
        double net = ((double)group.Units / Fluid.PerSecond) - served, left = full - before;
        double time = net == 0 || left / net < 0 ? 0 : left / net;
        group.MovingSeconds = Math.Min(time, seconds);
        group.Waiting = time <= seconds ? full : before + (net * seconds);
        group.MovingWaiting = (before + group.Waiting) / 2;
        Unlist(group);
    }

    private void Account(FluidRoute route, long ticks, double seconds, bool isMeasured)
    {
        FluidStream stream = route.Stream;
        int endpoints = route.Pods.Length + route.Denied;
        Int128 each = (Int128)route.Units * ticks, left = each * Math.Max(1, endpoints);
        stream.Send(left);
        (double fails, double failing) = FailingOf(route, seconds);
        // A try fails with probability f: of R + 1 tries all fail with f^(R+1), that is f^R times what fails of the first ones.
        double failed = 1, answered = 1, before = 0;
        route.Failing = fails;
        if (stream.Spec.Retries > 0)
        {
            double share = 1;
            for (int k = 1; k <= stream.Spec.Retries; k++)
            {
                share *= fails;
                answered += share;
                before += k * share;
            }

            failed = share;
            before = failing * before / answered;
        }

        if (endpoints == 0) left -= Fail(stream, "", RequestOutcome.NoEndpoint, each, 1);
        if (route.Denied > 0) left -= Fail(stream, "", RequestOutcome.Denied, each * route.Denied, failed);
        string version = "";
        foreach (ref readonly FluidRoute.Entry entry in route.Entries)
        {
            FluidGroup group = entry.Group;
            if (group.Class.Answer != FluidAnswer.Serves)
            {
                left -= Fail(stream, group.Class.Version, RequestOutcome.Refused, each * entry.Count, failed);
                continue;
            }

            version = group.Class.Version;
            PodFlow settled = Settled(group, stream);
            double moving = group.MovingSeconds;
            Int128 units = each * entry.Count, first = moving <= 0 ? 0 : (Int128)((double)units * (moving / seconds));
            if (first > 0) left -= Account(route, group, Moving(group, stream), first, moving, new Tries(failed, answered, before, (double)entry.Count / group.Count, isMeasured));
            if (units > first) left -= Account(route, group, settled, units - first, seconds - moving, new Tries(failed, answered, before, (double)entry.Count / group.Count, isMeasured));
        }

        if (left == 0) return;
        if (version.Length > 0 || route.Entries.Length > 0) stream.Correct(version, left);
        else stream.Fail("", endpoints == 0 ? RequestOutcome.NoEndpoint : RequestOutcome.Denied, left);
    }

    /// <summary>What tries make of shares of first tries.</summary>
    private readonly record struct Tries(double Failed, double Answered, double SecondsBefore, double OfGroup, bool IsMeasured);

    private static Int128 Account(FluidRoute route, FluidGroup group, PodFlow flow, Int128 units, double seconds, in Tries tries)
    {
        FluidStream stream = route.Stream;
        string version = group.Class.Version;
        group.Served += (double)route.Load / Fluid.PerSecond * flow.Served * seconds * tries.OfGroup;
        Int128 overloaded = (Int128)((double)units * flow.Overloaded), late = (Int128)((double)units * flow.TimedOut), errors = (Int128)((double)units * flow.Errors);
        Int128 answered = units - overloaded - late - errors;
        if (tries.Answered != 1) answered = (Int128)((double)answered * tries.Answered);
        stream.Answer(version, answered, flow, tries.SecondsBefore, tries.IsMeasured);
        return answered + Fail(stream, version, RequestOutcome.Overloaded, overloaded, tries.Failed) + Fail(stream, version, RequestOutcome.TimedOut, late, tries.Failed)
            + Fail(stream, version, RequestOutcome.Error, errors, tries.Failed);
    }

    private static Int128 Fail(FluidStream stream, string version, RequestOutcome outcome, Int128 units, double share)
    {
        Int128 failed = share == 1 ? units : (Int128)((double)units * share);
        stream.Fail(version, outcome, failed);
        return failed;
    }

    private PodFlow Moving(FluidGroup group, FluidStream stream)
    {
        PodQueue.Input input = InputOf(group, stream);
        return PodQueue.Moving(in input, (double)group.Units / Fluid.PerSecond, group.MovingWaiting);
    }

    /// <summary>Share of the tries that fail on a route, and the mean time that these take, in seconds.</summary>
    private (double Fails, double Seconds) FailingOf(FluidRoute route, double seconds)
    {
        if (route.Stream.Spec.Retries == 0) return (0, 0);
        int endpoints = route.Pods.Length + route.Denied;
        if (endpoints == 0) return (1, 0);
        double fails = route.Denied, sum = 0, timeout = route.Stream.Spec.Timeout.TotalSeconds;
        foreach (ref readonly FluidRoute.Entry entry in route.Entries)
        {
            FluidGroup group = entry.Group;
            if (group.Class.Answer != FluidAnswer.Serves)
            {
                fails += entry.Count;
                continue;
            }

            double moving = group.MovingSeconds / seconds;
            PodFlow settled = Settled(group, route.Stream);
            fails += entry.Count * (1 - moving) * (1 - settled.Answered);
            sum += entry.Count * (1 - moving) * ((settled.TimedOut * timeout) + (settled.Errors * settled.Seconds));
            if (moving <= 0) continue;
            PodFlow flow = Moving(group, route.Stream);
            fails += entry.Count * moving * (1 - flow.Answered);
            sum += entry.Count * moving * ((flow.TimedOut * timeout) + (flow.Errors * flow.Seconds));
        }

        return (fails / endpoints, fails <= 0 ? 0 : sum / fails);
    }

    /// <summary>Requests are counted when they end: what is in the pods now is still on its way.</summary>
    private void HoldBack(FluidRoute route)
    {
        foreach (ref readonly FluidRoute.Entry entry in route.Entries)
        {
            if (entry.Group.Class.Answer != FluidAnswer.Serves) continue;
            PodFlow flow = Current(entry.Group, route.Stream);
            double units = (double)route.Units * entry.Count;
            foreach (RequestOutcome outcome in PodFlow.Lasting)
                route.Stream.AddInFlight(entry.Group.Class.Version, outcome, flow.InFlight(outcome, units, route.Stream.Spec.Timeout.TotalSeconds));
        }
    }
}
