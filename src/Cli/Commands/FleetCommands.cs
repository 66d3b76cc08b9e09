using System.CommandLine;
using SchedBench.Core.Input;
using SchedBench.Fleets.Docker;
using SchedBench.Fleets.Processes;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench fleet</c>: takes away what runs on real machines that were killed have left.</summary>
internal static class FleetCommands
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("fleet", "Real machines: take away what killed runs have left.");
        command.Subcommands.Add(Down(terminal, cancellation));
        return command;
    }

    private static Command Down(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("down", "Take away containers and processes of runs whose program is gone. Nothing else is touched.");
        var kind = new Argument<string>("FLEET") { Description = $"Kind: {string.Join(", ", FleetKinds.Names)}." };
        Option<string[]> engine = FleetKinds.EngineOption();
        command.Arguments.Add(kind);
        command.Options.Add(engine);
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(kind)!;
            try
            {
                int count = name switch
                {
                    ProcessEngine.Kind => ProcessEngine.TakeAwayLeftovers(),
                    DockerEngine.Kind => DockerEngine.TakeAwayLeftoversAsync(FleetKinds.Engines(parsed.GetValue(engine)), cancellation).GetAwaiter().GetResult(),
                    _ => throw new InputException(new InputProblem("FLEET", 0, 0, "", name, $"expected one of {string.Join(", ", FleetKinds.Names)}", NearestName.Find(name, FleetKinds.Names))),
                };
                terminal.Note($"{count} {(name == ProcessEngine.Kind ? "processes" : "containers")} of killed runs were taken away");
                return ExitCode.Ok;
            }
            catch (EngineException error)
            {
                terminal.Note($"schedbench: {error.Message}");
                return ExitCode.RunFailed;
            }
        });
        return command;
    }
}
