using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>The resilience curve of a run: Σ min(A, D) / Σ D over all services, over time (REFERENCE §1.5, lost.capacity).</summary>
/// <remarks>
/// A and D as in <see cref="ServiceObserver"/>, D as it stands. A point is the mean over the step that begins at it, ∫ Σ min(A, D) dt / ∫ Σ D dt, exact in replicas times ticks: a dip that is shorter than a step is not
/// missed, and what lies above the curve, times D, is the capacity that was lost. A step in which nothing was wanted has no point.
/// </remarks>
public sealed class CapacityObserver : IStoreListener, IServingObserver
{
    private readonly Func<TimeSpan> _now;
    private readonly TimeSpan _from;
    private readonly TimeSpan _step;
    private readonly FitBooks<Book> _books;
    private readonly List<(Int128 Had, Int128 Wanted)> _steps = [];
    private TimeSpan _since;
    private long _had;
    private long _wanted;

    /// <summary>Observes a run; subscribe it to the store and the runtime before the run starts.</summary>
    /// <param name="view">The store's objects.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="from">End of the warm-up, where the curve begins.</param>
    /// <param name="step">Step of the curve, above zero.</param>
    public CapacityObserver(ObjectView view, Func<TimeSpan> now, TimeSpan from, TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        (_now, _from, _step, _since) = (now, from, step, from);
        _books = new FitBooks<Book>(view, now, _ => new Book(), OnChanged);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change) => _books.OnChange(in change);

    /// <inheritdoc/>
    public void OnListening(Pod pod, ImageBehavior behavior)
    {
        // It answers well once it is fit.
    }

    /// <inheritdoc/>
    public void OnFitChanged(Pod pod, bool isFit) => _books.SetFit(pod, isFit);

    /// <inheritdoc/>
    public void OnStopping(Pod pod)
    {
        // Whether it still answers is told by its fitness.
    }

    /// <inheritdoc/>
    public void OnStopped(Pod pod) => _books.SetFit(pod, isFit: false);

    /// <summary>Reports the curve at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Advance(end);
        for (int i = 0; i < _steps.Count; i++)
        {
            (Int128 had, Int128 wanted) = _steps[i];
            if (wanted > 0) sink.AddPoint("available_ratio", "time_seconds", (_from + (i * _step)).TotalSeconds, (double)had / (double)wanted);
        }
    }

    private void OnChanged(Book book)
    {
        Advance(_now());
        int had = Math.Min(book.Available, book.Desired);
        _had += had - book.Had;
        _wanted += book.Desired - book.Wanted;
        (book.Had, book.Wanted) = (had, book.Desired);
    }

    private void Advance(TimeSpan now)
    {
        while (_since < now)
        {
            int step = (int)((_since - _from).Ticks / _step.Ticks);
            TimeSpan next = _from + ((step + 1) * _step), until = next < now ? next : now;
            while (_steps.Count <= step) _steps.Add(default);
            long ticks = (until - _since).Ticks;
            _steps[step] = (_steps[step].Had + ((Int128)ticks * _had), _steps[step].Wanted + ((Int128)ticks * _wanted));
            _since = until;
        }
    }

    /// <summary>What the sums hold of one service.</summary>
    private sealed class Book : FitBook
    {
        public int Had { get; set; }

        public int Wanted { get; set; }

        public override void Advance(TimeSpan now)
        {
            // The sums advance when they change.
        }
    }
}
