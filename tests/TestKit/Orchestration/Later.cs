using SchedBench.Core.Runs;
using SchedBench.Core.Time;

namespace SchedBench.TestKit;

/// <summary>Does something in the middle of a run that is built already.</summary>
public sealed class Later : IEventHandler
{
    private readonly Action _what;

    private Later(Action what) => _what = what;

    /// <summary>Does it at that second.</summary>
    public static void Do(OrchestratedRun run, double seconds, Action what) => Do(run.Loop, seconds, what);

    /// <summary>Does it at that second of a loop.</summary>
    public static void Do(EventLoop loop, double seconds, Action what) => loop.Schedule(TimeSpan.FromSeconds(seconds), new EventData(loop.Register(new Later(what)), 0));

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data) => _what();
}
