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
        switch (_dice.Between(0, 24))
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
            case 9 or 16 or 22:
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
            case 17:
                // A pod is taken out of its workload, to be looked at; in some worlds it comes back.
                _builder.Do(at, run => Relabel(run, pick, "stray"));
                if (_dice.Percent(50)) _builder.Do(at + _dice.Between(1, 60), run => GiveBack(run));
                break;
            case 18:
                AddServiceChange(at, pick);
                break;
            case 19 or 20 when _workloads.Count > 0:
                // A workload is deleted and applied again, maybe before everything of the old one is gone.
                KubeObject[] workload = _workloads[pick % _workloads.Count];
                Try(at, new DeleteStep(default, workload[^1].Kind, workload[^1].Name, _dice.Of(Propagation.Background, Propagation.Foreground), workload[^1].Metadata.Namespace));
                Try(at + _dice.Between(1, 90), new ApplyStep(default, workload));
                break;
            case 21:
                AddLimits(at, number);
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
            case 23:
                Try(at, new LabelNodeStep(default, name, [new Label("topology.kubernetes.io/zone", _dice.Of("a", "b"))]));
                break;
            case 24:
                Try(at, new LabelNodeStep(default, name, default, [_dice.Of("topology.kubernetes.io/zone", "kubernetes.io/hostname")]));
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
        for (int n = 0; n < _nodes; n++)
            Try(Trouble, new LabelNodeStep(default, $"node-{n:D3}", [new Label("topology.kubernetes.io/zone", $"{(char)('a' + (n % 3))}"), new Label("kubernetes.io/hostname", $"node-{n:D3}")]));
        for (int n = 0; n < _nodes; n++) Try(Trouble + 70, new UncordonStep(default, $"node-{n:D3}"));
        // What an orphaning deletion left behind may be of a version that never works.
        _builder.Do(Trouble + 1, run =>
        {
            foreach (ReplicaSet set in run.Store.View.All(ResourceKind.ReplicaSet).OfType<ReplicaSet>().ToArray())
            {
                if (set.Metadata.Owners.Count == 0 && set.Template.Spec.Containers[0].Image == "app:bad") _ = run.Store.Delete(set.Key);
            }

            // A stray pod that waits for pods of the workload it was taken from may wait for ever, and keeps its name from a StatefulSet.
            foreach (Pod pod in Pods(run).ToArray())
            {
                if (!pod.Node.IsNode && pod.Metadata.Labels.ValueOf("app") == "stray") _ = run.Store.Delete(pod.Key);
            }
        });
        // A volume that was made while the node of its pod had a wrong zone cannot be reached from there: somebody has to move the pod.
        _builder.Do(Trouble + 200, run =>
        {
            foreach (Pod pod in Pods(run).ToArray())
            {
                if (pod.Node.IsNode && pod.Spec.Volumes.Any(volume => IsOutOfReach(run, pod, volume))) _ = run.Store.Delete(pod.Key);
            }
        });
        foreach ((string ns, string name) in _deployments)
        {
            // When every node takes pods again: a good version that found no place would be taken back for a bad one at its deadline.
            Try(Trouble, new ResumeStep(default, name, ns));
            // And when something still held up the first rollout, its deadline has led back to an older version: once more.
            foreach (double at in (double[])[Trouble + 80, Trouble + 1500]) Try(at, new SetImageStep(default, name, "main", "app:good", ns));
        }
    }

    private static bool IsOutOfReach(OrchestratedRun run, Pod pod, Volume volume)
    {
        if (volume.Kind != VolumeKind.PersistentVolumeClaim) return false;
        PersistentVolumeClaim? claim = run.Store.View.Find<PersistentVolumeClaim>(ResourceKind.PersistentVolumeClaim, pod.Metadata.Namespace, volume.Source);
        PersistentVolume? bound = claim is { IsBound: true } ? run.Store.View.Find<PersistentVolume>(ResourceKind.PersistentVolume, "", claim.VolumeName) : null;
        Node? node = run.Store.View.Find<Node>(ResourceKind.Node, "", run.Fleet.Nodes[pod.Node.Value].Name);
        return node is not null && bound?.NodeAffinity is { } terms && !terms.Any(term => term.Labels.All(wanted => wanted.Matches(node.Metadata.Labels)));
    }

    private static void Relabel(OrchestratedRun run, int pick, string app)
    {
        IReadOnlyList<Pod> pods = Pods(run);
        if (pods.Count == 0) return;
        Pod pod = pods[pick % pods.Count];
        string was = pod.Metadata.Labels.ValueOf("app") ?? "";
        _ = run.Store.Update(pod with { Metadata = pod.Metadata with { Labels = pod.Metadata.Labels.With("app", app), Annotations = pod.Metadata.Annotations.With("was", was) } });
    }

    private static void GiveBack(OrchestratedRun run)
    {
        foreach (Pod pod in Pods(run))
        {
            if (pod.Metadata.Labels.ValueOf("app") == "stray" && pod.Metadata.Annotations.ValueOf("was") is { Length: > 0 } was) _ = run.Store.Update(pod with { Metadata = pod.Metadata with { Labels = pod.Metadata.Labels.With("app", was) } });
        }
    }

    /// <summary>A service that looks at other pods, or at those that are not ready too.</summary>
    private void AddServiceChange(double at, int pick)
    {
        bool publishes = _dice.Percent(30);
        string app = _dice.Of("w0", "w1", "stray");
        _builder.Do(at, run =>
        {
            IReadOnlyList<KubeObject> all = run.Store.View.All(ResourceKind.Service);
            if (all.Count > 0 && all[pick % all.Count] is Service service) _ = run.Store.Update(service with { Selector = LabelSelector.Of([new Label("app", app)]), PublishesNotReady = publishes });
        });
    }

    /// <summary>Defaults and bounds of what pods ask for, for a while.</summary>
    private void AddLimits(double at, int number)
    {
        var range = new LimitRange
        {
            Metadata = Meta($"limits{number}"),
            Limits = [new LimitRangeItem(_dice.Percent(30), "cpu", 50, _dice.Of(300, 1000), _dice.Percent(50) ? 200 : null, _dice.Percent(50) ? 300 : null)],
        };
        Try(at, new ApplyStep(default, [range]));
        Try(Trouble - 15, new DeleteStep(default, ResourceKind.LimitRange, range.Name));
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
