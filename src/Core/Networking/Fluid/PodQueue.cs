namespace SchedBench.Core.Networking;

/// <summary>What becomes of a steady flow of requests at one pod, as shares of the requests that come.</summary>
internal sealed class PodFlow
{
    /// <summary>Share that finds the queue full.</summary>
    public double Overloaded { get; init; }

    /// <summary>Share that is not done within the client's time-out.</summary>
    public double TimedOut { get; init; }

    /// <summary>Share that is answered with an error.</summary>
    public double Errors { get; init; }

    /// <summary>Share that a worker takes up.</summary>
    public double Served { get; init; }

    /// <summary>Share that is answered well and in time.</summary>
    public double Answered => 1 - Overloaded - TimedOut - Errors;

    /// <summary>Mean latency of the answered ones, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Share of the answered ones that are beyond the latency target.</summary>
    public double Slow { get; init; }

    /// <summary>Latencies of the answered ones, ascending, with weights that sum to 1.</summary>
    public IReadOnlyList<(double Seconds, double Weight)> Points { get; init; } = [];

    /// <summary>The longest latency among them, in seconds.</summary>
    public double LongestSeconds => Points.Count == 0 ? 0 : Points[^1].Seconds;

    /// <summary>Mean number of requests that wait.</summary>
    public double Waiting { get; init; }

    /// <summary>Offered load per worker; above 1 the queue grows until it is full.</summary>
    public double Load { get; init; }

    /// <summary>What ends a while after it was sent.</summary>
    public static ReadOnlySpan<RequestOutcome> Lasting => [RequestOutcome.Answered, RequestOutcome.TimedOut, RequestOutcome.Error];

    /// <summary>Share of the requests that end this way.</summary>
    public double ShareOf(RequestOutcome outcome) => outcome switch { RequestOutcome.Answered => Answered, RequestOutcome.TimedOut => TimedOut, _ => Errors };

    /// <summary>Requests that will end this way and are in the pod now, at a rate.</summary>
    public Int128 InFlight(RequestOutcome outcome, double units, double timeout) =>
        Fluid.Content(units * ShareOf(outcome), outcome == RequestOutcome.TimedOut ? timeout : Seconds);

    /// <summary>The same, some time after the last came.</summary>
    public Int128 InFlight(RequestOutcome outcome, double units, double timeout, double age) =>
        Fluid.Content(units * ShareOf(outcome), outcome == RequestOutcome.TimedOut ? Math.Max(0, timeout - age) : Remaining(age));

    /// <summary>Mean latency of the answered requests that are in the pod some time after the last came, in seconds: longer ones are there longer.</summary>
    public double SecondsInFlight(double age)
    {
        double sum = 0, time = 0;
        foreach ((double seconds, double weight) in Points)
        {
            if (seconds <= age) continue;
            time += weight * (seconds - age);
            sum += weight * (seconds - age) * seconds;
        }

        return time <= 0 ? 0 : sum / time;
    }

    /// <summary>Expected time in the pod beyond <paramref name="age"/>: of requests that came at one a second, so many are still there that long after the last came.</summary>
    public double Remaining(double age)
    {
        double sum = 0;
        foreach ((double seconds, double weight) in Points)
        {
            if (seconds > age) sum += weight * (seconds - age);
        }

        return sum;
    }
}

/// <summary>A pod as a queue with c workers and K places: M/M/c/K, scaled to the variation of arrivals and service times (Allen–Cunneen).</summary>
/// <remarks>
/// Erlang's B by recursion B ← aB/(k + aB) for the c workers; behind them the states of the queue have weights ρ, ρ², …. The mean wait of M/M/c is multiplied by
/// g = (c²a + c²s)/2, where Kimura's formula with Cosmetatos' ratio d of constant to exponential times, (1 + c²s) / (2c²s + (1 − c²s)/d), takes the place of (1 + c²s)/2 for more
/// than one worker, and a measurement (<see cref="MeasuredWaits"/>) for times that vary more than exponential ones, whose wait two moments do not tell; the queue's places count K/g, so that the length of the queue and what it
/// refuses agree with the wait. A time-out τ makes every place beyond τ·c/S useless: who stands there has timed out before its turn (as
/// long as there is room for the λτ requests that come meanwhile; the rest finds the queue full). Sources: Allen, <i>Probability, Statistics, and Queueing
/// Theory</i>, 1990; Cosmetatos, Oper. Res. Quarterly 26, 1975; Kimura, <i>Approximations for multi-server queues</i>, 1994.
/// </remarks>
internal static class PodQueue
{
    private const int WaitSlices = 12;
    private const int WaitSlicesNearFull = 96;
    private const double NearFull = 0.9;
    private const double LeastScale = 0.02;
    private const int MostPlaces = 1_000_000;

    /// <summary>A pod and the requests that come to it.</summary>
    /// <param name="Times">Service times at speed 1.</param>
    /// <param name="Speed">Speed of the pod.</param>
    /// <param name="Workers">Workers.</param>
    /// <param name="Places">Places of the queue.</param>
    /// <param name="ErrorRatio">Share answered with an error.</param>
    /// <param name="Timeout">Time-out of the clients, in seconds.</param>
    /// <param name="Target">Latency target, in seconds.</param>
    /// <param name="Scale">Squared coefficient of variation of the gaps between arrivals.</param>
    public readonly record struct Input(ServiceTimes Times, double Speed, int Workers, int Places, double ErrorRatio, double Timeout, double Target, double Scale);

    /// <summary>The settled state at a rate, in requests a second.</summary>
    public static PodFlow Settled(in Input input, double rate)
    {
        double service = input.Times.Mean / input.Speed;
        int workers = Math.Max(1, input.Workers);
        double offered = rate * service, load = offered / workers, busy = 1;
        for (int k = 1; k <= workers; k++) busy = offered * busy / (k + (offered * busy));
        double scale = Math.Max(LeastScale, ScaleOf(input.Times, input.Scale, Math.Min(load, 1), workers));
        double useful = service <= 0 ? input.Places : input.Timeout * workers / service;
        // A quotient that is a whole number but for its rounding is that number: one place more would only hold requests that are late.
        int places = (int)Math.Min(MostPlaces, Math.Ceiling(Math.Min(useful, input.Places) / scale * (1 - 1e-9)));

        // States beyond "all workers busy", relative to the c + 1 states up to it (which sum to 1, the last of them being B).
        double all = 1, weight = busy, length = 0, waits = 0;
        var slices = new List<(double Seconds, double Weight)> { (0, 1 - busy) };
        // A queue that is always near its end stands anywhere between two places; a short one is as long as the exponential queue's mean.
        double step = service / workers * scale, place = load > 1 ? 0.5 : 1;
        for (int j = 0; j < places; j++)
        {
            slices.Add(((j + place) * step, weight));
            waits += weight;
            weight *= load;
            all += weight;
            length += (j + 1) * weight;
            if (weight < 1e-15 * all && load < 1)
            {
                weight = 0;
                break;
            }

            if (all < 1e200) continue;
            for (int i = 0; i < slices.Count; i++) slices[i] = (slices[i].Seconds, slices[i].Weight * 1e-200);
            (all, weight, length, waits) = (all * 1e-200, weight * 1e-200, length * 1e-200, waits * 1e-200);
        }

        double refused = weight / all, accepted = all - weight;
        for (int i = 0; i < slices.Count; i++) slices[i] = (slices[i].Seconds, accepted <= 0 ? 0 : slices[i].Weight / accepted);
        // Where the time-out bounds the queue, those who will wait in vain stand in it all the same: as many as come within the time-out, if there is room.
        double overloaded = useful >= input.Places ? refused : Math.Clamp(1 - (input.Places / (rate * input.Timeout)), 0, refused);
        return Combine(in input, Reduce(slices, load > NearFull ? WaitSlicesNearFull : WaitSlices), refused, refused - overloaded, length / all * scale, load);
    }

    /// <summary>A queue that is still filling or emptying: nobody is refused and all wait for what stands before them.</summary>
    /// <param name="input">The pod.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="waiting">Requests before a new one.</param>
    public static PodFlow Moving(in Input input, double rate, double waiting)
    {
        double service = input.Times.Mean / input.Speed;
        int workers = Math.Max(1, input.Workers);
        return Combine(in input, [(waiting * service / workers, 1)], 0, 0, waiting, rate * service / workers);
    }

    /// <summary>Wait relative to exponential gaps and times.</summary>
    private static double ScaleOf(ServiceTimes times, double arrivals, double load, int workers)
    {
        double service = times.Scv;
        if (service > MeasuredWaits.FromScv) return times.Waits.Scale(load, workers) * (arrivals + service) / (1 + service);
        double root = Math.Sqrt(4 + (5.0 * workers)) - 2;
        double constant = load <= 0 ? 1 : Math.Min(1, 0.5 * (1 + ((1 - load) * (workers - 1) * root / (16 * load * workers))));
        double poisson = (1 + service) / ((2 * service) + ((1 - service) / constant));
        return poisson * (arrivals + service) / (1 + service);
    }

    private static PodFlow Combine(
        in Input input, List<(double Seconds, double Weight)> waits, double refused, double refusedLate, double waiting, double load)
    {
        var points = new List<(double Seconds, double Weight)>(waits.Count * input.Times.Slices.Count);
        double late = 0, given = 0, sum = 0, slow = 0, unserved = 0;
        foreach ((double wait, double share) in waits)
        {
            if (wait >= input.Timeout) unserved += share;
            double left = (input.Timeout - wait) * input.Speed, fast = (input.Target - wait) * input.Speed;
            foreach (ServiceTimes.Slice slice in input.Times.Slices)
            {
                double part = share * slice.Weight, above = slice.Above(left), inTime = part * (1 - above);
                late += part * above;
                if (inTime <= 0) continue;
                double latency = wait + ((above > 0 ? (slice.Low + left) / 2 : slice.Seconds) / input.Speed);
                given += inTime;
                sum += inTime * latency;
                slow += Math.Max(0, (part * slice.Above(fast)) - (part * above));
                points.Add((latency, inTime));
            }
        }

        double taken = 1 - refused;
        points.Sort(static (left, right) => left.Seconds.CompareTo(right.Seconds));
        for (int i = 0; i < points.Count; i++) points[i] = (points[i].Seconds, points[i].Weight / given);
        return new PodFlow
        {
            Overloaded = refused - refusedLate,
            TimedOut = (taken * late) + refusedLate,
            Errors = taken * given * input.ErrorRatio,
            Served = taken * (1 - unserved),
            Seconds = given <= 0 ? 0 : sum / given,
            Slow = given <= 0 ? 0 : slow / given,
            Points = Reduce(points, ServiceTimes.SliceCount),
            Waiting = waiting,
            Load = load,
        };
    }

    /// <summary>Fewer points with the same mean: cut at 1 − (1 − v)⁴, dense in the upper tail. Weights are taken as summing to 1.</summary>
    private static List<(double Seconds, double Weight)> Reduce(List<(double Seconds, double Weight)> points, int count)
    {
        if (points.Count <= count) return points;
        var reduced = new List<(double Seconds, double Weight)>(count);
        double weight = 0, sum = 0, seen = 0;
        int slice = 1;
        foreach ((double seconds, double share) in points)
        {
            weight += share;
            sum += share * seconds;
            seen += share;
            double rest = 1 - ((double)slice / count);
            if (seen < 1 - (rest * rest * rest * rest)) continue;
            while (slice < count && seen >= 1 - (rest * rest * rest * rest)) rest = 1 - ((double)++slice / count);
            if (weight > 0) reduced.Add((sum / weight, weight));
            (weight, sum) = (0, 0);
        }

        if (weight > 0) reduced.Add((sum / weight, weight));
        return reduced;
    }
}
