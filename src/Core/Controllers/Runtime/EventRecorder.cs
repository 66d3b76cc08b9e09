using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>Writes Events about objects: equal ones are counted, not repeated (client-go <c>tools/record</c>).</summary>
/// <remarks>Events are for people and cost writes; a run that nobody looks at leaves them out.</remarks>
public sealed class EventRecorder(EventLoop loop, ObjectStore store, bool isOn)
{
    private readonly Dictionary<(long Uid, string Reason, string Message), ObjectKey> _known = [];
    private long _made;

    /// <summary>Something ordinary happened to an object.</summary>
    public void Tell(KubeObject regarding, string reason, string message, string source) => Record(regarding, reason, message, source, isWarning: false);

    /// <summary>Something went wrong with an object.</summary>
    public void Warn(KubeObject regarding, string reason, string message, string source) => Record(regarding, reason, message, source, isWarning: true);

    private void Record(KubeObject regarding, string reason, string message, string source, bool isWarning)
    {
        if (!isOn) return;
        (long, string, string) identity = (regarding.Uid, reason, message);
        if (_known.TryGetValue(identity, out ObjectKey key) && store.View.Find(key) is ObjectEvent known)
        {
            _ = store.Update(known with { Count = known.Count + 1, LastAt = loop.Now });
            return;
        }

        var told = new ObjectEvent
        {
            Metadata = new ObjectMeta { Name = PodControl.GeneratedName(regarding.Name, _made++), Namespace = regarding.Metadata.Namespace.Length > 0 ? regarding.Metadata.Namespace : "default" },
            Regarding = regarding.Key,
            RegardingUid = regarding.Uid,
            Reason = reason,
            Message = message,
            IsWarning = isWarning,
            Source = source,
            LastAt = loop.Now,
        };
        if (store.Create(told, out KubeObject created) is null) _known[identity] = created.Key;
    }
}
