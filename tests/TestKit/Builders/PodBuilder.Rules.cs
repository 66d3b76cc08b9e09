using SchedBench.Core.Objects;

namespace SchedBench.TestKit;

/// <content>Labels and rules of placement.</content>
public sealed partial class PodBuilder
{
    private ValueList<Label> _labels;
    private string? _namespace;

    /// <summary>Labels.</summary>
    public ValueList<Label> Labels => _labels;

    /// <summary>Namespace.</summary>
    public string Namespace => _namespace ?? "";

    /// <summary>Adds a label.</summary>
    public PodBuilder Label(string key, string value)
    {
        _labels = _labels.With(key, value);
        return this;
    }

    /// <summary>The namespace.</summary>
    public PodBuilder In(string ns)
    {
        _namespace = ns;
        return this;
    }

    /// <summary>Tolerates a taint; any value when <paramref name="value"/> is null, any effect when <paramref name="effect"/> is.</summary>
    public PodBuilder Tolerates(string key, string? value = null, TaintEffect? effect = null) =>
        With(_spec with { Tolerations = [.. _spec.Tolerations, new Toleration(key, value is null, value ?? "", effect, null)] });

    /// <summary>Adds a required node affinity term: all requirements hold.</summary>
    public PodBuilder NodeAffinity(ValueList<LabelRequirement> labels, ValueList<LabelRequirement> fields = default) => WithAffinity(
        affinity => affinity with { RequiredNodes = [.. affinity.RequiredNodes ?? default, new NodeSelectorTerm(labels, fields)] });

    /// <summary>The only node.</summary>
    public PodBuilder OnNode(string node) => With(_spec with { NodeName = node });

    /// <summary>Takes a port of the node.</summary>
    public PodBuilder HostPort(int port, string ip = "", string protocol = "TCP") => With(_spec with { HostPorts = [.. _spec.HostPorts, new HostPort(port, protocol, ip)] });

    /// <summary>Adds a topology spread constraint.</summary>
    public PodBuilder Spread(TopologySpreadConstraint constraint) => With(_spec with { TopologySpread = [.. _spec.TopologySpread, constraint] });

    /// <summary>Adds a hard constraint over pods of a label.</summary>
    public PodBuilder Spread(string topologyKey, string app, int maxSkew = 1) =>
        Spread(new TopologySpreadConstraint { TopologyKey = topologyKey, MaxSkew = maxSkew, Selector = LabelSelector.Of([new Label("app", app)]) });

    /// <summary>Adds required affinity.</summary>
    public PodBuilder Near(PodAffinityTerm term) => WithAffinity(affinity => affinity with { RequiredPods = [.. affinity.RequiredPods, term] });

    /// <summary>Adds required affinity to pods of an app.</summary>
    public PodBuilder Near(string app, string topologyKey) => Near(new PodAffinityTerm(LabelSelector.Of([new Label("app", app)]), [], null, topologyKey));

    /// <summary>Adds required anti-affinity.</summary>
    public PodBuilder AwayFrom(PodAffinityTerm term) => WithAffinity(affinity => affinity with { RequiredAnti = [.. affinity.RequiredAnti, term] });

    /// <summary>Adds required anti-affinity to pods of an app.</summary>
    public PodBuilder AwayFrom(string app, string topologyKey) => AwayFrom(new PodAffinityTerm(LabelSelector.Of([new Label("app", app)]), [], null, topologyKey));

    /// <summary>Mounts a claim.</summary>
    public PodBuilder Claim(string name) => With(_spec with { Volumes = [.. _spec.Volumes, new Volume(name, VolumeKind.PersistentVolumeClaim, name, false, null)] });

    /// <summary>Pushes nobody out.</summary>
    public PodBuilder NeverPreempts() => With(_spec with { PreemptionPolicy = PreemptionPolicy.Never });

    private PodBuilder WithAffinity(Func<Affinity, Affinity> change) => With(_spec with { Affinity = change(_spec.Affinity ?? new Affinity()) });
}
