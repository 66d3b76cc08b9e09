using SchedBench.Chaos.Formats;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Tests.Formats;

/// <summary>Schedules and workflows: when what they say happens.</summary>
public sealed class ChaosMeshScheduleTests
{
    private const string Kill = "podChaos: { action: pod-kill, mode: one, selector: {} }";
    private const string Fail = "podChaos: { action: pod-failure, mode: all, duration: 90s, selector: {} }";
    private const string OnOps = "on pods [ops]";

    [Theory]
    [InlineData("schedule: '@every 5m', type: PodChaos, historyLimit: 5, startingDeadlineSeconds: 30, " + Kill, "podKill gracePeriod=0s cron '@every 5m' from 2m " + OnOps + " One")]
    [InlineData("schedule: '*/1 * * * *', type: PodChaos, concurrencyPolicy: Forbid, " + Fail, "podFailure cron '*/1 * * * *' from 2m for 1m30s busy 1m30s " + OnOps + " All")]
    [InlineData("schedule: '*/1 * * * *', type: PodChaos, " + Fail, "podFailure cron '*/1 * * * *' from 2m for 1m30s busy 1m30s " + OnOps + " All")]
    [InlineData("schedule: '*/1 * * * *', type: PodChaos, concurrencyPolicy: Allow, " + Fail, "podFailure cron '*/1 * * * *' from 2m for 1m30s " + OnOps + " All")]
    [InlineData("schedule: '*/1 * * * *', type: StressChaos, stressChaos: { mode: all, selector: {}, stressors: { cpu: { workers: 1 } } }", "podStress cpuWorkers=1 cron '*/1 * * * *' from 2m busy for ever " + OnOps + " All")]
    public void A_schedule_is_a_source_at_due_times(string spec, string expected) => Assert.Equal($"Schedule/ops/x: {expected}", MeshText.Sources("Schedule", $"{{ {spec} }}", new FileFaultOptions { At = TimeSpan.FromMinutes(2) }));

    [Theory]
    [InlineData("Forbid", "0 120 240 360 480")]
    [InlineData("Allow", "0 60 120 180 240 300 360 420 480 540")]
    public void A_start_while_the_earlier_one_is_on_is_left_out_where_it_is_forbidden(string policy, string starts) =>
        Assert.Equal(starts, Instants("Schedule", $"{{ schedule: '* * * * *', type: PodChaos, concurrencyPolicy: {policy}, {Fail} }}"));

    [Fact]
    public void A_workflow_is_compiled_to_instants()
    {
        const string Flow = """

              entry: all
              templates:
              - { name: all, templateType: Serial, children: [pause, both, pause, kill], deadline: 1h }
              - { name: pause, templateType: Suspend, deadline: 1m }
              - { name: both, templateType: Parallel, children: [slow, fail] }
              - { name: slow, templateType: StressChaos, deadline: 2m, stressChaos: { mode: all, selector: {}, stressors: { cpu: { workers: 1 } } } }
              - { name: fail, templateType: PodChaos, deadline: 30s, podChaos: { action: pod-failure, mode: all, selector: {} } }
              - { name: kill, templateType: PodChaos, podChaos: { action: pod-kill, mode: one, selector: {} } }
            """;
        Assert.Equal(
            [
                $"Workflow/ops/x/slow: podStress cpuWorkers=1 at 11m for 2m {OnOps} All", $"Workflow/ops/x/fail: podFailure at 11m for 30s {OnOps} All", $"Workflow/ops/x/kill: podKill gracePeriod=0s at 14m {OnOps} One",
            ],
            MeshText.Sources("Workflow", Flow, new FileFaultOptions { At = TimeSpan.FromMinutes(10) }).Split('\n'));
    }

    [Fact]
    public void What_is_beyond_the_deadline_of_what_contains_it_is_cut_or_never_begins() => Assert.Equal(
        [$"Workflow/ops/x/fail: podFailure at 0s for 1m {OnOps} All", $"Workflow/ops/x/fail#2: podFailure at 1m for 30s {OnOps} All"],
        MeshText.Sources("Workflow", "{ entry: e, templates: [{ name: e, templateType: Serial, deadline: 90s, children: [fail, fail, fail] }, { name: fail, templateType: PodChaos, deadline: 1m, podChaos: { action: pod-failure, mode: all, selector: {} } }] }").Split('\n'));

    [Fact]
    public void A_check_guards_all_steps_of_its_workflow()
    {
        const string Flow = """

              entry: all
              templates:
              - { name: all, templateType: Serial, children: [pause, both] }
              - { name: pause, templateType: Suspend, deadline: 1m }
              - { name: both, templateType: Parallel, deadline: 5m, children: [check, kill] }
              - { name: kill, templateType: PodChaos, podChaos: { action: pod-kill, mode: one, selector: {} } }
              - name: check
                templateType: StatusCheck
                abortWithStatusCheck: true
                statusCheck: { mode: Continuous, type: HTTP, duration: 10m, intervalSeconds: 2, timeoutSeconds: 3, http: { url: "http://web:8080/health", method: GET, criteria: { statusCode: "200" } } }
            """;
        FaultSource source = Assert.Single(MeshText.Read(MeshText.Resource("Workflow", Flow), new FileFaultOptions { At = TimeSpan.FromMinutes(1) }).Sources);
        Assert.Equal(
            new ServiceGuard("Workflow/ops/x/check#0", "ops", "web", TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(7), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), 3) { Successes = 1 }, Assert.Single(source.Guards));
        // What is looked for after the end of a run is never looked for.
        PlannedFault fault = Assert.Single(PlanDrawing.Draw(new FaultSet("s", [source]), [new NodeSpec { Name = "n" }], 1, TimeSpan.FromMinutes(3)).Faults);
        Assert.Equal(TimeSpan.FromMinutes(3), Assert.Single(fault.Guards).Until);
    }

    /// <summary>What follows upon a check whose end depends upon the run begins when it is over, and is over with what contains it.</summary>
    [Fact]
    public void What_follows_upon_a_check_begins_when_it_is_over()
    {
        const string Flow = """

              entry: all
              templates:
              - { name: all, templateType: Serial, deadline: 10m, children: [check, pause, both, kill] }
              - { name: pause, templateType: Suspend, deadline: 1m }
              - { name: both, templateType: Parallel, children: [fail, other] }
              - { name: fail, templateType: PodChaos, deadline: 2m, podChaos: { action: pod-failure, mode: all, selector: {} } }
              - { name: other, templateType: StatusCheck, deadline: 3m, statusCheck: { mode: Continuous, http: { url: "http://web", criteria: { statusCode: "200" } } } }
              - { name: kill, templateType: PodChaos, deadline: 1m, podChaos: { action: pod-kill, mode: one, selector: {} } }
              - { name: check, templateType: StatusCheck, statusCheck: { duration: 5m, successThreshold: 4, http: { url: "http://web", criteria: { statusCode: "200" } } } }
            """;
        var sources = MeshText.Read(MeshText.Resource("Workflow", Flow), new FileFaultOptions { At = TimeSpan.FromMinutes(1) }).Sources.Cast<TimedSource>().ToArray();
        Assert.Equal(["fail", "kill"], sources.Select(source => source.Name.Split('/')[^1]));
        Assert.Equal((TimeSpan.FromSeconds(121), "earliest(end(Workflow/ops/x/check#0) + 1m, 11m)", "earliest(end(Workflow/ops/x/check#0) + 3m, 11m)"), (sources[0].At, $"{sources[0].After}", $"{sources[0].By}"));
        Assert.Equal("latest(earliest(end(Workflow/ops/x/check#0) + 3m, 11m), end(Workflow/ops/x/other#1))", $"{sources[1].After}");
        ServiceGuard check = sources[0].Guards[0], other = sources[0].Guards[1];
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(6), 4, true, false), (check.From, check.Until, check.Successes, check.IsOverOnSuccess, check.CallsOff));
        Assert.Equal(("earliest(end(Workflow/ops/x/check#0) + 1m, 11m)", "earliest(end(Workflow/ops/x/check#0) + 4m, 11m)", TimeSpan.MaxValue, false), ($"{other.After}", $"{other.By}", other.Until, other.IsOverOnSuccess));
        // A set that is healed ends what waits, too.
        PlannedFault fault = PlanDrawing.Draw(new FaultSet("s", sources) { HealAt = TimeSpan.FromMinutes(9) }, [new NodeSpec { Name = "n" }], 1, TimeSpan.FromMinutes(20)).Faults[0];
        Assert.Equal(("earliest(end(Workflow/ops/x/check#0) + 3m, 9m)", (TimeSpan?)null), ($"{fault.By}", fault.Duration));
    }

    [Fact]
    public void A_schedule_in_a_workflow_holds_until_its_deadline_and_ends_what_it_began()
    {
        const string Flow = "{ entry: s, templates: [{ name: s, templateType: Schedule, deadline: 150s, schedule: { schedule: '* * * * *', type: PodChaos, concurrencyPolicy: Allow, " + Fail + " } }] }";
        Assert.Equal($"Workflow/ops/x/s: podFailure cron '* * * * *' from 0s for 1m30s until 2m30s {OnOps} All", MeshText.Sources("Workflow", Flow));
        Assert.Equal(["0s for 1m30s", "1m for 1m30s", "2m for 30s"], Plan("Workflow", Flow).Select(fault => $"{DurationText.Format(fault.At)} for {DurationText.Format(fault.Duration!.Value)}"));
    }

    [Fact]
    public void A_scheduled_workflow_begins_anew_when_it_is_over()
    {
        const string Flow = "{ schedule: '* * * * *', type: Workflow, workflow: { entry: e, templates: [{ name: e, templateType: Serial, children: [p, k, p] }, { name: p, templateType: Suspend, deadline: 45s }, { name: k, templateType: PodChaos, deadline: 10s, podChaos: { action: pod-kill, mode: one, selector: {} } }] } }";
        Assert.Equal($"Schedule/ops/x/k: podKill gracePeriod=0s cron '* * * * *' from 0s delay 45s busy 1m40s {OnOps} One", MeshText.Sources("Schedule", Flow));
        Assert.Equal("45 165 285 405 525", Instants("Schedule", Flow));
    }

    private static IReadOnlyList<PlannedFault> Plan(string kind, string spec) =>
        PlanDrawing.Draw(new FaultSet("s", MeshText.Read(MeshText.Resource(kind, spec)).Sources), [new NodeSpec { Name = "n" }], 1, TimeSpan.FromMinutes(10)).Faults;

    private static string Instants(string kind, string spec) => string.Join(' ', Plan(kind, spec).Select(fault => $"{fault.At.TotalSeconds}"));
}
