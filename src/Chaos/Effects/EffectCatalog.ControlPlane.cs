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
    }

    private static ControlPlaneEffect Elected(FaultEffect effect) => new() { Lease = effect.Duration("lease")!.Value, Retry = effect.Duration("retry")!.Value };
}
