using System.Globalization;
using System.Text;
using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;
using Xunit.Abstractions;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Decisions of the real kube-scheduler (v1.34.1), each compared in full: what is rejected by whom and why, which plugins have nothing to do, every score before and after
/// normalisation, the best nodes, whom preemption chooses. The recorded choice is placed, so later decisions meet the same cluster.</summary>
/// <param name="output">Where the numbers go.</param>
public sealed class KubeSchedulerOracleTests(ITestOutputHelper output)
{
    public static TheoryData<string> Scenarios => [.. OracleFiles.Names.DefaultIfEmpty("(none)")];

    [SkippableTheory]
    [MemberData(nameof(Scenarios))]
    public void Decides_as_kube_scheduler_does(string name)
    {
        (int decisions, int equal, string? first) = Replay(name);
        output.WriteLine($"{name}: {decisions} decisions compared, {equal} equal");
        Assert.True(first is null, $"{name}: {decisions - equal} of {decisions} decisions differ, first\n{first}");
        Assert.True(decisions > 0);
    }

    [SkippableFact]
    public void Every_decision_of_every_scenario_is_the_same()
    {
        Skip.If(OracleFiles.Folder is null, "There are no recorded decisions.");
        int decisions = 0, equal = 0;
        string? first = null;
        foreach (string name in OracleFiles.Names)
        {
            (int compared, int same, string? difference) = Replay(name);
            (decisions, equal) = (decisions + compared, equal + same);
            if (first is null && difference is not null) first = $"{name}, {difference}";
        }

        output.WriteLine($"{decisions} decisions compared, {equal} equal{(first is null ? "" : $"; first difference: {first}")}");
        Assert.Equal((decisions, ""), (equal, first ?? ""));
    }

    private static (int Decisions, int Equal, string? First) Replay(string name)
    {
        var scenario = new OracleScenario(name);
        SchedulerProfile plan = scenario.Input.TryGetProperty("schedulerConfig", out JsonElement config)
            ? ConfigurationReader.Read(config.GetRawText(), name).Profiles[0]
            : new SchedulerProfile();
        var profile = Profile.Of(plan);
        Assert.Equal(scenario.Expected.Names("filterPlugins"), profile.Filters.Select(filter => ((SchedulerPlugin)filter).Name));
        Assert.Equal(scenario.Expected.Names("scorePlugins"), profile.Scores.Select(score => score.Name));
        Assert.All(profile.Scores, score => Assert.Equal(scenario.Expected.Child("scoreWeights").Number(score.Name, 0), score.Weight));
        var view = new ClusterView(scenario.State);
        Profile keeping = Profile.Of(plan);
        var context = new StrategyContext(view, 1, TieBreak.Uniform, null, () => TimeSpan.Zero) { Images = scenario, Selectors = scenario };
        profile.Prepare(context);
        keeping.Prepare(context, keepsScores: true);
        scenario.DefaultSpread = profile.DefaultSpread;
        scenario.State.Shapes.ExemptionsOf = _ => profile.Exemptions;
        var pods = new OraclePods(scenario);
        int op = -1, decisions = 0, equal = 0;
        string? first = null;
        foreach (JsonElement operation in scenario.Operations)
        {
            op++;
            switch (operation.Text("op"))
            {
                case "delete":
                    pods.Remove(operation.Text("pod"));
                    break;
                case "addNode":
                    scenario.State.SetPresent(scenario.State.Layout.IndexOf(operation.Text("node", "metadata", "name")), present: true);
                    break;
                case "updateNode":
                    scenario.Update(operation.GetProperty("node"));
                    break;
                case "removeNode":
                    scenario.State.SetPresent(scenario.State.Layout.IndexOf(operation.Text("node")), present: false);
                    break;
                default:
                    decisions++;
                    string expected = Expected(scenario.Decision(op)), actual = Actual(scenario, pods, profile, keeping, view, operation.GetProperty("pod"), scenario.Decision(op));
                    if (expected == actual) equal++;
                    else first ??= $"operation {op}:\nexpected\n{expected}\nactual\n{actual}";
                    pods.Follow(op, operation.GetProperty("pod"), scenario.Decision(op));
                    break;
            }
        }

        return (decisions, equal, first);
    }

    /// <summary>A recorded decision as text, one line an aspect.</summary>
    private static string Expected(JsonElement decision)
    {
        var text = new StringBuilder();
        if (decision.TryGetProperty("gated", out JsonElement gated)) return text.Line("gated", gated.GetString()!).ToString();
        if (decision.TryGetProperty("preFilter", out JsonElement preFilter)) text.Line("preFilter", Rejection(preFilter.Text("plugin"), preFilter.Text("code"), preFilter.Names("reasons")));
        if (decision.TryGetProperty("preFilterNodes", out _)) text.Line("preFilterNodes", decision.Names("preFilterNodes"));
        text.Line("skippedFilters", decision.Names("skippedFilters").Order(StringComparer.Ordinal));
        foreach (string line in decision.Items("rejections").Select(r => $"{Rejection(r.Text("plugin"), r.Text("code"), r.Names("reasons"))}: {string.Join(' ', r.Names("nodes").Order(StringComparer.Ordinal))}")
            .Order(StringComparer.Ordinal)) text.Line("rejection", line);
        if (decision.TryGetProperty("rejectedByPlugin", out JsonElement byPlugin))
        {
            foreach (JsonProperty plugin in byPlugin.EnumerateObject().OrderBy(plugin => plugin.Name, StringComparer.Ordinal))
                text.Line("rejectedBy " + plugin.Name, byPlugin.Names(plugin.Name));
        }

        text.Line("feasible", decision.Names("feasible"));
        if (decision.TryGetProperty("scores", out JsonElement scores))
        {
            text.Line("skippedScores", decision.Names("skippedScores").Order(StringComparer.Ordinal));
            if (decision.TryGetProperty("rawScores", out JsonElement raw)) Scores(text, "raw", raw);
            Scores(text, "score", scores);
            text.Line("total", decision.Items("total").Select(value => $"{value}"));
            text.Line("best", decision.Names("best"));
        }

        if (!decision.TryGetProperty("preemption", out JsonElement preemption)) return text.ToString();
        text.Line("eligible", $"{preemption.GetProperty("eligible").GetBoolean()} {preemption.Text("message")}");
        foreach (JsonElement c in preemption.Items("candidates")) text.Line("candidate", OraclePods.Candidate(c.Text("node"), c.Names("victims"), c.Number("pdbViolations", 0)));
        text.Line("tied", preemption.Names("tied"));
        text.Line("preempts on", preemption.Text("selected")).Line("victims", preemption.Names("victims"));
        return text.ToString();
    }

    /// <summary>Our decision as the same text.</summary>
    private static string Actual(OracleScenario scenario, OraclePods pods, Profile profile, Profile keeping, ClusterView view, JsonElement pod, JsonElement decision)
    {
        var text = new StringBuilder();
        Core.Objects.PodSpec spec = OracleObjects.Spec(pod);
        if (spec.SchedulingGates.Count > 0) return text.Line("gated", $"SchedulingGates: waiting for scheduling gates: [{string.Join(' ', spec.SchedulingGates)}]").ToString();
        ShapeIndex shape = scenario.Intern(pod);
        var request = new PodRequest(in scenario.State.Shapes[shape], new PodIndex(-1), 0, 0);
        PodEvaluation evaluation = PodEvaluation.Of(profile, in request, view);
        if (evaluation.PreFilter is { } rejected) text.Line("preFilter", Rejection(rejected.Plugin, $"{rejected.Status.Code}", rejected.Status.Reasons));
        if (evaluation.PreFilterNodes is { } left) text.Line("preFilterNodes", left);
        text.Line("skippedFilters", evaluation.SkippedFilters.Order(StringComparer.Ordinal));
        foreach (string line in evaluation.Rejections.GroupBy(r => Rejection(r.Plugin, $"{r.Status.Code}", r.Status.Reasons), StringComparer.Ordinal)
            .Select(group => $"{group.Key}: {string.Join(' ', group.Select(r => scenario.NameOf(r.Node)).Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal)) text.Line("rejection", line);
        foreach ((string plugin, List<string> nodes) in RejectedByPlugin(scenario, profile, view, in request, evaluation)) text.Line("rejectedBy " + plugin, nodes);
        text.Line("feasible", evaluation.Feasible.Select(scenario.NameOf));
        if (evaluation.Feasible.Count > 0)
        {
            text.Line("skippedScores", evaluation.Scores.Skipped.Order(StringComparer.Ordinal));
            if (decision.TryGetProperty("rawScores", out _)) Scores(text, "raw", evaluation.Scores.Raw);
            Scores(text, "score", evaluation.Scores.Normalized);
            text.Line("total", evaluation.Totals.Select(total => $"{total}"));
            long best = evaluation.Totals.Max();
            text.Line("best", evaluation.Feasible.Where((_, i) => evaluation.Totals[i] == best).Select(scenario.NameOf));
            CompareKept(keeping, view, in request, evaluation);
            return text.ToString();
        }

        pods.Preempt(text, shape, spec);
        return text.ToString();
    }

    /// <summary>Scores that are kept give the same sums, and where the choice is one of shape and node alone, the same differences between nodes.</summary>
    private static void CompareKept(Profile keeping, ClusterView view, in PodRequest pod, PodEvaluation evaluation)
    {
        long[] totals = new long[evaluation.Feasible.Count];
        keeping.Score(in pod, evaluation.Feasible.ToArray(), totals);
        Assert.Equal(evaluation.Totals, totals);
        if (keeping.LocalScore(in pod) is not { } local) return;
        long first = local.Score(in pod.Shape, view[evaluation.Feasible[0]]);
        for (int n = 0; n < totals.Length; n++) Assert.Equal(totals[n] - totals[0], local.Score(in pod.Shape, view[evaluation.Feasible[n]]) - first);
    }

    /// <summary>All nodes that each filter rejects by itself.</summary>
    private static SortedDictionary<string, List<string>> RejectedByPlugin(OracleScenario scenario, Profile profile, ClusterView view, in PodRequest pod, PodEvaluation evaluation)
    {
        var byPlugin = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        if (evaluation.PreFilter is not null) return byPlugin;
        foreach (IFilterPlugin filter in profile.Filters)
        {
            string name = ((SchedulerPlugin)filter).Name;
            if (evaluation.SkippedFilters.Contains(name)) continue;
            for (int n = 0; n < view.Count; n++)
            {
                string node = scenario.NameOf(new NodeIndex(n));
                if (!view[new NodeIndex(n)].IsPresent || !(evaluation.PreFilterNodes?.Contains(node) ?? true) || filter.Filter(in pod, new NodeIndex(n)).IsSuccess) continue;
                if (!byPlugin.TryGetValue(name, out List<string>? nodes)) byPlugin.Add(name, nodes = []);
                nodes.Add(node);
            }
        }

        return byPlugin;
    }

    private static string Rejection(string plugin, string code, IEnumerable<string> reasons) => $"{plugin} {code} [{string.Join("; ", reasons)}]";

    private static void Scores(StringBuilder text, string kind, JsonElement scores)
    {
        foreach (JsonProperty plugin in scores.EnumerateObject().OrderBy(plugin => plugin.Name, StringComparer.Ordinal))
            text.Line($"{kind} {plugin.Name}", plugin.Value.EnumerateArray().Select(value => value.GetInt64().ToString(CultureInfo.InvariantCulture)));
    }

    private static void Scores(StringBuilder text, string kind, IReadOnlyDictionary<string, long[]> scores)
    {
        foreach ((string plugin, long[] values) in scores) text.Line($"{kind} {plugin}", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
    }
}

/// <summary>Lines of text.</summary>
internal static class OracleText
{
    public static StringBuilder Line(this StringBuilder text, string aspect, string value) => text.Append("  ").Append(aspect).Append(" = ").Append(value).Append('\n');

    public static StringBuilder Line(this StringBuilder text, string aspect, IEnumerable<string> values) => text.Line(aspect, string.Join(' ', values));
}
