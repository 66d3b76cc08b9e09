using BenchmarkDotNet.Attributes;
using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Benchmarks.Suites;

/// <summary>The event loop alone, in the hold model: 100,000 events wait, each one taken puts one back.</summary>
/// <remarks>Virtual time is cut into frames of a second. Every event schedules its next at a drawn instant of the next frame, so a frame holds each of them exactly once, the number of
/// events handled is exact, and an event lies 0 to 2 frames ahead when it is put back (triangular, mean 1): anywhere in the heap, not at its end.</remarks>
public class EventQueueBenchmarks
{
    private const int Waiting = 100_000;
    private const int Frames = 5;
    private EventLoop _loop = null!;
    private TimeSpan _end;

    [GlobalSetup]
    public void Fill()
    {
        _loop = new EventLoop(new VirtualClock());
        var holder = new Holder(_loop);
        for (int i = 0; i < Waiting; i++) holder.Begin(i);
        _end = TimeSpan.Zero;
    }

    [Benchmark(OperationsPerInvoke = Waiting * Frames)]
    public long PopOnePushOne()
    {
        _end += TimeSpan.FromSeconds(Frames);
        // The last instant that runs is just before the next frame begins.
        _loop.Run(_end - TimeSpan.FromTicks(1));
        return _loop.EventsHandled;
    }

    private sealed class Holder : IEventHandler
    {
        private readonly EventLoop _loop;
        private readonly ushort _handler;
        private readonly Draw _phases = Draw.Stream(1, "benchmarks/hold");

        public Holder(EventLoop loop)
        {
            _loop = loop;
            _handler = loop.Register(this);
        }

        public void Begin(int subject) => Schedule(subject, frame: 0);

        public void Handle(in EventData data) => Schedule(data.Subject, data.Argument + 1);

        private void Schedule(int subject, long frame)
        {
            long phase = (long)_phases.Below((ulong)subject, (ulong)frame, (ulong)TimeSpan.TicksPerSecond);
            _loop.Schedule(TimeSpan.FromTicks((frame * TimeSpan.TicksPerSecond) + phase), new EventData(_handler, 0, subject, frame));
        }
    }
}
