using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary><c>fieldSelectors</c>: the fields of pods that the API server can select by, as far as a run has them.</summary>
internal sealed class MeshFields
{
    private static readonly string[] Known = ["metadata.name", "spec.nodeName", "status.phase"];

    /// <summary>Name of the pod, when stated.</summary>
    internal string? Name { get; private set; }

    /// <summary>Name of its node, when stated.</summary>
    internal string? Node { get; private set; }

    /// <summary>Its phase, when stated.</summary>
    internal string? Phase { get; private set; }

    /// <summary>Reads the mapping.</summary>
    internal void Read(YamlValue? map)
    {
        foreach ((string key, YamlValue value) in map?.Entries() ?? [])
        {
            if (!Known.Contains(key, StringComparer.Ordinal))
            {
                value.Report($"expected one of the fields {string.Join(", ", Known)}", NearestName.Find(key, Known));
                continue;
            }

            if (value.Text() is not { } text) continue;
            if (key == Known[0]) Name = text;
            else if (key == Known[1]) Node = text;
            else if (Enum.TryParse(text, out PodLifePhase phase) && $"{phase}" == text) Phase = text;
            else value.Report($"expected a phase: {string.Join(", ", Enum.GetNames<PodLifePhase>())}", NearestName.Find(text, Enum.GetNames<PodLifePhase>()));
        }
    }
}
