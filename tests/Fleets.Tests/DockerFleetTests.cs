using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Recording;
using SchedBench.Fleets.Docker;

namespace SchedBench.Fleets.Tests;

/// <summary>Runs on real containers. They need an engine (<c>DOCKER_HOST</c>) and the native pod server (<c>SCHEDBENCH_POD_SERVER</c>), and are skipped with the reason where one is missing.</summary>
[Trait("needs", "engine")]
public sealed class DockerFleetTests
{
    [EngineFact]
    public async Task A_service_of_real_containers_answers_real_requests_and_the_run_can_be_repeated()
    {
        var world = new FleetWorld();
        RealRun real = world.Play(Engine());
        Assert.InRange(real.Count(FactKind.PodReady), 2, 100);
        Assert.True(real.Requests.Answered > 10, $"{real.Requests}");
        Assert.Equal(real.Facts, world.Repeat(real.Recorded));
        await NothingIsLeft();
    }

    [EngineFact]
    public async Task A_killed_container_is_started_again()
    {
        RealRun real = Faulty(EffectCatalog.Of("containerKill"), new PodTarget(["default"], null, TargetMode.One, 0), []);
        Assert.Equal(1, real.Count(FactKind.ContainerRestarted));
        Assert.InRange(real.Count(FactKind.PodReady), 3, 100);
        await NothingIsLeft();
    }

    [EngineFact]
    public async Task Containers_of_a_node_stand_still_and_are_slowed_down_and_nothing_is_left_of_it()
    {
        RealRun real = Faulty(FaultEffect.Hang, null, ["node-0"]);
        Assert.True(real.Requests.TimedOut > 0, $"{real.Requests}");
        Assert.Equal(0, real.Count(FactKind.ContainerRestarted));
        Assert.DoesNotContain(Faulty(EffectCatalog.Of("slowCpu").With("factor", "10"), null, ["node-0"]).Notes, note => note.StartsWith("unix", StringComparison.Ordinal));
        await NothingIsLeft();
    }

    [Fact]
    public void An_engine_that_does_not_answer_is_named()
    {
        var error = Assert.Throws<Core.Runs.RunStepException>(() => new FleetWorld().Play(new DockerEngine(["unix:///nowhere/docker.sock"])));
        Assert.True(error.Message.Contains("no engine answers at unix:///nowhere/docker.sock", StringComparison.Ordinal) || error.Message.Contains("pod server is missing", StringComparison.Ordinal), error.Message);
        Assert.Throws<Runtime.EngineException>(() => new DockerEngine(["docker.sock"]));
    }

    private static DockerEngine Engine() => new([DockerEngine.UsualHost]);

    private static async Task NothingIsLeft() => Assert.Equal(0, await DockerEngine.TakeAwayLeftoversAsync([DockerEngine.UsualHost]));

    private static RealRun Faulty(FaultEffect effect, PodTarget? pods, IReadOnlyList<string> nodes)
    {
        var fault = new PlannedFault(0, TimeSpan.FromSeconds(3), effect.IsInstant ? null : TimeSpan.FromSeconds(1.2), effect, nodes, "t") { Pods = pods };
        return new FleetWorld { Steps = FaultInjection.Steps(new FaultPlan([fault], 0), 1) }.Play(Engine());
    }

    /// <summary>A test that needs an engine and the native pod server.</summary>
    private sealed class EngineFactAttribute : FactAttribute
    {
        private static readonly Lazy<string?> Missing = new(() =>
        {
            try
            {
                _ = PodImage.Find();
                using var client = DockerClient.Of(DockerEngine.UsualHost);
                client.AskAsync(HttpMethod.Get, "/info").GetAwaiter().GetResult();
                return null;
            }
            catch (Runtime.EngineException error)
            {
                return error.Message;
            }
        });

        public EngineFactAttribute() => Skip = Missing.Value;
    }
}
