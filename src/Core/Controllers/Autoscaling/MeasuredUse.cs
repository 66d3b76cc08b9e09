using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>Use of pods as metrics-server reports it: rates are the difference of two readings over their distance. CPU is what containers take without requests and what requests
/// take; memory is what the node agents know, and what requests in work take.</summary>
/// <remarks>Readings are taken when somebody asks, not every 15 s: an autoscaler that asks at every sync finds its own earlier readings. The first question about a pod has no
/// answer for rates, as with metrics-server after a pod's first scrape.</remarks>
internal sealed class MeasuredUse : IPodUsage, IStoreListener
{
    private const double Permille = 1000;
    private readonly EventLoop _loop;
    private readonly NodeAgent _agents;
    private readonly RequestTraffic? _traffic;
    private readonly ObjectView _view;
    private readonly Dictionary<long, List<Reading>> _readings = [];

    private readonly record struct Reading(TimeSpan At, double CpuMilliseconds, long Requests);

    /// <summary>Reads agents and traffic of a store's pods.</summary>
    public MeasuredUse(EventLoop loop, ObjectStore store, NodeAgent agents, RequestTraffic? traffic)
    {
        _loop = loop;
        _agents = agents;
        _traffic = traffic;
        _view = store.View;
        store.Subscribe(this);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Pod pod && (change.After is null || pod.HasEnded)) _readings.Remove(pod.Uid);
    }

    /// <inheritdoc/>
    public bool TryGet(long podUid, AutoscalingMetric metric, TimeSpan window, out long value)
    {
        value = 0;
        if (_view.Find(podUid) is not Pod { Status.Phase: PodLifePhase.Running }) return false;
        if (metric == AutoscalingMetric.Memory)
        {
            value = _agents.MemoryBytesOf(podUid);
            // Without readings that far apart it is what the containers take without requests.
            if (_traffic is not null && TryGetRate(podUid, window, AutoscalingMetric.RequestRate, out double requests)) value += (long)_traffic.MemoryOfRequests(podUid, requests / Permille);
            return true;
        }

        if (!TryGetRate(podUid, window, metric, out double rate)) return false;
        value = (long)rate;
        return true;
    }

    /// <summary>Milli CPU, or thousandths of a request a second, between the first reading of the window and now.</summary>
    private bool TryGetRate(long podUid, TimeSpan window, AutoscalingMetric metric, out double rate)
    {
        rate = 0;
        Reading now = Read(podUid);
        if (!_readings.TryGetValue(podUid, out List<Reading>? readings)) _readings.Add(podUid, readings = []);
        // One reading from before the window stays: without it a window that is shorter than the distance of the questions would hold none.
        while (readings.Count > 1 && readings[1].At <= now.At - window) readings.RemoveAt(0);
        if (readings.Count == 0 || readings[^1].At < now.At) readings.Add(now);
        Reading first = readings[0];
        double seconds = (now.At - first.At).TotalSeconds;
        if (seconds <= 0) return false;
        rate = (metric == AutoscalingMetric.Cpu ? now.CpuMilliseconds - first.CpuMilliseconds : Permille * (now.Requests - first.Requests)) / seconds;
        return true;
    }

    private Reading Read(long pod)
    {
        long requests = 0;
        double milliseconds = _agents.CpuMillisecondsOf(pod);
        if (_traffic is not null && _traffic.TryGetUse(pod, out requests, out double ofRequests)) milliseconds += ofRequests;
        return new Reading(_loop.Now, milliseconds, requests);
    }
}
