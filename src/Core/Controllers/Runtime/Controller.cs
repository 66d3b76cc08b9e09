using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>A controller: compares what is wanted with what is, and writes what is missing. Safe to repeat.</summary>
/// <remarks>It never sees events. A change of the objects it watches gives it keys (<see cref="OnChange"/>), every key is reconciled once for all changes before it
/// (<see cref="Reconcile"/>), and what must happen later is asked for (<see cref="EnqueueAfter"/>). A key is the identity of an object, so that a new object of an
/// old name is another key.</remarks>
public abstract class Controller : IStoreListener
{
    private ControllerManager _manager = null!;
    private int _index;

    /// <summary>Name, as Kubernetes names it (<c>replicaset-controller</c>): source of its events.</summary>
    public abstract string Name { get; }

    /// <summary>Where it works.</summary>
    protected ControllerContext Context => _manager.Context;

    /// <summary>The objects as this controller knows them: maybe late.</summary>
    protected ObjectView View => _manager.Context.Feed.View;

    /// <summary>The current instant.</summary>
    protected TimeSpan Now => _manager.Context.Loop.Now;

    /// <summary>Writes, within the limits of the manager's clients: every controller has a bucket of its own (<c>ControllerClientBuilder</c>), so that none starves
    /// another.</summary>
    protected ApiClient Api { get; private set; } = null!;

    /// <summary>Its client.</summary>
    internal ApiClient Client => Api;

    /// <summary>A change became known: enqueue the keys it concerns. Nothing is written here.</summary>
    public abstract void OnChange(in StoreChange change);

    /// <summary>Brings what a key stands for closer to what is wanted.</summary>
    /// <param name="uid">Identity of the object; it may be gone.</param>
    public abstract void Reconcile(long uid);

    /// <summary>Called when a manager takes over: everything it may hold in memory is to be made anew of <see cref="View"/>, and every key enqueued.</summary>
    /// <remarks>The default enqueues what <see cref="OnChange"/> does for every object of the view.</remarks>
    public virtual void Restart()
    {
        foreach (ResourceKindInfo info in ResourceKinds.All)
        {
            IReadOnlyList<KubeObject> objects = View.All(info.Kind);
            for (int i = 0; i < objects.Count; i++) OnChange(new StoreChange(null, objects[i], objects[i].Metadata.ResourceVersion));
        }
    }

    /// <summary>The key will be reconciled; once, however often it is named before.</summary>
    protected void Enqueue(long uid) => _manager.Enqueue(_index, uid);

    /// <summary>The key will be reconciled after a delay, as well.</summary>
    protected void EnqueueAfter(long uid, TimeSpan delay) => _manager.EnqueueAfter(_index, uid, delay);

    /// <summary>A write for the key was refused: it is reconciled again after a wait that doubles with every refusal in a row.</summary>
    protected void Retry(long uid) => _manager.Retry(_index, uid);

    /// <summary>The controller of an object, if it is of a kind, is enqueued: what a change of an owned object means.</summary>
    protected void EnqueueOwner(KubeObject child, ResourceKind kind)
    {
        if (child.Metadata.Controller is { } owner && owner.Kind == kind) Enqueue(owner.Uid);
    }

    internal void Attach(ControllerManager manager, int index)
    {
        _manager = manager;
        _index = index;
        Api = manager.Context.Api.Another();
    }
}
