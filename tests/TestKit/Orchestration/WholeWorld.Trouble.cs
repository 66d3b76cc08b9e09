using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.TestKit;

/// <content>What goes wrong in it, and how it is healed.</content>
public sealed partial class WholeWorld
{
    private void AddTrouble(double at, int number)
    {
        int node = _dice.Between(0, _nodes - 1), pick = _dice.Between(0, 1000);
        string name = $"node-{node:D3}";
        (string ns, string deployment) = _deployments.Count == 0 ? ("", "") : _deployments[pick % _deployments.Count];
        switch (_dice.Between(0, 16))
        {
            case 0:
                _builder.Do(at, run => run.Health!.Crash(node)).Do(at + _dice.Between(5, 400), run => run.Health!.Recover(node));
                break;
            case 1:
                _builder.Do(at, run => run.Health!.CutOff(node)).Do(at + _dice.Between(5, 400), run => run.Health!.Recover(node));
                break;
            case 2:
                Try(at, new DrainStep(default, name, new DrainOptions { Timeout = TimeSpan.FromSeconds(60) }));
                Try(at + _dice.Between(30, 200), new UncordonStep(default, name));
                break;
            case 3:
                Taint maintenance = new("maintenance", "", _dice.Of(TaintEffect.NoSchedule, TaintEffect.NoExecute));
                _builder.Do(at, run => SetTaints(run, name, taints => [.. taints, maintenance]));
                break;
            case 4 or 5 when deployment.Length > 0:
                Try(at, new SetImageStep(default, deployment, "main", _dice.Of("app:v2", "app:v3", "app:bad"), ns));
                break;
            case 6 when deployment.Length > 0:
                Try(at, _dice.Of<RunStep>(new RestartStep(default, deployment, ns), new RollbackStep(default, deployment, null, ns), new PauseStep(default, deployment, ns)));
                break;
            case 7:
                _builder.Do(at, run =>
                {
                    run.Controllers.Stop();
                    run.Controllers.Restart();
                });
                break;
            case 8:
                _builder.Do(at, run =>
                {
                    IReadOnlyList<Pod> pods = Pods(run);
                    if (pods.Count > 0) _ = run.Store.Delete(pods[pick % pods.Count].Key);
                });
                break;
            case 9 or 16:
                // A wave of important pods that fill half a node each: others are pushed out.
                ReplicaSet wave = ReplicaSet($"wave{number}", _dice.Between(1, _nodes), Template($"wave{number}", OrchestrationBuilder.Template($"wave{number}", "7").Spec with { Priority = 100 }));
                _builder.Apply(at, wave).Apply(Trouble - 20, wave with { Replicas = 0 });
                break;
            case 10:
                Try(at, new CordonStep(default, name));
                break;
            case 11:
                // The machine is taken away, and another takes its place.
                _builder.Do(at, run => ((INodeMachines)run).Stop(new NodeIndex(node))).Do(at + _dice.Between(1, 400), run => ComeBack(run, node));
                break;
            case 12:
                AddQuota(at, number);
                break;
            case 13 or 14:
                _builder.Do(at, run =>
                {
                    IReadOnlyList<Pod> pods = Pods(run);
                    for (int i = 0; i < 3 && pods.Count > 0; i++) _ = run.Evictions.Evict(pods[(pick + i) % pods.Count].Key);
                });
                break;
            case 15 when deployment.Length > 0:
                Try(at, new DeleteStep(default, ResourceKind.Deployment, deployment, _dice.Of(Propagation.Background, Propagation.Foreground, Propagation.Orphan), ns));
                break;
            default:
                _builder.Do(at, run => run.Runtime!.IsRegistryDown = true).Do(at + _dice.Between(5, 60), run => run.Runtime!.IsRegistryDown = false);
                break;
        }
    }

    private void Heal()
    {
        _builder.Do(Trouble, run =>
        {
            for (int n = 0; n < _nodes; n++)
            {
                ComeBack(run, n);
                run.Health!.Recover(n);
                SetTaints(run, $"node-{n:D3}", taints => [.. taints.Where(taint => taint.Key != "maintenance")]);
            }

            run.Runtime!.IsRegistryDown = false;
        });
        for (int n = 0; n < _nodes; n++) Try(Trouble + 70, new UncordonStep(default, $"node-{n:D3}"));
        // What an orphaning deletion left behind may be of a version that never works.
        _builder.Do(Trouble + 1, run =>
        {
            foreach (ReplicaSet set in run.Store.View.All(ResourceKind.ReplicaSet).OfType<ReplicaSet>().ToArray())
            {
                if (set.Metadata.Owners.Count == 0 && set.Template.Spec.Containers[0].Image == "app:bad") _ = run.Store.Delete(set.Key);
            }
        });
        foreach ((string ns, string name) in _deployments)
        {
            Try(Trouble, new ResumeStep(default, name, ns));
            Try(Trouble + 1, new SetImageStep(default, name, "main", "app:good", ns));
        }
    }

    /// <summary>A limit of the namespace that comes, changes and goes.</summary>
    private void AddQuota(double at, int number)
    {
        string ns = _hasTeam && _dice.Percent(30) ? Team : "default", name = $"quota{number}";
        ResourceQuota Limit() => new()
        {
            Metadata = new ObjectMeta { Name = name, Namespace = ns },
            Hard = [new ResourceAmount("pods", _dice.Between(2, 25)), new ResourceAmount("requests.cpu", 500 * _dice.Between(1, 20))],
        };
        Try(at, new ApplyStep(default, [Limit()]));
        Try((at + Trouble) / 2, new ApplyStep(default, [Limit()]));
        Try(Trouble - 10, new DeleteStep(default, ResourceKind.ResourceQuota, name, Namespace: ns));
    }

    /// <summary>A machine takes the place of a node that is not there.</summary>
    private static void ComeBack(OrchestratedRun run, int node)
    {
        if (run.Store.View.Find<Node>(ResourceKind.Node, "", run.Fleet.Nodes[node].Name) is null) ((INodeMachines)run).Start(new NodeIndex(node));
    }

    /// <summary>A user's command that may be refused.</summary>
    private void Try(double seconds, RunStep step) => _builder.Do(seconds, run =>
    {
        try
        {
            step.Execute(run);
        }
        catch (RunStepException)
        {
            // Nothing to go back to, paused, or not there yet.
        }
    });

    private static void SetTaints(OrchestratedRun run, string name, Func<ValueList<Taint>, ValueList<Taint>> change)
    {
        if (run.Store.View.Find<Node>(ResourceKind.Node, "", name) is { } node) _ = run.Store.Update(node with { Taints = change(node.Taints) });
    }
}
