using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary>The objects that users have applied by an instant, as far as they can be known before the run: manifests, plus what steps applied, less what they deleted.</summary>
internal sealed class ObjectsOverTime
{
    private readonly List<KubeObject> _objects;
    private readonly HashSet<ObjectKey> _renewed = [];
    private readonly HashSet<ObjectKey> _paused;
    private readonly HashSet<ObjectKey> _released = [];

    /// <summary>The manifests of the start; null when they could not be read, and then nothing is judged.</summary>
    public ObjectsOverTime(IReadOnlyList<KubeObject>? objects)
    {
        IsKnown = objects is not null;
        _objects = [.. objects ?? []];
        _paused = [.. _objects.OfType<Deployment>().Where(deployment => deployment.IsPaused).Select(deployment => deployment.Key)];
    }

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown { get; }

    /// <summary>All objects, in the order in which they came.</summary>
    public IReadOnlyList<KubeObject> All => _objects;

    /// <summary>Deployments that had another template before, by the update or by a step of their own.</summary>
    public bool IsRenewed(in ObjectKey key) => _renewed.Contains(key);

    /// <summary>Deployments whose rollouts are held.</summary>
    public bool IsPaused(in ObjectKey key) => _paused.Contains(key);

    /// <summary>Deployments that the update releases by itself: blue/green and canaries.</summary>
    public bool IsReleased(in ObjectKey key) => _released.Contains(key);

    /// <summary>Objects are applied.</summary>
    public void Apply(IReadOnlyList<KubeObject> objects)
    {
        foreach (KubeObject item in objects)
        {
            int at = _objects.FindIndex(other => other.Key == item.Key);
            if (at >= 0) _objects[at] = item;
            else _objects.Add(item);
            if (item is not Deployment deployment) continue;
            if (at >= 0) Renew(item.Key);
            Pause(item.Key, deployment.IsPaused);
        }
    }

    /// <summary>An object is deleted; a namespace goes with what is in it.</summary>
    public void Delete(ObjectKey key) =>
        _objects.RemoveAll(item => item.Key == key || (key.Kind == ResourceKind.Namespace && item.Metadata.Namespace == key.Name));

    /// <summary>A Deployment has a new template.</summary>
    public void Renew(in ObjectKey key) => _renewed.Add(key);

    /// <summary>A Deployment is released by a controller of its own.</summary>
    public void Release(in ObjectKey key) => _released.Add(key);

    /// <summary>Rollouts of a Deployment are held, or go on.</summary>
    public void Pause(in ObjectKey key, bool isPaused)
    {
        if (isPaused) _paused.Add(key);
        else _paused.Remove(key);
    }

    /// <summary>The object that a value names, as <c>name</c> or <c>namespace/name</c>; null after a problem, which is reported.</summary>
    /// <param name="value">Where it is named.</param>
    /// <param name="kind">Its kind.</param>
    public ObjectKey? Find(YamlValue value, ResourceKind kind)
    {
        if (value.Text() is not { } text) return null;
        if (!IsKnown) return new ObjectKey(kind, "", text);
        ObjectKey[] all = [.. kind == ResourceKind.Pod ? Pods() : _objects.Where(item => item.Kind == kind).Select(item => item.Key)];
        ObjectKey[] found = [.. all.Where(key => key.Name == text || PathOf(key) == text)];
        if (found.Length == 1) return found[0];
        if (found.Length > 1)
        {
            value.Report($"expected {string.Join(" or ", found.Select(PathOf))}: several namespaces have this {kind}");
            return null;
        }

        string hint = kind == ResourceKind.Pod ? " or of a StatefulSet, such as db-0; names of other pods are drawn" : all.Length == 0 ? ", of which there are none by then" : " that is there by then";
        value.Report($"expected a {kind} of the manifests{hint}", NearestName.Find(text, all.Select(key => key.Name).Concat(all.Select(PathOf))));
        return null;
    }

    /// <summary>An object as it is known.</summary>
    public T? Get<T>(ObjectKey key)
        where T : KubeObject => _objects.OfType<T>().FirstOrDefault(item => item.Key == key);

    private static string PathOf(ObjectKey key) => key.Namespace.Length == 0 ? key.Name : $"{key.Namespace}/{key.Name}";

    /// <summary>Pods whose names are known: those of manifests, and the members of StatefulSets.</summary>
    private IEnumerable<ObjectKey> Pods() =>
    [
        .. _objects.OfType<Pod>().Select(pod => pod.Key),
        .. _objects.OfType<StatefulSet>().SelectMany(set => Enumerable.Range(set.FirstOrdinal, set.Replicas).Select(n => new ObjectKey(ResourceKind.Pod, set.Metadata.Namespace, $"{set.Name}-{n}"))),
    ];
}
