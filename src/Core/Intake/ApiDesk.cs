using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Intake;

/// <summary>Where calls are executed: on the loop's thread, with everything they may touch at hand.</summary>
internal sealed class ApiDesk(OrchestratedRun run, ApiIntakeOptions options)
{
    private ObjectWatch? _keeper;

    public OrchestratedRun Run => run;

    public ObjectStore Store => run.Store;

    public ApiIntakeOptions Options => options;

    /// <summary>Watches that are open.</summary>
    public WatchHub Watches { get; } = new(run, options);

    public ApiAnswer Answer(ApiError? error, KubeObject? item) => new(error, run.Loop.Now, Store.ResourceVersion) { Object = error is null ? item : null };

    public ApiAnswer Refuse(ApiErrorCode code, string message) => Answer(new ApiError(code, message), null);

    /// <summary>The node of a name, or null with 404 and the nearest name.</summary>
    public NodeIndex? IndexOf(string name, out ApiError? error)
    {
        error = null;
        int index = run.Fleet.IndexOf(name);
        if (index >= 0) return new NodeIndex(index);
        var names = new List<string>(run.Fleet.Count);
        foreach (NodeSpec node in run.Fleet.Nodes) names.Add(node.Name);
        string nearest = NearestName.Find(name, names) is { } near ? $"; did you mean {near}?" : "";
        error = new ApiError(ApiErrorCode.NotFound, $"Node/{name} is no node of the fleet{nearest}");
        return null;
    }

    /// <summary>Somebody outside looks: changes from here on are kept, so that a watch can begin where a list ended.</summary>
    public void KeepHistory()
    {
        if (options.KeepsHistory && _keeper is null) _ = Store.History.Watch(null, Store.ResourceVersion, Store.ResourceVersion, out _keeper);
    }

    /// <summary>Nobody looks any more.</summary>
    public void Close(ApiError why)
    {
        Watches.Close(why);
        _keeper?.Dispose();
        _keeper = null;
    }
}
