using System.Diagnostics;
using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.External;
using SchedBench.TestKit;

namespace SchedBench.Experiments.Tests.External;

/// <summary>Strategies that are processes of their own: those that play by the rules, and those that do not.</summary>
public sealed class ProcessStrategyTests : IDisposable
{
    private const string Head = "apiVersion: schedbench/v1\nkind: ProcessStrategy\n";
    private static readonly bool HasPython = ProgramSearch.Find("python3", ".") is not null;
    private static readonly bool HasShell = ProgramSearch.Find("sh", ".") is not null;
    private readonly string _folder = Directory.CreateTempSubdirectory("schedbench-process").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void The_sample_in_Python_decides_as_the_same_rule_inside_the_program()
    {
        Skip.IfNot(HasPython, "needs python3");
        string folder = Path.Combine(SharedFiles.RepositoryRoot, "samples", "python-strategy");
        var config = ProcessStrategyConfig.Read(File.ReadAllText(Path.Combine(folder, "process.yaml")), "process.yaml", folder);
        using var strategy = new ProcessStrategy(config, folder, TimeProvider.System);
        RunResult outside = Churn(A.Run(strategy));
        RunResult inside = Churn(A.Run(new TightestCpu()));
        Assert.Equal(inside.Fingerprint, outside.Fingerprint);
        Assert.Equal(0, outside.Count(FactKind.StrategyError));
        // Every decision was asked of the process, but those that no node was feasible for.
        Assert.InRange(strategy.AnswerSeconds.Count, 150, outside.Run.Scheduler.Decisions);
        Assert.All(strategy.AnswerSeconds, seconds => Assert.InRange(seconds, 0, 10));

        static RunResult Churn(RunBuilder run)
        {
            WorkloadBuilder workload = A.Workload();
            for (int i = 0; i < 200; i++) workload.Pod(A.Pod($"p{i}").Cpu($"{200 + (i * 37 % 900)}m").At(i * 0.5).For(5 + (i % 11)));
            return run.On(A.Cluster().Nodes(4, cpu: "2").Nodes(3, cpu: "4")).Of(workload).Judged(1).Go();
        }
    }

    [SkippableFact]
    public void A_scheduler_that_follows_another_has_a_process_of_its_own_that_knows_what_was_placed_before()
    {
        Skip.IfNot(HasPython, "needs python3");
        string folder = Path.Combine(SharedFiles.RepositoryRoot, "samples", "python-strategy");
        var config = ProcessStrategyConfig.Read(File.ReadAllText(Path.Combine(folder, "process.yaml")), "process.yaml", folder);
        var made = new List<ProcessStrategy>();
        ProcessStrategy Make()
        {
            made.Add(new ProcessStrategy(config, folder, TimeProvider.System));
            return made[^1];
        }

        OrchestratedRun run = OrchestrationBuilder.Fleet(3).With(o => o with { Strategy = Make(), FreshStrategy = Make, Until = TimeSpan.FromSeconds(200) })
            .Apply(OrchestrationBuilder.ReplicaSet("web", 4)).Apply(60, OrchestrationBuilder.ReplicaSet("late", 3))
            .Do(50, world => world.World.Begin(1, new ControlPlaneEffect { EndsScheduler = true }, FaultVictims.Cluster)).Do(80, world => world.World.End(1)).BuildWithAgents();
        run.Run();
        Assert.Equal((2, 4, 3), (made.Count, made[0].AnswerSeconds.Count, made[1].AnswerSeconds.Count));
        Assert.Null(run.Scheduler.FirstStrategyError);
        Assert.All(OrchestrationBuilder.Pods(run), pod => Assert.True(pod.Status.IsReady));
        made[1].Dispose();
    }

    [SkippableFact]
    public void Scores_are_taken_with_the_tie_break_of_the_run()
    {
        Skip.IfNot(HasPython, "needs python3");
        const string Script = """
            import json, sys
            for line in sys.stdin:
                m = json.loads(line)
                if m["type"] == "hello": print('{"type":"ready","protocol":1}', flush=True)
                if m["type"] == "decide": print(json.dumps({"id": m["id"], "scores": [n % 2 for n in m["feasible"]]}), flush=True)
            """;
        RunResult result = Run(["python3", "-c", Script], "");
        Assert.Equal(["n1", "n1"], result.Placements.Values.Take(2));
        Assert.Equal(0, result.Count(FactKind.StrategyError));
    }

    [SkippableTheory]
    [InlineData("cat > /dev/null", "gave no answer within")]
    [InlineData("exit 3", "has ended with exit code 3")]
    [InlineData("echo oh dear >&2; exit 1", "its last words: oh dear")]
    [InlineData("read line; echo '{\"type\":\"ready\",\"protocol\":1}'; read line; exit 0", "has ended with exit code 0")]
    [InlineData("yes", "wrote")]
    [InlineData("head -c 100000 /dev/zero", "a line of more than 4096 bytes")]
    [InlineData("read line; echo hello", "no JSON object")]
    [InlineData("read line; echo '[1]'", "no JSON object")]
    [InlineData("read line; echo '{\"type\":\"ready\",\"protocol\":9}'", "does not speak protocol 1")]
    [InlineData("read line; echo '{\"type\":\"ready\"}'", "does not speak protocol 1")]
    [InlineData("read line; echo '{\"type\":\"ready\",\"protocol\":1}'; while read line; do echo '{\"id\":0,\"node\":0}'; done", "without the id 1")]
    [InlineData("read line; echo '{\"type\":\"ready\",\"protocol\":1}'; read line; read line; echo '{\"id\":1,\"node\":-7}'; cat", "neither a number of a node nor null")]
    [InlineData("read line; echo '{\"type\":\"ready\",\"protocol\":1}'; read line; read line; echo '{\"id\":1,\"scores\":[1]}'; cat", "neither a node nor 2 scores")]
    [InlineData("read line; echo '{\"type\":\"ready\",\"protocol\":1}'; read line; read line; echo '{\"id\":1,\"scores\":[1,0.5]}'; cat", "no whole number")]
    public void A_process_that_does_not_play_by_the_rules_is_refused_counted_and_ended(string script, string expected)
    {
        Skip.IfNot(HasShell, "needs a POSIX shell");
        RunResult result = Run(["sh", "-c", script], "answerTimeout: 300ms\nstartTimeout: 300ms\nmaxLineBytes: 4096\nrestarts: 1\n");
        Assert.InRange(result.Count(FactKind.StrategyError), 1, int.MaxValue);
        Assert.Contains(expected, result.Run.Scheduler.FirstStrategyError, StringComparison.Ordinal);
        Assert.Empty(result.Placements);
    }

    [SkippableFact]
    public void A_node_that_does_not_exist_is_refused_and_the_process_goes_on()
    {
        Skip.IfNot(HasPython, "needs python3");
        const string Script = """
            import json, sys
            for line in sys.stdin:
                m = json.loads(line)
                if m["type"] == "hello": print('{"type":"ready","protocol":1}', flush=True)
                if m["type"] == "decide": print(json.dumps({"id": m["id"], "node": 99 if m["id"] == 1 else 1}), flush=True)
            """;
        RunResult result = Run(["python3", "-c", Script], "");
        Assert.Equal(1, result.Count(FactKind.DecisionRefused));
        Assert.Equal(0, result.Count(FactKind.StrategyError));
        Assert.Equal("n1", result.Placements["b"]);
    }

    [SkippableFact]
    public void After_a_failure_the_process_is_started_anew_and_told_what_is_placed()
    {
        Skip.IfNot(HasPython, "needs python3");
        // It places one pod and ends; the second process answers with the number of pods that it was told of, minus one: node 0.
        const string Script = """
            import json, sys
            known = 0
            for line in sys.stdin:
                m = json.loads(line)
                if m["type"] == "hello": print('{"type":"ready","protocol":1}', flush=True)
                if m["type"] == "placed": known += 1
                if m["type"] == "decide":
                    print(json.dumps({"id": m["id"], "node": max(0, known - 1)}), flush=True)
                    sys.exit(0)
            """;
        RunResult result = Run(["python3", "-c", Script], "");
        // a is placed, b meets the end of the first process, and c is asked of a second one that knows of a; then b again.
        Assert.InRange(result.Count(FactKind.StrategyError), 1, 3);
        Assert.Equal("n0", result.Placements["a"]);
        Assert.Equal("n0", result.Placements["c"]);
    }

    [SkippableFact]
    public void A_process_that_keeps_failing_is_not_started_any_more()
    {
        Skip.IfNot(HasShell, "needs a POSIX shell");
        string log = Path.Combine(_folder, "starts");
        Run(["sh", "-c", $"echo x >> '{log}'"], "restarts: 2\n", pods: 20);
        Assert.Equal(3, File.ReadAllLines(log).Length);
    }

    [SkippableFact]
    public void With_onFailure_stop_the_run_ends()
    {
        Skip.IfNot(HasShell, "needs a POSIX shell");
        Exception? error = Record.Exception(() => Run(["sh", "-c", "exit 5"], "onFailure: stop\n"));
        Assert.Contains("exit code 5", Assert.IsType<StrategyEndsRunException>(error).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_process_and_its_children_are_gone_afterwards()
    {
        Skip.IfNot(HasShell, "needs a POSIX shell");
        string log = Path.Combine(_folder, "pids");
        Run(["sh", "-c", $"sleep 600 & echo $! >> '{log}'; echo $$ >> '{log}'; cat > /dev/null; wait"], "startTimeout: 300ms\nrestarts: 0\n");
        foreach (string pid in File.ReadAllLines(log)) Assert.True(IsGone(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)), $"process {pid} lives");

        static bool IsGone(int pid)
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                return process.WaitForExit(5000);
            }
            catch (ArgumentException)
            {
                return true;
            }
        }
    }

    [SkippableFact]
    public void A_decision_that_is_charged_keeps_the_scheduler_busy()
    {
        Skip.IfNot(HasPython, "needs python3");
        string folder = Path.Combine(SharedFiles.RepositoryRoot, "samples", "python-strategy");
        var config = ProcessStrategyConfig.Read(Head + "command: [python3, tightest_cpu.py]\ncharge: 2s\n", "process.yaml", folder);
        using var strategy = new ProcessStrategy(config, folder, TimeProvider.System);
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(1)).Of(A.Workload().Pod(A.Pod("a").For(60)).Pod(A.Pod("b").For(60)).Pod(A.Pod("c").At(3).For(60)).Pod(A.Pod("d").At(30).For(60))).Judged(1).Go();
        Assert.Equal([2, 4, 6, 32], new[] { "a", "b", "c", "d" }.Select(pod => result.BoundAt[pod]));
    }

    [Theory]
    [InlineData("command: [python4x, a.py]\n", "command[0]: 'python4x': expected a program", "")]
    [InlineData("command: [./missing]\n", "command[0]: './missing': expected a program file", "")]
    [InlineData("command: []\n", "command", "")]
    [InlineData("comand: [sh]\n", "comand", "did you mean 'command'?")]
    [InlineData("command: [sh]\nonFailure: contniue\n", "onFailure: 'contniue'", "did you mean 'continue'?")]
    [InlineData("command: [sh]\nanswerTimeout: 5\n", "answerTimeout: '5'", "")]
    [InlineData("command: [sh]\ncharge: always\n", "charge: 'always'", "")]
    [InlineData("command: [sh]\nmaxLineBytes: 10\n", "maxLineBytes: '10'", "")]
    public void Bad_files_are_told_with_place_and_nearest_name(string text, string problem, string nearest)
    {
        InputException error = Assert.Throws<InputException>(() => ProcessStrategyConfig.Read(Head + text, "p.yaml", _folder));
        Assert.Contains(error.Problems, found => $"{found}".Contains(problem, StringComparison.Ordinal) && $"{found}".Contains(nearest, StringComparison.Ordinal) && found.Line > 0);
    }

    /// <summary>Runs a few pods on two nodes under a process.</summary>
    private RunResult Run(string[] command, string more, int pods = 3)
    {
        string quoted = string.Join(", ", command.Select(word => System.Text.Json.JsonSerializer.Serialize(word)));
        var config = ProcessStrategyConfig.Read($"{Head}command: [{quoted}]\n{more}", "process.yaml", _folder);
        using var strategy = new ProcessStrategy(config, _folder, TimeProvider.System);
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < pods; i++) workload.Pod(A.Pod($"{(char)('a' + i)}").At(i).For(100));
        return A.Run(strategy).On(A.Cluster().Nodes(2)).Of(workload).Until(200).Judged(1).Go();
    }

    /// <summary>The rule of the sample: the least free CPU, the first of equals.</summary>
    private sealed class TightestCpu : ClusterStrategy
    {
        public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
        {
            NodeIndex best = NodeIndex.None;
            foreach (NodeIndex node in feasible)
            {
                if (!best.IsNode || feasible.State(node).FreeCpuMilli < feasible.State(best).FreeCpuMilli) best = node;
            }

            return best;
        }
    }
}
