using SchedBench.Core.Randomness;

namespace SchedBench.Core.Networking;

/// <summary>Mean waits at a pod whose service times vary more than exponential ones, relative to exponential times: measured, as no formula of their moments tells them well.</summary>
/// <remarks>One pod with Poisson arrivals and an endless queue is played twice with the same arrivals and the same places in the distribution of times, the given one and the
/// exponential one, by Kiefer's and Wolfowitz' recursion (a request starts on the worker that is free first); the ratio of the two mean waits scatters far less than either. It is
/// played at few loads, once each and only when asked for, and is straight between them; at full load it is (1 + c²ₛ) / 2 (Köllerström, <i>Heavy traffic theory for queues with several
/// servers</i>, 1974). A pure function: the draws have a seed of their own. Costs about 0.1 s a load of an image.</remarks>
internal sealed class MeasuredWaits(ServiceTimes times)
{
    /// <summary>Squared coefficient of variation from which waits are measured.</summary>
    public const double FromScv = 1.05;

    private const int WarmUp = 20_000;
    private const int Requests = 400_000;
    private static readonly double[] Loads = [0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1];
    private readonly Dictionary<(int Workers, int Place), double> _known = [];

    /// <summary>Mean wait relative to exponential times, at Poisson arrivals.</summary>
    /// <param name="load">Offered load per worker; beyond 1 that of 1 is taken.</param>
    /// <param name="workers">Workers.</param>
    public double Scale(double load, int workers)
    {
        int above = 0;
        while (above < Loads.Length - 1 && Loads[above] < load) above++;
        if (above == 0 || Loads[above] <= load) return At(workers, above);
        double part = (load - Loads[above - 1]) / (Loads[above] - Loads[above - 1]);
        return ((1 - part) * At(workers, above - 1)) + (part * At(workers, above));
    }

    private double At(int workers, int place)
    {
        if (Loads[place] == 1) return (1 + times.Scv) / 2;
        if (!_known.TryGetValue((workers, place), out double scale)) _known.Add((workers, place), scale = Measure(workers, Loads[place]));
        return scale;
    }

    private double Measure(int workers, double load)
    {
        var gaps = Draw.Stream(0, "fluid/gaps");
        var services = Draw.Stream(0, "fluid/services");
        double[] given = new double[workers], exponential = new double[workers];
        double now = 0, perGap = times.Mean / (workers * load), waits = 0, exponentialWaits = 0;
        for (int i = 0; i < WarmUp + Requests; i++)
        {
            now -= perGap * DeterministicMath.Log(1 - gaps.Uniform(0, (ulong)i));
            double place = services.Uniform(0, (ulong)i);
            double wait = Serve(given, now, times.Sample(place)), other = Serve(exponential, now, -times.Mean * DeterministicMath.Log(1 - place));
            if (i < WarmUp) continue;
            waits += wait;
            exponentialWaits += other;
        }

        return exponentialWaits <= 0 ? 1 : waits / exponentialWaits;
    }

    /// <summary>A request starts on the worker that is free first; how long it waits. Instants are ascending.</summary>
    private static double Serve(double[] free, double now, double seconds)
    {
        double start = free[0] > now ? free[0] : now, end = start + seconds;
        int i = 0;
        for (; i + 1 < free.Length && free[i + 1] < end; i++) free[i] = free[i + 1];
        free[i] = end;
        return start - now;
    }
}
