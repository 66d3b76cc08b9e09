using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Reporting.Tables;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench explain --object</c>: what became of an object of a cluster workload, from the facts, as a timeline.</summary>
internal static class HistoryTimeline
{
    /// <summary>What <c>kubectl</c> calls kinds for short.</summary>
    private static readonly (string Short, ResourceKind Kind)[] ShortNames =
    [
        ("cj", ResourceKind.CronJob), ("cm", ResourceKind.ConfigMap), ("deploy", ResourceKind.Deployment), ("ds", ResourceKind.DaemonSet), ("ev", ResourceKind.Event), ("hpa", ResourceKind.HorizontalPodAutoscaler),
        ("ing", ResourceKind.Ingress), ("limits", ResourceKind.LimitRange), ("netpol", ResourceKind.NetworkPolicy), ("no", ResourceKind.Node), ("ns", ResourceKind.Namespace), ("pc", ResourceKind.PriorityClass),
        ("pdb", ResourceKind.PodDisruptionBudget), ("po", ResourceKind.Pod), ("pv", ResourceKind.PersistentVolume), ("pvc", ResourceKind.PersistentVolumeClaim), ("quota", ResourceKind.ResourceQuota),
        ("rc", ResourceKind.ReplicationController), ("rs", ResourceKind.ReplicaSet), ("sc", ResourceKind.StorageClass), ("sts", ResourceKind.StatefulSet), ("svc", ResourceKind.Service),
    ];

    /// <summary>Runs the cell again and shows the object's history.</summary>
    /// <param name="session">The experiment.</param>
    /// <param name="wanted">The object as <c>kind/name</c> or <c>kind/namespace/name</c>; null when neither option was given.</param>
    /// <param name="withPods">Whether the pods of a workload are told one by one.</param>
    /// <param name="format">Format of the table.</param>
    /// <param name="terminal">Where it goes.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <param name="option">The option by which the object was named, for errors.</param>
    /// <param name="decisions">Which decisions on the pod are shown besides; null for none.</param>
    /// <exception cref="InputException">The object is not named well, does not exist, or the workload is a trace.</exception>
    public static int Show(ExperimentSession session, string? wanted, bool withPods, TableFormat format, Terminal terminal, CancellationToken cancellation, string option = "--object", DecisionFilter? decisions = null)
    {
        if (wanted is null) throw Problem("--pod", null, "expected --pod NAME, or --object KIND/NAME for a workload of Kubernetes objects");
        PlannedCell cell = session.Plan.Cells[0];
        if (cell.Workload.Replay is not ClusterReplay) throw Problem("--object", wanted, $"expected --pod NAME: workload {cell.Key.Workload} replays a trace");
        (ResourceKind kind, string? ns, string name) = Parse(wanted);
        ExplainCommand.FirstCell(session, terminal);
        ObjectHistory? history = null;
        DecisionRecorder? recorder = null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            session.Runner([cell]).Explain(cell, run =>
            {
                history = ObjectHistory.Attach(run, kind, ns, name, withPods);
                run.Store.Subscribe(new NameList(kind, names));
                if (decisions is not null) run.Scheduler.DecisionObserver = recorder = new DecisionRecorder(run, name);
            }, cancellation);
        }
        catch (RunStepException refused)
        {
            terminal.Note($"schedbench: the run failed: {refused.Message}");
            return ExitCode.RunFailed;
        }

        if (!history!.WasSeen) throw Problem(option, option == "--pod" ? name : wanted, $"expected an object that exists at some time in this run; there were {names.Count} of kind {kind}", NearestName.Find(name, names));
        var table = new SimpleTable($"History of {wanted}", "#time (s)", "object", "what");
        foreach (HistoryEntry entry in history.Entries) table.Add(entry.At.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture), entry.Subject, entry.What);
        if (history.Entries.Count == ObjectHistory.MostEntries) terminal.Note($"note: only the first {ObjectHistory.MostEntries} lines are shown");
        if (recorder is null) TableOutput.WriteAll(terminal, [table.Build()], format);
        else DecisionTables.Write(recorder.Decisions, name, decisions!, format, terminal, table.Build());
        return ExitCode.Ok;
    }

    private static (ResourceKind Kind, string? Namespace, string Name) Parse(string wanted)
    {
        string[] parts = wanted.Split('/');
        if (parts.Length is < 2 or > 3 || parts.Any(part => part.Length == 0)) throw Problem("--object", wanted, "expected KIND/NAME or KIND/NAMESPACE/NAME, such as deployment/web");
        ResourceKindInfo? info = ResourceKinds.All.FirstOrDefault(known => known.Kind.ToString().Equals(parts[0], StringComparison.OrdinalIgnoreCase) || known.Plural.Equals(parts[0], StringComparison.OrdinalIgnoreCase)
            || ShortNames.Contains((parts[0].ToLowerInvariant(), known.Kind)));
        if (info is null) throw Problem("--object", wanted, "expected a kind of object", NearestName.Find(parts[0], ResourceKinds.All.Select(known => known.Kind.ToString())));
        return (info.Kind, parts.Length == 3 ? parts[1] : null, parts[^1]);
    }

    private static InputException Problem(string option, string? value, string expected, string? nearest = null) => new(new InputProblem(option, 0, 0, "", value, expected, nearest));

    /// <summary>The names of all objects of a kind that ever existed, for the nearest one.</summary>
    private sealed class NameList(ResourceKind kind, HashSet<string> names) : Core.Store.IStoreListener
    {
        public void OnChange(in Core.Store.StoreChange change)
        {
            if (change.Kind == kind && change.Before is null && names.Count < 100_000) names.Add(change.Object.Name);
        }
    }
}
