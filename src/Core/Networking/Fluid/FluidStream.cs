namespace SchedBench.Core.Networking;

/// <summary>A stream while it is a fluid: its routes, and what has become of its requests but is not a whole one yet.</summary>
internal sealed class FluidStream(TrafficSpec spec, int place, RequestLedger ledger)
{
    private const int Outcomes = (int)RequestOutcome.Denied + 1;
    private readonly List<Account> _accounts = [];
    private readonly Int128[] _latencies = new Int128[LatencyHistogram.BucketCount];
    private readonly List<int> _latencyBuckets = [];
    private Int128 _sent;

    public readonly TrafficSpec Spec = spec;
    public readonly int Place = place;
    public readonly RequestLedger Ledger = ledger;
    public readonly List<FluidRoute> Routes = [];

    /// <summary>Routes of each observer; two where an ingress sends a share to a canary.</summary>
    public readonly List<(FluidRoute Route, long Weight)>[] ByObserver = [.. Enumerable.Range(0, spec.Observers).Select(_ => new List<(FluidRoute, long)>())];

    /// <summary>When each observer looks next; <see cref="TimeSpan.MinValue"/> when nothing is ahead.</summary>
    public readonly TimeSpan[] WakesAt = [.. Enumerable.Repeat(TimeSpan.MinValue, spec.Observers)];

    /// <summary>Requests a second, in units; 0 while it is sent request by request.</summary>
    public long Rate;

    /// <summary>Squared coefficient of variation of the gaps at a pod that gets a share of the stream.</summary>
    public double GapVariation(long units) => Spec.Arrivals == ArrivalProcess.Poisson || Rate == 0 ? 1 : Math.Max(0, 1 - ((double)units / Rate));

    private sealed class Account(string version)
    {
        public readonly string Version = version;

        /// <summary>Requests that came, by how they end or have ended.</summary>
        public readonly Int128[] Units = new Int128[Outcomes];

        /// <summary>Of those the ones that are still on their way.</summary>
        public readonly Int128[] InFlight = new Int128[Outcomes];

        /// <summary>The same, in pods that take no new ones.</summary>
        public readonly Int128[] Draining = new Int128[Outcomes];
        public Int128 Slow;
        public Int128 SlowWhole;
        public Int128 Latency;

        /// <summary>Whole requests that have ended this way.</summary>
        public long Ended(int outcome)
        {
            Int128 ended = Units[outcome] - InFlight[outcome] - Draining[outcome];
            return ended < Fluid.Request ? 0 : (long)(ended / Fluid.Request);
        }
    }

    /// <summary>Requests were sent.</summary>
    public void Send(Int128 units)
    {
        _sent += units;
        long whole = (long)(_sent / Fluid.Request);
        if (whole == 0) return;
        _sent -= whole * Fluid.Request;
        Ledger.OnSent(whole);
    }

    public void Fail(string version, RequestOutcome outcome, Int128 units)
    {
        if (units > 0) Of(version).Units[(int)outcome] += units;
    }

    public void Answer(string version, Int128 units, PodFlow flow, double extraSeconds, bool isMeasured)
    {
        if (units <= 0) return;
        Account account = Of(version);
        account.Units[(int)RequestOutcome.Answered] += units;
        account.Slow += (Int128)((double)units * flow.Slow);
        account.Latency += (Int128)((double)units * ((flow.Seconds + extraSeconds) * TimeSpan.TicksPerSecond));
        if (!isMeasured) return;
        foreach ((double seconds, double weight) in flow.Points)
        {
            int bucket = LatencyHistogram.BucketOf((long)((seconds + extraSeconds) * TimeSpan.TicksPerSecond));
            if (_latencies[bucket] == 0) _latencyBuckets.Add(bucket);
            // One more unit than none, so that a bucket is listed once.
            _latencies[bucket] += (Int128)((double)units * weight) + 1;
        }
    }

    /// <summary>What rounding left over goes to the answered ones.</summary>
    public void Correct(string version, Int128 units) => Of(version).Units[(int)RequestOutcome.Answered] += units;

    /// <summary>Nothing is on its way but what is added from here on.</summary>
    public void ResetInFlight()
    {
        foreach (Account account in _accounts) Array.Clear(account.InFlight);
    }

    public void AddInFlight(string version, RequestOutcome outcome, Int128 units) => Of(version).InFlight[(int)outcome] += units;

    public void AddDraining(string version, RequestOutcome outcome, Int128 units) => Of(version).Draining[(int)outcome] += units;

    /// <summary>Requests that would have ended in another way are lost.</summary>
    public void Lose(string version, RequestOutcome instead, Int128 units)
    {
        Account account = Of(version);
        ref Int128 from = ref account.Units[(int)instead];
        if (instead == RequestOutcome.Answered && from > units) account.Latency -= (Int128)((double)account.Latency * ((double)units / (double)from));
        from -= units;
        Of("").Units[(int)RequestOutcome.Lost] += units;
    }

    /// <summary>Requests that were sent and have not ended: what the accounts hold beyond the fraction that has not been sent yet.</summary>
    public long CountInFlight()
    {
        Int128 held = -_sent;
        foreach (Account account in _accounts)
        {
            foreach (Int128 units in account.Units) held += units;
        }

        return (long)(held / Fluid.Request);
    }

    /// <summary>Whole requests go into the ledger; fractions stay.</summary>
    /// <param name="at">Instant of the step they count in; those that timed out were sent that much earlier.</param>
    /// <param name="failed">Told how many failed in which way.</param>
    public void Emit(TimeSpan at, IFluidFailures failed)
    {
        foreach (Account account in _accounts)
        {
            for (int outcome = 0; outcome < Outcomes; outcome++)
            {
                long ended = account.Ended(outcome);
                if (ended == 0) continue;
                long slow = 0, latency = 0;
                if (outcome == (int)RequestOutcome.Answered) TakeLatency(account, ended, out slow, out latency);
                account.Units[outcome] -= ended * Fluid.Request;
                TimeSpan sent = outcome == (int)RequestOutcome.TimedOut && at > Spec.Timeout ? at - Spec.Timeout : at;
                Ledger.OnEnded(sent, account.Version, (RequestOutcome)outcome, ended, slow, latency);
                if (outcome != (int)RequestOutcome.Answered) failed.OnFailed(Place, (RequestOutcome)outcome, ended);
            }
        }

        for (int i = _latencyBuckets.Count - 1; i >= 0; i--)
        {
            ref Int128 units = ref _latencies[_latencyBuckets[i]];
            Ledger.Latencies.Add(_latencyBuckets[i], Whole(ref units));
            if (units == 0) _latencyBuckets.RemoveAt(i);
        }
    }

    /// <summary>The share of the sums that belongs to so many answered requests.</summary>
    private static void TakeLatency(Account account, long ended, out long slow, out long latencyTicks)
    {
        double part = (double)(ended * Fluid.Request) / (double)account.Units[(int)RequestOutcome.Answered];
        var latency = (Int128)((double)account.Latency * part);
        var slowUnits = (Int128)((double)account.Slow * part);
        account.Latency -= latency;
        account.Slow -= slowUnits;
        account.SlowWhole += slowUnits;
        slow = Whole(ref account.SlowWhole);
        latencyTicks = (long)(latency / Fluid.Request);
    }

    private static long Whole(ref Int128 units)
    {
        if (units < Fluid.Request) return 0;
        long whole = (long)(units / Fluid.Request);
        units -= whole * Fluid.Request;
        return whole;
    }

    private Account Of(string version)
    {
        foreach (Account account in _accounts)
        {
            if (account.Version == version) return account;
        }

        var made = new Account(version);
        _accounts.Add(made);
        return made;
    }
}

/// <summary>Told of requests of a fluid that failed.</summary>
internal interface IFluidFailures
{
    /// <summary>So many failed.</summary>
    void OnFailed(int stream, RequestOutcome outcome, long count);
}
