using SchedBench.Core.Objects;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>News of pods that come late, as the way from the control plane is slow. They keep their order, as in one stream.</content>
public sealed partial class NodeAgent
{
    private readonly Dictionary<int, Queue<(TimeSpan Due, Pod Pod, bool IsGone)>> _news = [];

    /// <summary>Ways that are slow; null for none.</summary>
    internal IAgentWay? Way { get; set; }

    /// <summary>Whether news of pods are under way to some agent.</summary>
    internal bool HasLateNews => _news.Count > 0;

    private void Hear(Pod pod, bool isGone)
    {
        int node = pod.Node.Value;
        bool isBehind = _news.TryGetValue(node, out Queue<(TimeSpan Due, Pod Pod, bool IsGone)>? news);
        if (!pod.Node.IsNode || (!isBehind && Way?.IsSlow(node) != true))
        {
            OnPodChange(pod, isGone);
            return;
        }

        TimeSpan due = _loop.Now + (Way?.IsSlow(node) == true ? Way.FromControlPlane(node) : TimeSpan.Zero);
        if (news is null) _news.Add(node, news = []);
        else if (news.Count > 0 && news.Last().Due is var last && last > due) due = last;
        news.Enqueue((due, pod, isGone));
        _loop.Schedule(due, new EventData(_handler, NewsDue, node));
    }

    private void OnNewsDue(int node)
    {
        // What was heard earlier than it was due is no news any more.
        if (!_news.TryGetValue(node, out Queue<(TimeSpan Due, Pod Pod, bool IsGone)>? news) || news.Peek().Due > _loop.Now) return;
        (_, Pod pod, bool isGone) = news.Dequeue();
        if (news.Count == 0) _news.Remove(node);
        OnPodChange(pod, isGone);
    }

    /// <summary>The way of a node is well again: whoever waits for an answer asks anew, so that what is under way arrives now.</summary>
    internal void CatchUp(int node)
    {
        if (_news.Remove(node, out Queue<(TimeSpan Due, Pod Pod, bool IsGone)>? news))
        {
            foreach ((_, Pod pod, bool isGone) in news) OnPodChange(pod, isGone);
        }

        TimeSpan due = _loop.Now + _store.Conditions.WriteDelay;
        foreach (AgentPod pod in PodsOn(node))
        {
            if (!pod.IsSent || pod.WriteAt <= due) continue;
            pod.WriteAt = due;
            Later(due, WriteDue, pod);
        }
    }
}
