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
        command.Subcommands.Add(Up(terminal));
        command.Subcommands.Add(Down(terminal, cancellation));
        return command;
    }

    private static Command Up(Terminal terminal)
    {
        var command = new Command("up", "Start Docker Engines in namespaces of their own on this machine, each a node (Linux, as root).");
        var kind = new Argument<string>("FLEET") { Description = $"Kind: {DockerEngine.Kind}." };
        var engines = new Option<int>("--engines") { Description = "How many.", HelpName = "N", DefaultValueFactory = _ => 4, CustomParser = OptionValues.Whole("--engines") };
        command.Arguments.Add(kind);
        command.Options.Add(engines);
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(kind)!;
            if (name != DockerEngine.Kind) throw new InputException(new InputProblem("FLEET", 0, 0, "", name, $"expected {DockerEngine.Kind}: other fleets need no start"));
            try
            {
                foreach (string host in EngineHosts.Up(parsed.GetValue(engines))) terminal.Out.WriteLine(host);
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
                int engines = name == DockerEngine.Kind ? EngineHosts.Down() : 0;
                if (engines > 0) terminal.Note($"{engines} engines were taken away");
                int count = name switch
                {
                    ProcessEngine.Kind => ProcessEngine.TakeAwayLeftovers(),
                    // With engines of our own gone there may be no other to ask.
                    DockerEngine.Kind => DockerEngine.TakeAwayLeftoversAsync(engines > 0 && parsed.GetValue(engine) is not { Length: > 0 } ? [] : FleetKinds.Engines(parsed.GetValue(engine)), cancellation).GetAwaiter().GetResult(),
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
