using System.Globalization;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.Fleets.Faults;
using SchedBench.Fleets.Load;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets;

/// <summary>The machines of one run on the wall clock: an engine, the runtime over it, and real clients. Disposing of it takes everything away that the run has made.</summary>
public sealed class RealFleet : INodeFleet
{
    /// <summary>Threads that are there at once: starting a process blocks one for milliseconds, and a request must not wait for that.</summary>
    private const int LeastThreads = 32;

    private readonly IContainerEngine _engine;
    private readonly WallClock _clock;
    private readonly Mailbox _mailbox;
    private readonly TimeSpan _until;
    private readonly FleetFaults _faults;
    private FleetRuntime? _runtime;
    private RealLoad? _load;
    private FleetSite? _site;
    private OpenLoopGenerator? _generator;

    /// <summary>A fleet over an engine.</summary>
    /// <param name="engine">The engine; disposed of with the fleet.</param>
    /// <param name="clock">Clock of the run, at pace 1.</param>
    /// <param name="mailbox">Mailbox of the run.</param>
    /// <param name="until">End of the run.</param>
    public RealFleet(IContainerEngine engine, WallClock clock, Mailbox mailbox, TimeSpan until)
    {
        (_engine, _clock, _mailbox, _until) = (engine, clock, mailbox, until);
        _faults = new FleetFaults(engine, () => _runtime!);
    }

    /// <inheritdoc/>
    public IFleetFaults Faults => _faults;

    /// <summary>What the run measured of its machines; null before it is attached.</summary>
    public RuntimeSamples? Measured => _runtime?.Measured;

    /// <inheritdoc/>
    public ILoad? Load => _load;

    /// <inheritdoc/>
    public IEnumerable<string> Notes => [.. (_runtime?.Notes ?? []).Select(note => $"{_engine.Name}: {note}"), .. _load?.Note is { } note ? (string[])[note] : []];

    /// <inheritdoc/>
    public string? Verdict => _load is { IsSaturated: true } ? string.Create(CultureInfo.InvariantCulture, $"generator-saturated: one request in a hundred was sent {_load.Lateness.Quantile(990)!.Value.TotalMilliseconds:0.0} ms late or more, so that latencies and failures say nothing about the services") : null;

    /// <inheritdoc/>
    public IObservedRuntime Attach(FleetSite site)
    {
        _site = site;
        try
        {
            _engine.UpAsync(site.Layout, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (EngineException error)
        {
            throw new RunStepException(error.Message);
        }

        _runtime = new FleetRuntime(site, _engine, _mailbox, () => _clock.Elapsed);
        if (site.Streams.Count > 0) _load = new RealLoad(site, _mailbox, () => _clock.Elapsed, _runtime.Addresses);
        return _runtime;
    }

    /// <inheritdoc/>
    public void Begin()
    {
        // Whoever measures goes before what is measured: where processors are short, a late generator would pass for a slow pod.
        Processes.Linux.Precede();
        ThreadPool.GetMinThreads(out _, out int completion);
        ThreadPool.SetMinThreads(LeastThreads, completion);
        _clock.Restart();
        if (_load is not { } load) return;
        _generator = new OpenLoopGenerator(_site!.Streams, _site.Images, _site.Seed, _until);
        _generator.Begin(() => _clock.Elapsed, load.Table, load.Report);
    }

    /// <inheritdoc/>
    public void Dispose() => EndAsync().GetAwaiter().GetResult();

    private async Task EndAsync()
    {
        _mailbox.Close();
        if (_generator is not null) await _generator.DisposeAsync().ConfigureAwait(false);
        if (_runtime is not null) await _runtime.EndAsync().ConfigureAwait(false);
        _runtime?.Dispose();
        await _engine.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>The machines of a run that is repeated from its recording: there are none, and all that they reported is heard again.</summary>
public sealed class RepeatedFleet : INodeFleet
{
    private readonly NoFaults _faults = new();
    private readonly Mailbox _mailbox;
    private FleetRuntime? _runtime;

    /// <summary>Machines of a recording.</summary>
    /// <param name="mailbox">The recording (<see cref="Mailbox.Replay"/>).</param>
    public RepeatedFleet(Mailbox mailbox) => _mailbox = mailbox;

    /// <inheritdoc/>
    public IFleetFaults Faults => _faults;

    /// <inheritdoc/>
    public ILoad? Load { get; private set; }

    /// <inheritdoc/>
    public IEnumerable<string> Notes => [];

    /// <inheritdoc/>
    public string? Verdict => null;

    /// <inheritdoc/>
    public IObservedRuntime Attach(FleetSite site)
    {
        _runtime = new FleetRuntime(site, null, _mailbox, () => site.Loop.Now);
        if (site.Streams.Count > 0) Load = new RealLoad(site, _mailbox, () => site.Loop.Now, _runtime.Addresses);
        return _runtime;
    }

    /// <inheritdoc/>
    public void Begin()
    {
        // Nobody waits for real time.
    }

    /// <inheritdoc/>
    public void Dispose() => _runtime?.Dispose();

    /// <summary>What was suffered was suffered then.</summary>
    private sealed class NoFaults : IFleetFaults
    {
        public string? Refuses(Core.Faults.WorldEffect effect) => null;

        public void Begin(int fault, Core.Faults.WorldEffect effect, Core.Faults.FaultVictims victims)
        {
            // Its consequences are in the recording.
        }

        public void End(int fault)
        {
            // Its consequences are in the recording.
        }
    }
}
