using SchedBench.Core.Faults;

namespace SchedBench.Chaos.Effects;

/// <content>Effects on the control plane itself.</content>
public static partial class EffectCatalog
{
    private static readonly EffectParameter[] Election =
    [
        new("lease", ParameterType.Duration, "how long a leader's lease lasts: nobody follows before it has run out") { Default = "15s", Most = 3_600 },
        new("retry", ParameterType.Duration, "how often it is renewed, and others try to take it") { Default = "2s", Most = 3_600 },
    ];

    private static IEnumerable<EffectKind> ControlPlane()
    {
        yield return new(
            "schedulerCrash", EffectTarget.Cluster, "the scheduler ends, with its queue, its back-offs, the pods it assumed and its strategy's memory; one with a fresh strategy follows when the fault is over and the lease has run out",
            "nothing is placed; bindings that were not written never arrive", Election, effect => Elected(effect) with { EndsScheduler = true });
        yield return new(
            "controllerManagerCrash", EffectTarget.Cluster, "the controllers end, with their queues and what they held in memory; others follow when the fault is over and the lease has run out",
            "nothing is scaled, replaced, evicted, nor are endpoints changed", Election, effect => Elected(effect) with { EndsControllers = true });
        yield return new(
            "apiServerDown", EffectTarget.Cluster, "no call is answered: pods and known endpoints go on, everybody else waits; scheduler and controllers exit after 10 s without their lease, and start anew afterwards",
            "nothing; agents and users catch up afterwards, and no node is lost for the silence", [], _ => new ControlPlaneEffect { Outage = ControlPlaneEffect.AsLongAsTheFault });
        EffectParameter latency = new("latency", ParameterType.Duration, "how much longer") { IsRequired = true, Most = 3_600 };
        yield return new(
            "apiServerSlow", EffectTarget.Cluster, "every write takes longer, and scheduler, controllers and agents hear of it later yet by as much", "late bindings, statuses, endpoints; decisions on stale views",
            [latency], effect => new ControlPlaneEffect { WriteDelay = effect.Duration("latency")!.Value, WatchDelay = effect.Duration("latency")!.Value });
        yield return new(
            "apiServerErrors", EffectTarget.Cluster, "writes of scheduler, controllers and agents are refused (429), and tried again after 1 s; bindings after the pod's back-off", "late bindings, statuses, endpoints",
            [new("percent", ParameterType.Number, "percents of the writes") { IsRequired = true, Most = 99 }], effect => new ControlPlaneEffect { RefusedShare = effect.Number("percent") / 100 });
        EffectParameter election = new("election", ParameterType.Duration, "how long the members need to agree on another leader") { Default = "1s", Most = 50 };
        yield return new(
            "etcdLeaderLoss", EffectTarget.Cluster, "etcd elects another leader: no write is taken until it has one", "writes that wait",
            [election], effect => new ControlPlaneEffect { Outage = effect.Duration("election")!.Value });
        yield return new(
            "etcdQuorumLoss", EffectTarget.Cluster, "too few members of etcd are left: nothing is written, and nothing is read that has to be true", "as apiServerDown",
            [], _ => new ControlPlaneEffect { Outage = ControlPlaneEffect.AsLongAsTheFault });
        yield return new(
            "etcdSlowDisk", EffectTarget.Cluster, "every write takes longer: it is on the disks of most members before it is one", "late bindings, statuses, endpoints",
            [latency], effect => new ControlPlaneEffect { WriteDelay = effect.Duration("latency")!.Value });
        yield return new(
            "controlPlaneNodeLoss", EffectTarget.Cluster, "machines of the control plane are lost: without a quorum nothing is written as long as the fault holds, with one etcd elects another leader; leaders that were on them are followed by those on the others",
            "as etcdQuorumLoss, or as etcdLeaderLoss with schedulerCrash and controllerManagerCrash",
            [
                new("members", ParameterType.Whole, "machines of the control plane, each with etcd, an API server, a scheduler and a controller manager") { Default = "3", Least = 1, Most = 9 },
                new("lost", ParameterType.Whole, "how many of them are lost") { Default = "1", Least = 1, Most = 9 },
                Flag("leaders", "whether the leaders of scheduler and controllers are on them", "true"),
                election,
                .. Election,
            ],
            Loss);
        yield return new(
            "controlPlaneMove", EffectTarget.Cluster, "the control plane goes to another host with its store: it is off as long as the fault holds, and its processes start anew afterwards", "as apiServerDown",
            Election, effect => Elected(effect) with { Outage = ControlPlaneEffect.AsLongAsTheFault, EndsScheduler = true, EndsControllers = true });
        yield return Restore();
    }

    private static EffectKind Restore() => new(
        "storeRestore", EffectTarget.Cluster, "the store is restored from a snapshot: off as long as the fault holds, then objects are what they were, running pods are not; scheduler and controllers start anew",
        "a past that is not true any more: agents stop pods that the API does not know, and start those that it thinks run",
        [new("age", ParameterType.Duration, "how much older than the fault the snapshot is") { Least = 1, Most = LongestSeconds, IsRequired = true }, .. Election],
        effect => Elected(effect) with { Outage = ControlPlaneEffect.AsLongAsTheFault, EndsScheduler = true, EndsControllers = true, SnapshotAge = effect.Duration("age")!.Value });

    private static ControlPlaneEffect Loss(FaultEffect effect)
    {
        var quorum = new EtcdQuorum((int)effect.Whole("members"), (int)effect.Whole("lost"));
        bool ends = effect.Value("leaders") == "true" || quorum.Left <= 0;
        return Elected(effect) with
        {
            Members = quorum,
            Outage = quorum.IsLost ? ControlPlaneEffect.AsLongAsTheFault : effect.Duration("election")!.Value,
            EndsScheduler = ends,
            EndsControllers = ends,
            HasStandby = quorum.Left > 0,
        };
    }

    private static ControlPlaneEffect Elected(FaultEffect effect) => new() { Lease = effect.Duration("lease")!.Value, Retry = effect.Duration("retry")!.Value };
}
