using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Tests.Files;

/// <summary>The configuration file of a strategy in an experiment.</summary>
public sealed class StrategyFileTests : IDisposable
{
    private const string Configuration = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_file_is_read_once_and_is_an_input_of_the_plan()
    {
        _files.Write("ours.yaml", Configuration + "profiles: [{ schedulerName: default-scheduler }]\n");
        Experiment experiment = Parse("kube-scheduler, { name: kube-scheduler, config: ours.yaml }");
        Assert.Equal(["kube-scheduler[config=default]", "kube-scheduler[config=ours.yaml]"], experiment.Strategies.Select(strategy => strategy.Label));
        Assert.Equal(("ours.yaml", null), (experiment.Strategies[1].File!.Name, experiment.Strategies[0].File));
        Assert.Contains(experiment.CellInputs, input => input.Written == "ours.yaml");
        ExperimentPlan before = ExperimentPlan.Create(experiment, new PlanOverrides(), "test");
        _files.Write("ours.yaml", Configuration + "parallelism: 8\n");
        ExperimentPlan after = ExperimentPlan.Create(Parse("kube-scheduler, { name: kube-scheduler, config: ours.yaml }"), new PlanOverrides(), "test");
        Assert.NotEqual(before.Fingerprint.Hash, after.Fingerprint.Hash);
    }

    [Fact]
    public void Ties_of_kube_scheduler_are_drawn_unless_the_experiment_says_otherwise()
    {
        Experiment experiment = Parse("best-fit, kube-scheduler, { name: kube-scheduler, tieBreak: lowestName, label: other }");
        Assert.Equal([TieBreak.FirstInOrder, TieBreak.Uniform, TieBreak.LowestName], experiment.Strategies.Select(strategy => strategy.TieBreak));
    }

    [Theory]
    [InlineData("{ name: kube-scheduler, config: our.yaml }", "e.yaml:13:48: spec.strategies[0].config: 'our.yaml': expected an existing file", "did you mean 'ours.yaml'?")]
    [InlineData("{ name: best-fit, config: ours.yaml }", "e.yaml:13:42: spec.strategies[0].config: 'ours.yaml': expected no config: best-fit reads no configuration file", "")]
    [InlineData("{ name: kube-scheduler, config: ours.yaml }", "ours.yaml:3:53: profiles[0].plugins.score.disabled[0].name: 'ImageLocalty': expected one of the plugins", "did you mean 'ImageLocality'?")]
    [InlineData("{ name: kube-scheduler, config: refused.yaml }", "refused.yaml: profiles[0].plugins.preEnqueue: expected SchedulingGates enabled at preEnqueue", "")]
    [InlineData("{ name: kube-scheduler, config: ok.yaml }, { name: kube-scheduler, config: ok.yaml }", "expected every strategy once", "")]
    public void What_is_wrong_is_told_with_the_file_and_the_place(string strategies, string expected, string nearest)
    {
        _files.Write("ok.yaml", Configuration);
        _files.Write("ours.yaml", Configuration + "profiles: [{ plugins: { score: { disabled: [{ name: ImageLocalty }] } } }]\n");
        _files.Write("refused.yaml", Configuration + "profiles: [{ plugins: { preEnqueue: { disabled: [{ name: SchedulingGates }] } } }]\n");
        InputException error = Assert.Throws<InputException>(() => Parse(strategies));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains(expected, StringComparison.Ordinal) && $"{problem}".Contains(nearest, StringComparison.Ordinal));
    }

    private Experiment Parse(string strategies) =>
        ExperimentFile.Parse(TestExperiments.SmallWith("[random, best-fit, fgd]", $"[{strategies}]"), "e.yaml", _files.Folder, _files.Data, TestExperiments.BuiltIn);
}
