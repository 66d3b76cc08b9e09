using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>What one service has in truth (<c>A</c> of REFERENCE §1.5) and should have (<c>D</c>).</summary>
internal abstract class FitBook
{
    /// <summary>Pods that it should have.</summary>
    public int Desired { get; set; }

    /// <summary>Pods that would answer it a request well.</summary>
    public int Available { get; set; }

    /// <summary>Time passes until now, under what stood here.</summary>
    public abstract void Advance(TimeSpan now);
}

/// <summary>The pods that would answer well, counted for every service whose selector matches them, beside what is wanted of it.</summary>
/// <typeparam name="TBook">What is kept of a service.</typeparam>
internal sealed class FitBooks<TBook>
    where TBook : FitBook
{
    private readonly Func<TimeSpan> _now;
    private readonly Func<Service, TBook?> _open;
    private readonly Action<TBook> _changed;
    private readonly ServiceIndex _services = new();
    private readonly ServiceDemand _demand;
    private readonly Dictionary<long, TBook> _books = [];
    private readonly List<TBook> _order = [];
    private readonly Dictionary<long, Pod> _fit = [];

    /// <summary>Books of a run.</summary>
    /// <param name="view">The store's objects.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="open">Makes the book of a service that got a selector, or finds the one that goes on with it; null when it is not one to count.</param>
    /// <param name="changed">Told of a book after what stands in it may have changed.</param>
    public FitBooks(ObjectView view, Func<TimeSpan> now, Func<Service, TBook?> open, Action<TBook> changed)
    {
        (_now, _open, _changed) = (now, open, changed);
        _demand = new ServiceDemand(view, (service, wanted) =>
        {
            if (!_books.TryGetValue(service, out TBook? book)) return;
            book.Advance(now());
            book.Desired = wanted;
            changed(book);
        });
    }

    /// <summary>All books, in the order in which they were opened.</summary>
    public IReadOnlyList<TBook> All => _order;

    /// <summary>From now on nothing changes what is wanted.</summary>
    public void Hold() => _demand.Hold();

    /// <summary>A write was made.</summary>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Service service) OnService(change.Before as Service, change.After as Service, service);
        _demand.OnChange(in change);
    }

    /// <summary>A pod would answer well from now on, or does not any more.</summary>
    /// <returns>Whether that is news.</returns>
    public bool SetFit(Pod pod, bool isFit)
    {
        if (isFit ? !_fit.TryAdd(pod.Uid, pod) : !_fit.Remove(pod.Uid)) return false;
        foreach (TBook book in Of(pod))
        {
            book.Advance(_now());
            book.Available += isFit ? 1 : -1;
            _changed(book);
        }

        return true;
    }

    /// <summary>Books of the services whose selectors match a pod.</summary>
    public IEnumerable<TBook> Of(Pod pod)
    {
        foreach (Service service in _services.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
        {
            if (_books.TryGetValue(service.Uid, out TBook? book)) yield return book;
        }
    }

    private void OnService(Service? before, Service? after, Service service)
    {
        _services.Update(before, after);
        if (Equals(before?.Selector, after?.Selector)) return;
        if (!_books.TryGetValue(service.Uid, out TBook? book))
        {
            book = _open(service);
            if (book is null) return;
            if (!_order.Contains(book)) _order.Add(book);
            _books.Add(service.Uid, book);
        }

        book.Advance(_now());
        book.Available = after?.Selector is { } selector ? _fit.Values.Count(pod => pod.Metadata.Namespace == service.Metadata.Namespace && selector.Matches(pod.Metadata.Labels)) : 0;
        _changed(book);
    }
}
