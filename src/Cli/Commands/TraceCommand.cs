using System.CommandLine;
using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Files;
using SchedBench.Workloads.Generators;
using SchedBench.Workloads.Generators.Fitting;
using SchedBench.Workloads.Inspection;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Native;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench trace</c>: looks at traces, converts, generates and fits them.</summary>
internal static class TraceCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("trace", "Inspect, convert, generate and fit workload traces.");
        command.Subcommands.Add(Inspect(terminal));
        command.Subcommands.Add(Convert(terminal));
        command.Subcommands.Add(Generate(terminal));
        command.Subcommands.Add(Fit(terminal));
        return command;
    }

    private static Command Inspect(Terminal terminal)
    {
        var command = new Command("inspect", "Print counts, time span, resource histograms, distinct shapes and offered load of a trace.");
        TraceOptions trace = new TraceOptions().AddTo(command);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            TraceContents contents = trace.Read(parsed);
            IReadOnlyList<NodeSpec> nodes = trace.ReadNodes(parsed, contents);
            TableFormat chosen = parsed.GetValue(format);
            TableOutput.WriteAll(terminal, [.. InspectionTables.Of(TraceInspection.Of(contents.Workload, nodes)).Select(TableOf)], chosen);
            Report(contents.Report, terminal);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Convert(Terminal terminal)
    {
        var command = new Command("convert", "Write a trace as native CSV.");
        TraceOptions trace = new TraceOptions().AddTo(command);
        Option<string> to = OutFolder(command);
        command.SetAction(parsed =>
        {
            TraceContents contents = trace.Read(parsed);
            string folder = parsed.GetValue(to)!;
            NativeTraceWriter.Write(folder, contents.Workload, trace.ReadNodes(parsed, contents));
            Report(contents.Report, terminal);
            terminal.Note($"{contents.Workload.Pods.Length} pods written to {folder}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Generate(Terminal terminal)
    {
        var command = new Command("generate", "Make a synthetic trace and write it as native CSV.");
        var options = new Argument<string>("options") { Description = "Options of the generator (YAML, docs/synthetic-traces.md)." };
        Func<System.CommandLine.Parsing.ArgumentResult, ulong> number = OptionValues.Number<ulong>("--seed", "expected a seed from 0 to 18446744073709551615");
        var seed = new Option<ulong?>("--seed") { Description = "Seed instead of the file's.", HelpName = "N", CustomParser = result => number(result) };
        command.Arguments.Add(options);
        command.Options.Add(seed);
        Option<string> to = OutFolder(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(options)!;
            SyntheticTraceOptions read = SyntheticTraceFile.Read(path, path, out _);
            if (parsed.GetValue(seed) is { } given) read = read with { Seed = given };
            SyntheticTraceContents contents = SyntheticTrace.Generate(read);
            string folder = parsed.GetValue(to)!;
            NativeTraceWriter.Write(folder, contents.Workload, contents.Nodes);
            terminal.Note($"{contents.Workload.Pods.Length} pods in {contents.Workload.Groups.Count} groups and alone, and {contents.Nodes.Count} nodes written to {folder}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Fit(Terminal terminal)
    {
        var command = new Command("fit", "Estimate the generator's options from a trace and write them as a file for 'trace generate'.");
        TraceOptions trace = new TraceOptions().AddTo(command);
        var to = new Option<string>("--out") { Description = "Options file to write (YAML).", HelpName = "FILE", Required = true };
        var name = new Option<string>("--name") { Description = "Name in the options file.", HelpName = "NAME", DefaultValueFactory = _ => "fitted" };
        command.Options.Add(to);
        command.Options.Add(name);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetValue(name)!;
            if (KubernetesName.CheckSubdomain(wanted) is { } error) throw new InputException(new InputProblem("--name", 0, 0, "", wanted, error.Expected));
            TraceContents contents = trace.Read(parsed);
            TraceFitResult fit = TraceFit.Fit(contents.Workload, trace.ReadNodes(parsed, contents), new TraceFitOptions { Name = wanted });
            string path = parsed.GetValue(to)!;
            string[] comment = [$"Estimated from {contents.Report.Files[0].Name} (SHA-256 {contents.Report.Files[0].Sha256Hex})."];
            AtomicFile.WriteText(path, text => text.Write(SyntheticTraceFile.Write(fit.Options, comment)));
            TableOutput.WriteAll(terminal, [.. TraceFitTables.Of(fit).Select(TableOf)], parsed.GetValue(format));
            Report(contents.Report, terminal);
            terminal.Note($"options written to {path}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Option<string> OutFolder(Command command)
    {
        var option = new Option<string>("--out") { Description = "Folder for pods.csv, groups.csv and nodes.csv.", HelpName = "DIR", Required = true };
        command.Options.Add(option);
        return option;
    }

    private static Table TableOf(InspectionTable table)
    {
        bool[] numeric = [.. Enumerable.Range(0, table.Columns.Count).Select(c => table.Rows.Count > 0 && table.Rows.All(row => IsNumber(row[c])))];
        var simple = new SimpleTable(table.Title, [.. table.Columns.Select((column, c) => numeric[c] ? "#" + column : column)]);
        foreach (IReadOnlyList<string> row in table.Rows) simple.Add([.. row]);
        return simple.Build();
    }

    private static bool IsNumber(string text) => text.Length == 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>What the reader did: rows read, changed and dropped, and why. On standard error, so that tables stay clean.</summary>
    private static void Report(ReadReport report, Terminal terminal)
    {
        terminal.Note($"{report.RowsRead} rows read as {report.Format}: {report.Pods} pods, {report.Groups} groups, {report.Nodes} nodes");
        foreach (ReadNote note in report.Notes)
        {
            string examples = string.Join("; ", note.Examples.Select(example => $"{(example.Line > 0 ? $"line {example.Line} " : "")}{example.Field} {example.Value}".Trim()));
            terminal.Note($"  {note.Kind.ToString().ToLowerInvariant()} {note.Count} × {note.Code}: {note.Meaning}{(examples.Length > 0 ? $" ({examples})" : "")}");
        }
    }
}

/// <summary>Options that name a trace and how it is to be read.</summary>
internal sealed class TraceOptions
{
    private readonly Argument<string> _file = new("file") { Description = "Trace file, or a folder of native CSV." };
    private readonly Option<string?> _format = new("--format") { Description = $"Format: {string.Join(", ", TraceReaderCatalog.All.Select(reader => reader.Format))} (guessed for .swf and folders).", HelpName = "FORMAT" };
    private readonly Option<bool> _strict = new("--strict") { Description = "Refuse rows that would be changed or dropped." };
    private readonly Option<string[]> _settings = new("--set") { Description = "Setting of the format, name=value; may be given several times.", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _nodes = new("--nodes") { Description = "Node list, for the offered load.", HelpName = "FILE" };
    private readonly Option<string?> _nodesFormat = new("--nodes-format") { Description = "Format of the node list (default: that of the trace).", HelpName = "FORMAT" };

    public TraceOptions AddTo(Command command)
    {
        command.Arguments.Add(_file);
        foreach (Option option in (Option[])[_format, _strict, _settings, _nodes, _nodesFormat]) command.Options.Add(option);
        return this;
    }

    /// <summary>Reads the trace.</summary>
    public TraceContents Read(ParseResult parsed)
    {
        string path = parsed.GetValue(_file)!;
        ITraceReader reader = TraceReaderCatalog.Get(FormatOf(parsed, path), "--format");
        var options = new TraceReadOptions { DisplayName = path, Strict = parsed.GetValue(_strict) };
        foreach (string setting in parsed.GetValue(_settings) ?? [])
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new InputException(new InputProblem("--set", 0, 0, "", setting, "expected name=value"));
            if (TraceSettings.Apply(reader, setting[..equals], setting[(equals + 1)..], ref options) is { } problem) throw new InputException(problem with { File = "--set" });
        }

        return reader.Read(path, options);
    }

    /// <summary>Reads the node list, or takes the nodes that came with the trace.</summary>
    public IReadOnlyList<NodeSpec> ReadNodes(ParseResult parsed, TraceContents contents)
    {
        if (parsed.GetValue(_nodes) is not { } path) return contents.Nodes;
        string format = parsed.GetValue(_nodesFormat) ?? parsed.GetValue(_format) ?? (Directory.Exists(path) ? "native" : "");
        return NodeReaderCatalog.Get(format, "--nodes-format").Read(path, new TraceReadOptions { DisplayName = path, Strict = parsed.GetValue(_strict) }).Nodes;
    }

    private string FormatOf(ParseResult parsed, string path)
    {
        if (parsed.GetValue(_format) is { } format) return format;
        if (Directory.Exists(path)) return "native";
        if (path.EndsWith(".swf", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".swf.gz", StringComparison.OrdinalIgnoreCase)) return "swf";
        throw new InputException(new InputProblem(
            "--format", 0, 0, "", null, $"expected a format for {path}: {string.Join(", ", TraceReaderCatalog.All.Select(reader => reader.Format))}"));
    }
}
