using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Cli.Commands;

/// <summary>Which decisions on a pod are shown, and how much of each.</summary>
/// <param name="Nodes">Nodes shown a decision, best first; 0 for all.</param>
/// <param name="Attempt">The attempt that is shown, from 1; null for all.</param>
internal sealed record DecisionFilter(int Nodes, int? Attempt);

/// <summary>Decisions on a pod as tables: a row a node, with its score or the reasons against it; for strategies that explain themselves a column a part (kube-scheduler: plugin).</summary>
internal static class DecisionTables
{
    private const string Chosen = "chosen";

    /// <summary>Writes the decisions; what each came to goes to standard error.</summary>
    /// <exception cref="InputException">There is no such attempt.</exception>
    public static void Write(IReadOnlyList<RecordedDecision> decisions, string pod, DecisionFilter filter, TableFormat format, Terminal terminal, params Table[] before)
    {
        if (filter.Attempt is { } attempt)
        {
            decisions = [.. decisions.Where(decision => decision.Attempt + 1 == attempt)];
            if (decisions.Count == 0)
                throw new InputException(new InputProblem("--attempt", 0, 0, "", attempt.ToString(CultureInfo.InvariantCulture), $"expected an attempt of pod {pod} that was recorded"));
        }

        TableOutput.WriteAll(terminal, [.. before, .. decisions.SelectMany(decision => TablesOf(decision, pod, filter.Nodes, terminal))], format);
    }

    /// <summary>The tables of one decision; what it came to goes to standard error.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="pod">Name of the pod.</param>
    /// <param name="most">Nodes shown, best first; 0 for all.</param>
    /// <param name="terminal">Where the notes go.</param>
    /// <param name="whose">Stands before captions and notes where decisions of several runs are shown.</param>
    /// <param name="other">A node that is shown after the chosen one whatever its place: the choice of another run; empty for none.</param>
    public static IEnumerable<Table> TablesOf(RecordedDecision decision, string pod, int most, Terminal terminal, string whose = "", string other = "")
    {
        yield return TableOf(decision, pod, most, terminal, whose, other);
        if (decision.Preemption is { } preemption && Cleared(preemption, pod, most, terminal) is { } table) yield return table with { Caption = whose + table.Caption };
    }

    /// <summary>The nodes that preemption could clear, the chosen one first; null when there was none.</summary>
    private static Table? Cleared(RecordedPreemption preemption, string pod, int most, Terminal terminal)
    {
        if (preemption.IsUnderWay)
        {
            terminal.Note("  preemption: a node is being cleared for it already");
            return null;
        }

        if (preemption.Nodes.Count == 0)
        {
            terminal.Note("  preemption: no node where pods of lower priority could make room");
            return null;
        }

        string others = preemption.Nodes.Count == 1 ? "the only node found" : $"of {preemption.Nodes.Count} nodes, {preemption.DecidedBy switch
        {
            PreemptionRule.BudgetViolations => "by fewer disruption budgets overspent",
            PreemptionRule.HighestPriority => "by the lowest highest priority of a victim",
            PreemptionRule.PrioritySum => "by the lowest sum of the victims' priorities",
            PreemptionRule.VictimCount => "by the fewest victims",
            PreemptionRule.EarliestStart => "by the victims that started last",
            _ => "the first of equals",
        }}";
        terminal.Note(preemption.Chosen.Length == 0 ? "  preemption: no candidate was agreed to" : $"  preemption: {preemption.Chosen} is cleared, {others}");
        var table = new SimpleTable($"Preemption for {pod}", "node", "outcome", "#budgets overspent", "#highest priority", "#sum of priorities", "#victims", "who leaves");
        IEnumerable<RecordedCandidate> shown = preemption.Nodes.OrderByDescending(node => node.Node == preemption.Chosen);
        foreach (RecordedCandidate node in most == 0 ? shown : shown.Take(most))
        {
            table.Add(
                node.Node, node.Node == preemption.Chosen ? Chosen : "", ResultNumber.Format(node.BudgetViolations), ResultNumber.Format(node.HighestPriority), ResultNumber.Format(node.PrioritySum),
                ResultNumber.Format(node.Victims.Count), string.Join(", ", node.Victims));
        }

        return table.Build();
    }

    private static Table TableOf(RecordedDecision decision, string pod, int most, Terminal terminal, string whose, string other)
    {
        int fit = decision.Explanation is { } explained ? explained.Nodes.Count(node => node.Rejection.Length == 0) : decision.Nodes.Count(node => node.Reasons.Count == 0);
        string outcome = decision.Chosen.Length == 0 ? "no node" : $"{decision.Chosen}{(decision.Devices.Count > 0 ? $", GPU {decision.Devices}" : "")}";
        terminal.Note(string.Create(CultureInfo.InvariantCulture,
            $"{whose}pod {pod}, attempt {decision.Attempt + 1} at {decision.At.TotalSeconds} s: {outcome}; {fit} of {decision.Explanation?.Nodes.Count ?? decision.Nodes.Count} nodes fit"));
        if (decision.IsPlanned) terminal.Note("  planned for together with others: this is what was seen before the plan");
        Table table = decision.Explanation is { } explanation ? Parts(decision, explanation, pod, most, terminal, other) : Plain(decision, pod, most, terminal, other);
        return table with { Caption = whose + table.Caption };
    }

    /// <summary>The nodes of a strategy that says no more than a score.</summary>
    private static Table Plain(RecordedDecision decision, string pod, int most, Terminal terminal, string other)
    {
        foreach (IGrouping<InfeasibleReason, Infeasibility> reason in decision.Nodes.SelectMany(node => node.Reasons).GroupBy(reason => reason.Reason).OrderByDescending(group => group.Count()))
            terminal.Note($"  {reason.Count()} nodes: {reason.Key}");
        var table = new SimpleTable($"Decision on {pod}", "node", "#score", "outcome");
        IEnumerable<NodeVerdict> shown = decision.Nodes
            .OrderByDescending(node => node.Node == decision.Chosen)
            .ThenByDescending(node => node.Node == other)
            .ThenBy(node => node.Reasons.Count > 0)
            .ThenByDescending(node => node.Score ?? long.MinValue);
        foreach (NodeVerdict node in most == 0 ? shown : shown.Take(most))
        {
            string verdict = node.Node == decision.Chosen ? Chosen : node.Reasons.Count == 0 ? "fits" : string.Join("; ", node.Reasons);
            table.Add(node.Node, node.Score is { } score ? ResultNumber.Format(score) : "", verdict);
        }

        return table.Build();
    }

    /// <summary>The nodes of a strategy of several parts: what each part gives, times its weight, and the sum.</summary>
    private static Table Parts(RecordedDecision decision, DecisionExplanation explanation, string pod, int most, Terminal terminal, string other)
    {
        terminal.Note($"  {explanation.Summary}");
        foreach (IGrouping<string, NodeExplanation> group in explanation.Nodes.Where(node => node.Rejection.Length > 0).GroupBy(node => node.Rejection, StringComparer.Ordinal).OrderByDescending(group => group.Count()))
            terminal.Note($"  {group.Count()} nodes: {group.Key}");
        if (explanation.Skipped.Count > 0) terminal.Note($"  nothing to do: {string.Join(", ", explanation.Skipped)}");
        IReadOnlyList<PartScore> parts = explanation.Nodes.FirstOrDefault(node => node.Scores.Count > 0)?.Scores ?? [];
        if (parts.Count > 0) terminal.Note("  total = Σ score × weight; scores are 0 to 100, normalised over the nodes that were scored");
        var table = new SimpleTable($"Decision on {pod}", ["node", "outcome", "#total", .. parts.Select(part => $"#{part.Part}×{part.Weight}")]);
        long best = explanation.Nodes.Where(node => node.IsScored).Select(node => node.Total).DefaultIfEmpty(long.MinValue).Max();
        IEnumerable<NodeExplanation> shown = explanation.Nodes
            .OrderByDescending(node => NameOf(decision, node) == decision.Chosen)
            .ThenByDescending(node => NameOf(decision, node) == other)
            .ThenBy(node => node.Rejection.Length > 0)
            .ThenByDescending(node => node.IsScored)
            .ThenByDescending(node => node.Total);
        foreach (NodeExplanation node in most == 0 ? shown : shown.Take(most))
        {
            string name = NameOf(decision, node);
            string outcome = node.Rejection.Length > 0 ? node.Rejection : name == decision.Chosen ? Chosen : !node.IsScored ? "fits, not scored" : node.Total == best ? "as good" : "fits";
            table.Add([name, outcome, node.IsScored ? ResultNumber.Format(node.Total) : "", .. parts.Select((_, i) => i < node.Scores.Count ? ResultNumber.Format(node.Scores[i].Score) : "")]);
        }

        return table.Build();
    }

    private static string NameOf(RecordedDecision decision, NodeExplanation node) => decision.Nodes[node.Node.Value].Node;
}
