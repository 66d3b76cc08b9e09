using System.Globalization;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Decisions;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Cli.Commands;

/// <summary>A divergence as tables: the two decisions side by side, the room on the nodes they chose, and each decision as <c>explain</c> shows it.</summary>
internal static class DivergenceTables
{
    /// <summary>The outcome in a sentence.</summary>
    public static string Summary(Divergence divergence)
    {
        if (divergence.IsNone) return $"equal: {Decisions(divergence.Equal)} in both runs";
        string number = Whole(divergence.Equal + 1);
        string none = divergence.Equal == 0 ? "no decision" : "no further one";
        string what = (divergence.A, divergence.B) switch
        {
            (null, _) => $"A makes {none}, B goes on with decision {number}",
            (_, null) => $"B makes {none}, A goes on with decision {number}",
            _ => $"decision {number} differs in {divergence.Parts.ToString().ToLowerInvariant()}",
        };
        return divergence.Equal switch
        {
            0 => what,
            1 => $"the first decision is equal; {what}",
            _ => $"the first {Decisions(divergence.Equal)} are equal; {what}",
        };
    }

    /// <summary>So many decisions.</summary>
    public static string Decisions(long count) => count == 1 ? "1 decision" : $"{Whole(count)} decisions";

    /// <summary>All tables, the decisions first; what was seen is recalled here.</summary>
    public static List<Table> Of(DiffSide a, DiffSide b, Divergence divergence, int most, Terminal terminal, CancellationToken cancellation)
    {
        List<Table> tables = [Sides(a, b, divergence)];
        if (divergence.IsNone) return tables;
        string[] nodes = [.. ((LoggedDecision?[])[divergence.A, divergence.B]).Select(decision => decision?.Node ?? "").Where(node => node.Length > 0).Distinct(StringComparer.Ordinal)];
        RecordedDecision? ofA = Recall(a, divergence.A), ofB = Recall(b, divergence.B);
        if (nodes.Length > 0 && (ofA ?? ofB) is not null) tables.Add(Rooms(nodes, ofA, ofB));
        if (ofA is not null) tables.AddRange(DecisionTables.TablesOf(ofA, divergence.A!.Value.Pod, most, terminal, "A: ", divergence.B?.Node ?? ""));
        if (ofB is not null) tables.AddRange(DecisionTables.TablesOf(ofB, divergence.B!.Value.Pod, most, terminal, "B: ", divergence.A?.Node ?? ""));
        return tables;

        RecordedDecision? Recall(DiffSide side, LoggedDecision? decision)
        {
            if (decision is not { } made) return null;
            RecordedDecision? recorded = side.Recall(divergence.Equal, in made, nodes, cancellation);
            if (recorded is null)
            {
                terminal.Note(side.IsLog
                    ? $"note: {side.Name} is a log; give its experiment instead to see what was seen"
                    : $"note: {side.Name} decided differently when it was repeated, so what was seen is lost: its strategy is no pure function of what it is told");
            }

            return recorded;
        }
    }

    private static Table Sides(DiffSide a, DiffSide b, Divergence divergence)
    {
        var table = new SimpleTable(divergence.IsNone ? "Equal decisions" : "First difference", "what", "A", "B", "differs");
        CellKey ofA = a.Key, ofB = b.Key;
        Row("experiment", ofA.Experiment, ofB.Experiment);
        Row("fleet", ofA.Fleet, ofB.Fleet);
        Row("workload", ofA.Workload, ofB.Workload);
        Row("faults", ofA.Faults, ofB.Faults);
        Row("strategy", ofA.Strategy, ofB.Strategy);
        Row("seed", ofA.Seed.ToString(CultureInfo.InvariantCulture), ofB.Seed.ToString(CultureInfo.InvariantCulture));
        Row("equal decisions", Whole(divergence.Equal), Whole(divergence.Equal));
        if (divergence.IsNone) return table.Build();
        Part("decision", _ => Whole(divergence.Equal + 1), "none");
        Part("time (s)", decision => ((decimal)decision.At.Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture));
        Part("pod", decision => decision.Pod);
        Part("attempt", decision => Whole(decision.Attempt));
        Part("outcome", decision => Outcome(in decision));
        Part("node", decision => decision.Node);
        Part("GPUs", decision => decision.Devices.ToString());
        Part("preemption", decision => decision.Preemption);
        Part("reasons", decision => decision.Reasons);
        return table.Build();

        void Row(string what, string left, string right)
        {
            if (left.Length + right.Length > 0) table.Add(what, left, right, left == right ? "" : "yes");
        }

        void Part(string what, Func<LoggedDecision, string> text, string missing = "") =>
            Row(what, divergence.A is { } left ? text(left) : missing, divergence.B is { } right ? text(right) : missing);
    }

    private static string Outcome(in LoggedDecision decision) => decision.Outcome switch
    {
        DecisionOutcome.Placed => "placed",
        DecisionOutcome.NoNodeFits => "no node fits",
        DecisionOutcome.Waits => "the strategy waits",
        DecisionOutcome.Refused => $"refused: {decision.Refusal}",
        DecisionOutcome.StrategyError => "the strategy failed",
        _ => "no node in the plan",
    };

    /// <summary>The chosen nodes as either run saw them at its own decision.</summary>
    private static Table Rooms(IReadOnlyList<string> nodes, RecordedDecision? a, RecordedDecision? b)
    {
        var table = new SimpleTable("Free on the chosen nodes, before the decision", "node", "free", "A", "B", "differs");
        foreach (string node in nodes)
        {
            Row("cpu (milli)", room => Whole(room.FreeCpuMilli));
            Row("memory (bytes)", room => Whole(room.FreeMemoryBytes));
            Row("pods", room => Whole(room.FreePods));
            Row("GPUs (milli)", room => string.Join(' ', room.DeviceFreeMilli));

            void Row(string what, Func<NodeRoom, string> text)
            {
                string left = Side(a), right = Side(b);
                if (left.Length + right.Length > 0) table.Add(node, what, left, right, a is null || b is null || left == right ? "" : "yes");

                string Side(RecordedDecision? side) =>
                    side is null ? "" : side.Rooms.FirstOrDefault(room => room.Node == node) is { IsPresent: true } known ? text(known) : "no such node";
            }
        }

        return table.Build();
    }

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
