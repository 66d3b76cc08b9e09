using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Intake;

/// <summary>Hands the changes of the store to the watches outside. Listens only while there are any.</summary>
internal sealed class WatchHub(OrchestratedRun run, ApiIntakeOptions options) : IStoreListener
{
    private readonly List<(OutsideWatch Watch, ObjectWatch History)> _open = [];

    /// <summary>Watches that are open, those that were closed since the last change among them.</summary>
    public int Count => _open.Count;

    /// <summary>Opens a watch and sends it what happened since its version.</summary>
    public ApiError? Open(WatchCall call, out OutsideWatch? watch)
    {
        watch = null;
        ObjectStore store = run.Store;
        if (store.History.Watch(call.Kind, call.From ?? store.ResourceVersion, store.ResourceVersion, out ObjectWatch? history) is { } error) return error;
        var opened = new OutsideWatch(call, options.WatchBuffer);
        if (call.From is null) SendList(opened);
        // The lag behind its version is read from the history once; later changes come as they are made.
        while (history!.Read(out StoreChange? change) is null && change is { } next) opened.OnChange(in next, run.Loop.Now, TimeSpan.MaxValue);
        if (_open.Count == 0) store.Subscribe(this);
        _open.Add((opened, history));
        watch = opened;
        return null;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            (OutsideWatch watch, ObjectWatch history) = _open[i];
            if (!watch.IsClosed) watch.OnChange(in change, run.Loop.Now, options.BookmarkPeriod);
            if (!watch.IsClosed) continue;
            history.Dispose();
            _open.RemoveAt(i);
        }

        if (_open.Count == 0) run.Store.Unsubscribe(this);
    }

    /// <summary>Ends all watches.</summary>
    public void Close(ApiError why)
    {
        foreach ((OutsideWatch watch, ObjectWatch history) in _open)
        {
            watch.End(why, run.Store.ResourceVersion);
            history.Dispose();
        }

        if (_open.Count > 0) run.Store.Unsubscribe(this);
        _open.Clear();
    }

    private void SendList(OutsideWatch watch)
    {
        ObjectView view = run.Store.View;
        foreach (ResourceKindInfo info in ResourceKinds.All)
        {
            if (watch.Call.Kind is { } kind && kind != info.Kind) continue;
            foreach (KubeObject item in view.All(info.Kind))
            {
                if (watch.Call.Matches(item)) watch.Send(new WatchEvent(WatchEventKind.Added, item, run.Store.ResourceVersion), run.Loop.Now);
            }
        }
    }
}
