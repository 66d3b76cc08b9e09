using System.Globalization;
using SchedBench.Chaos.Effects;
using SchedBench.Core.Input;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Fuzzing.Cases;

/// <summary>Judges a case that somebody wrote: names that are known, values that a run can be made of.</summary>
internal static class CaseChecks
{
    private const int MostSeconds = 1_000_000, MostItems = 10_000;

    private static readonly string[] Targets = ["nodes", "zones", "pods", "cluster"];

    /// <summary>All that is wrong with it; the field is named from the case on, the file is empty.</summary>
    public static IReadOnlyList<InputProblem> Of(FuzzCase item)
    {
        var problems = new List<InputProblem>();
        var catalog = StrategyCatalog.BuiltIn();
        if (catalog.Find(item.Strategy) is null or { NeedsFile: true }) Problem(problems, "strategy", item.Strategy, "expected a built-in strategy", catalog.Nearest(item.Strategy));
        Within(problems, "healAtSeconds", item.HealAtSeconds, 1, MostSeconds);
        Within(problems, "lengthSeconds", item.LengthSeconds, item.HealAtSeconds, MostSeconds);
        Within(problems, "survivors", item.Survivors, 0, MostItems);
        Within(problems, "nodes.length", item.Nodes.Count, 1, MostItems);
        Settings(problems, item.Settings);
        for (int n = 0; n < item.Nodes.Count; n++) Node(problems, $"nodes[{n}]", item.Nodes[n]);
        for (int w = 0; w < item.Workloads.Count; w++) Workload(problems, $"workloads[{w}]", item.Workloads[w]);
        for (int s = 0; s < item.Steps.Count; s++) Step(problems, item, $"steps[{s}]", item.Steps[s]);
        for (int f = 0; f < item.Faults.Count; f++) Fault(problems, $"faults[{f}]", item.Faults[f]);
        Unique(problems, "nodes", item.Nodes.Select(node => node.Name));
        Unique(problems, "workloads", item.Workloads.Select(workload => workload.Name));
        Unique(problems, "faults", item.Faults.Select(fault => fault.Name));
        return problems;
    }

    private static void Settings(List<InputProblem> problems, FuzzSettings settings)
    {
        foreach ((string name, int value) in (ReadOnlySpan<(string, int)>)[("schedulerDelayMs", settings.SchedulerDelayMs), ("controllerDelayMs", settings.ControllerDelayMs), ("agentDelayMs", settings.AgentDelayMs), ("bindLatencyMs", settings.BindLatencyMs)])
            Within(problems, $"settings.{name}", value, 0, MostSeconds);
    }

    private static void Node(List<InputProblem> problems, string field, FuzzNode node)
    {
        Within(problems, $"{field}.cpuMilli", node.CpuMilli, 1, 1_000_000);
        Within(problems, $"{field}.memoryMi", node.MemoryMi, 1, 1 << 30);
        Within(problems, $"{field}.gpus", node.Gpus, 0, 64);
        Within(problems, $"{field}.pods", node.Pods, 1, MostItems);
    }

    private static void Workload(List<InputProblem> problems, string field, FuzzWorkload workload)
    {
        Within(problems, $"{field}.replicas", workload.Replicas, 0, MostItems);
        Within(problems, $"{field}.cpuMilli", workload.CpuMilli, 0, 1_000_000);
        Within(problems, $"{field}.memoryMi", workload.MemoryMi, 0, 1 << 30);
        Within(problems, $"{field}.gpus", workload.Gpus, 0, 64);
        Within(problems, $"{field}.autoscalesTo", workload.AutoscalesTo, 0, MostItems);
        Within(problems, $"{field}.parallelism", workload.Parallelism, 1, MostItems);
        Within(problems, $"{field}.backoffLimit", workload.BackoffLimit, 0, MostItems);
        Within(problems, $"{field}.unavailablePercent", workload.UnavailablePercent, 0, 100);
        Within(problems, $"{field}.budgetUnavailable", workload.BudgetUnavailable ?? 0, 0, MostItems);
        Within(problems, $"{field}.requestsPerSecond", workload.RequestsPerSecond, 0, MostItems);
        ReadOnlySpan<(string, int)> times =
        [
            ("atSeconds", workload.AtSeconds), ("graceSeconds", workload.GraceSeconds), ("readinessSeconds", workload.ReadinessSeconds), ("livenessSeconds", workload.LivenessSeconds), ("startSeconds", workload.StartSeconds),
            ("stopSeconds", workload.StopSeconds), ("runSeconds", workload.RunSeconds), ("requestsFromSeconds", workload.RequestsFromSeconds), ("requestsForSeconds", workload.RequestsForSeconds), ("retries", workload.Retries),
        ];
        foreach ((string name, int value) in times) Within(problems, $"{field}.{name}", value, 0, MostSeconds);
    }

    private static void Step(List<InputProblem> problems, FuzzCase item, string field, FuzzStep step)
    {
        Within(problems, $"{field}.atSeconds", step.AtSeconds, 0, MostSeconds);
        Within(problems, $"{field}.forSeconds", step.ForSeconds, 1, MostSeconds);
        Within(problems, $"{field}.value", step.Value, 0, MostItems);
        string[] known = step.Verb switch
        {
            FuzzVerb.Cordon or FuzzVerb.Drain or FuzzVerb.Taint => [.. item.Nodes.Select(node => node.Name)],
            FuzzVerb.DeletePod or FuzzVerb.Evict or FuzzVerb.RestartControllers => [""],
            _ => [.. item.Workloads.Select(workload => workload.Name)],
        };
        if (!known.Contains(step.Target, StringComparer.Ordinal)) Problem(problems, $"{field}.target", step.Target, $"expected one of '{string.Join("', '", known)}'", NearestName.Find(step.Target, known));
    }

    private static void Fault(List<InputProblem> problems, string field, FuzzFault fault)
    {
        Within(problems, $"{field}.atSeconds", fault.AtSeconds, 0, MostSeconds);
        Within(problems, $"{field}.forSeconds", fault.ForSeconds, 1, MostSeconds);
        Within(problems, $"{field}.everySeconds", fault.EverySeconds, 0, MostSeconds);
        Within(problems, $"{field}.count", fault.Count, 0, MostItems);
        if (!Targets.Contains(fault.Whom, StringComparer.Ordinal)) Problem(problems, $"{field}.whom", fault.Whom, $"expected one of {string.Join(", ", Targets)}", NearestName.Find(fault.Whom, Targets));
        if (EffectCatalog.Find(fault.Effect) is not { } kind)
        {
            Problem(problems, $"{field}.effect", fault.Effect, "expected an effect of 'schedbench chaos effects'", NearestName.Find(fault.Effect, EffectCatalog.All.Select(effect => effect.Name)));
            return;
        }

        foreach ((string name, string value) in fault.Parameters)
        {
            if (kind.Find(name) is not { } parameter) Problem(problems, $"{field}.parameters.{name}", name, $"expected a parameter of {kind.Name}", NearestName.Find(name, kind.Parameters.Select(known => known.Name)));
            else if (!parameter.TryRead(value, out _, out TextError error)) Problem(problems, $"{field}.parameters.{name}", value, error.Expected);
        }

        foreach (EffectParameter parameter in kind.Parameters.Where(parameter => parameter.IsRequired && !fault.Parameters.ContainsKey(parameter.Name))) Problem(problems, $"{field}.parameters", null, $"expected a value for {parameter.Name}");
    }

    private static void Unique(List<InputProblem> problems, string field, IEnumerable<string> names)
    {
        foreach (IGrouping<string, string> same in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1)) Problem(problems, field, same.Key, "expected names that differ");
    }

    private static void Within(List<InputProblem> problems, string field, int value, int least, int most)
    {
        if (value < least || value > most) Problem(problems, field, value.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"expected {least} to {most}"));
    }

    private static void Problem(List<InputProblem> problems, string field, string? value, string expected, string? nearest = null) => problems.Add(new InputProblem("", 0, 0, field, value, expected, nearest));
}
