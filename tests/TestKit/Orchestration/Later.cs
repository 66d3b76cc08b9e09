using SchedBench.Core.Runs;
using SchedBench.Core.Time;

namespace SchedBench.TestKit;

/// <summary>Does something in the middle of a run that is built already.</summary>
public sealed class Later : IEventHandler
{
    private readonly Action _what;

    private Later(Action what) => _what = what;

    /// <summary>Does it at that second.</summary>
    public static void Do(OrchestratedRun run, double seconds, Action what) =>
        run.Loop.Schedule(TimeSpan.FromSeconds(seconds), new EventData(run.Loop.Register(new Later(what)), 0));

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data) => _what();
}
