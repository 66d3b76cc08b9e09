using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats;

/// <summary>A file of some chaos tool, as it was found.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="DisplayName">What messages call it.</param>
public readonly record struct FaultFile(string Path, string DisplayName);

/// <summary>What files of a chaos tool say.</summary>
/// <param name="Sources">Their faults, in the order of the files.</param>
/// <param name="Notes">What the user should know of values that are accepted and mean less here.</param>
public sealed record FileFaults(IReadOnlyList<FaultSource> Sources, IReadOnlyList<InputProblem> Notes);

/// <summary>How files of chaos tools are applied to a run.</summary>
public sealed record FileFaultOptions
{
    /// <summary>Instant of the run at which they are applied.</summary>
    public TimeSpan At { get; init; }

    /// <summary>Names in the files (instances, machines, subnets) and what the run calls them; what is not listed has one name.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>Time that a machine is off when it is restarted: the files do not say it.</summary>
    public TimeSpan RestartTime { get; init; } = TimeSpan.FromMinutes(1);
}
