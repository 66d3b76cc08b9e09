using SchedBench.Core.Time;

namespace SchedBench.Core.Store;

/// <summary>What becomes known somewhere only some time after it happened, in order: the way of a watch.</summary>
internal sealed class DelayLine<T> : IEventHandler
{
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly Action<T> _publish;
    private readonly Queue<T> _underway = new();
    private TimeSpan _lastDue;

    /// <summary>Grows when everything becomes known early: events of what was under way then do nothing.</summary>
    private long _generation;

    /// <summary>A way on which nothing is.</summary>
    /// <param name="loop">Loop.</param>
    /// <param name="delay">How late things become known.</param>
    /// <param name="publish">Told when they do.</param>
    public DelayLine(EventLoop loop, TimeSpan delay, Action<T> publish)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _publish = publish;
        Delay = delay;
    }

    /// <summary>How late things become known from now on. Shortening it does not let one overtake earlier ones.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Something happened.</summary>
    public void Add(in T item)
    {
        _underway.Enqueue(item);
        TimeSpan due = _loop.Now + Delay;
        if (due < _lastDue) due = _lastDue;
        _lastDue = due;
        _loop.Schedule(due, new EventData(_handler, 0, 0, _generation));
    }

    /// <summary>Everything that is under way becomes known now: whoever looks this way begins anew with a list, as a restarted process does.</summary>
    public void CatchUp()
    {
        _generation++;
        // What comes from now on follows nothing that is late.
        _lastDue = _loop.Now;
        T[] known = [.. _underway];
        _underway.Clear();
        foreach (T item in known) _publish(item);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Argument == _generation) _publish(_underway.Dequeue());
    }
}
