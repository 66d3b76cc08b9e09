using System.CommandLine;
using SchedBench.Core.Input;
using SchedBench.Core.Nodes;
using SchedBench.Core.Time;
using SchedBench.Fleets;
using SchedBench.Fleets.Docker;
using SchedBench.Fleets.Processes;

namespace SchedBench.Cli.Commands;

/// <summary>The kinds of fleets that <c>--fleet</c> names.</summary>
internal static class FleetKinds
{
    /// <summary>Machines that are only numbers.</summary>
    public const string Simulated = "simulated";

    /// <summary>The real ones.</summary>
    public static IReadOnlyList<string> Names { get; } = [ProcessEngine.Kind, DockerEngine.Kind];

    /// <summary>The option that names engines.</summary>
    public static Option<string[]> EngineOption() => new("--engine") { Description = "An engine of the docker fleet, unix:///path or tcp://host:port; several are several nodes (default: those of 'fleet up', DOCKER_HOST, or the usual socket).", HelpName = "HOST" };

    /// <summary>Hosts of engines: the stated ones, those of <c>fleet up</c>, or the usual one.</summary>
    public static IReadOnlyList<string> Engines(IReadOnlyList<string>? stated) => stated is { Count: > 0 } ? stated : EngineHosts.Running is { Count: > 0 } running ? running : [DockerEngine.UsualHost];

    /// <summary>How the machines of a cell are opened; null for simulated ones.</summary>
    /// <exception cref="InputException">There is no such kind.</exception>
    /// <param name="kind">Kind.</param>
    /// <param name="engines">Hosts of engines; empty for the usual one.</param>
    public static Func<WallClock, Mailbox, TimeSpan, INodeFleet>? Opener(string kind, IReadOnlyList<string> engines)
    {
        if (kind == Simulated) return null;
        if (kind == ProcessEngine.Kind) return (clock, mailbox, until) => new RealFleet(new ProcessEngine(), clock, mailbox, until);
        if (kind == DockerEngine.Kind) return (clock, mailbox, until) => new RealFleet(new DockerEngine(Engines(engines)), clock, mailbox, until);
        string[] names = [Simulated, .. Names];
        throw new InputException(new InputProblem("--fleet", 0, 0, "", kind, $"expected one of {string.Join(", ", names)}", NearestName.Find(kind, names)));
    }
}
