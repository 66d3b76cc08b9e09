using SchedBench.Core.Faults;

namespace SchedBench.Chaos.Effects;

/// <content>Effects on what all share: names, images, volumes.</content>
public static partial class EffectCatalog
{
    private static IEnumerable<EffectKind> Cluster()
    {
        EffectParameter factor = new("factor", ParameterType.Number, "times as slow") { Least = 1, Most = 10_000, IsRequired = true };
        yield return new(
            "dnsFailure", EffectTarget.Cluster, "clients that open a connection do not find the service", "failed requests; pods are well",
            [
                new("percent", ParameterType.Number, "percents of the look-ups that fail") { Least = 0, Most = 100, Default = "100" },
                new("service", ParameterType.Text, "service whose name fails, 'namespace/name' or 'name'; all unless stated"),
            ],
            effect => new DnsEffect(effect.Number("percent") / 100, effect.Value("service") ?? ""));
        yield return new("registryDown", EffectTarget.Cluster, "pulls fail", "image pull back-off", [], _ => new RegistryEffect(IsDown: true, 1, ""));
        yield return new("registrySlow", EffectTarget.Cluster, "pulls are slower", "pods that start late", [factor], effect => new RegistryEffect(IsDown: false, effect.Number("factor"), ""));
        yield return new(
            "imageCorrupt", EffectTarget.Cluster, "pulls of an image fail; nodes that have it go on", "image pull back-off",
            [new("image", ParameterType.Text, "'name', or 'name:tag'") { IsRequired = true }],
            effect => new RegistryEffect(IsDown: false, 1, effect.Value("image")!));
        yield return new("volumeAttachFailure", EffectTarget.Cluster, "volumes cannot be attached; it is tried again and again", "pods that wait for their volumes", [], _ => new VolumeEffect(AttachFails: true, 1));
        yield return new("volumeSlow", EffectTarget.Cluster, "attaching and detaching volumes is slower", "pods that wait for their volumes", [factor], effect => new VolumeEffect(AttachFails: false, effect.Number("factor")));
    }
}
