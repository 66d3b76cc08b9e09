using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Swarm;

namespace SchedBench.Core.Runs;

/// <content>Docker Swarm's controllers in place of Kubernetes'.</content>
public sealed partial class OrchestratedRun
{
    /// <summary>Docker Swarm's ways; null when the cluster is Kubernetes'.</summary>
    public SwarmOptions? Swarm => _options.Swarm;

    /// <summary>The endpoints of services.</summary>
    private EndpointSliceController Endpoints { get; } = new();

    /// <summary>
    /// The options as a run of Docker Swarm takes them. Managers are one process with their own store, so nothing they see is late and no client limits them; the scheduler
    /// gathers changes, tries again at every change and preempts nobody; addresses travel by gossip instead of kube-proxy; agents are Swarm's.
    /// </summary>
    private static OrchestratedRunOptions Adapted(OrchestratedRunOptions options)
    {
        if (options.Swarm is not { } swarm) return options;
        if (options.ClusterAutoscaler is not null) throw new ArgumentException("Docker Swarm has no cluster autoscaler: its fleet stays as it is.", nameof(options));
        if (SwarmOptionsCheck.FirstProblem(swarm) is { } problem) throw new ArgumentException(problem, nameof(options));
        return options with
        {
            SchedulerDelay = TimeSpan.Zero,
            ControllerDelay = TimeSpan.Zero,
            ControllerLimits = ClientLimits.None,
            Preempts = false,
            Scheduler = options.Scheduler with
            {
                GatherGap = swarm.SchedulerGap,
                GatherMax = swarm.SchedulerLatencyMax,
                Queue = options.Scheduler.Queue with { InitialBackoff = TimeSpan.Zero, MaxBackoff = TimeSpan.Zero },
            },
            Network = options.Network with { WatchDelay = swarm.GossipDelay, ProxySyncPeriod = TimeSpan.Zero, ProgrammingDelay = TimeSpan.Zero },
            Agents = options.Agents is null ? null : options.Agents with
            {
                Swarm = swarm,
                WatchDelay = TimeSpan.Zero,
                RelistPeriod = TimeSpan.Zero,
                StatusLimits = ClientLimits.None,
                PullLimits = ClientLimits.None,
            },
        };
    }

    /// <summary>The orchestrators, and of the others those that look after objects of any kind.</summary>
    private void AddSwarm(SwarmOptions swarm)
    {
        Controllers.Context.Feed.Subscribe(_swarmPods = new PodsByNode(Fleet.Count));
        Controllers.Add(new SwarmOrchestrator(swarm, _swarmPods, Fleet.Count));
        Controllers.Add(new GarbageCollector());
        Controllers.Add(new NamespaceController());
    }

    private PodsByNode? _swarmPods;

    /// <summary>Gives a service the version before (<c>docker service rollback</c>), at a user's wish.</summary>
    /// <exception cref="RunStepException">There is none, or another revision is asked for: Docker Swarm keeps one.</exception>
    internal void RollBackService(Deployment deployment, long? revision)
    {
        SwarmService service = SwarmService.Of(deployment)!.Value;
        if (revision is not null && revision != service.Status?.PreviousVersion)
            throw new RunStepException($"{deployment.Key} cannot go back to revision {revision}: Docker Swarm keeps the version before the current one alone");
        KubeObject back = service.RolledBack(Loop.Now, "manually requested rollback") ?? throw new RunStepException($"{deployment.Key} has no version before the current one");
        StepTarget.Update(this, back);
        Facts.Record(new Fact(FactKind.RolledBack, Loop.Now, default, checked((int)deployment.Uid), NodeIndex.None, service.Status!.PreviousVersion));
    }

    /// <summary>Who watches over nodes: the dispatcher, and the gossip of the overlay network.</summary>
    private SwarmHeartbeats AddSwarmNodes(SwarmOptions swarm, NodeHealth health)
    {
        var heartbeats = new SwarmHeartbeats(Loop, health, Fleet.Count, swarm, n => Fleet.Nodes[n].Name, Seed);
        _ = new SwarmGossip(Loop, health, Endpoints, swarm, Fleet.Count, n => Fleet.Nodes[n].Name, Seed);
        Controllers.Add(new SwarmDispatcher(heartbeats, _swarmPods!, swarm, Fleet.Count));
        return heartbeats;
    }
}
