using SchedBench.Core.Objects;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>News of pods that come late, as the way from the control plane is slow. They keep their order, as in one stream.</content>
public sealed partial class NodeAgent
{
    private readonly Dictionary<int, Queue<(TimeSpan Due, Pod Pod, bool IsGone)>> _news = [];

    /// <summary>Ways that are slow; null for none.</summary>
    internal IAgentWay? Way { get; set; }

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
        Queue<(TimeSpan Due, Pod Pod, bool IsGone)> news = _news[node];
        (_, Pod pod, bool isGone) = news.Dequeue();
        if (news.Count == 0) _news.Remove(node);
        OnPodChange(pod, isGone);
    }
}
