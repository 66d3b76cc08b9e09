using SchedBench.Chaos.Plans;
using SchedBench.Core.Faults;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;

namespace SchedBench.Fuzzing.Play;

/// <summary>Judges faults from outside, by their plan: nothing is in trouble that no fault aims at (invariant 37), and after all are over nothing is left of them (36).</summary>
internal sealed class FaultBooks : INodeHealthListener, IFactObserver
{
    private readonly OrchestratedRun _run;
    private readonly FaultPlan _plan;
    private readonly Dictionary<string, long> _hits = new(StringComparer.Ordinal);

    /// <summary>Watches a run that has not begun.</summary>
    public FaultBooks(OrchestratedRun run, FaultPlan plan)
    {
        (_run, _plan) = (run, plan);
        run.Health!.Subscribe(this);
        run.Facts.Subscribe(this);
    }

    /// <summary>How often an effect hit a node, a pod or the cluster.</summary>
    public IReadOnlyDictionary<string, long> Hits => _hits;

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        if ((after & ~before) == NodeTrouble.None) return;
        string name = _run.Fleet.Nodes[node].Name;
        TimeSpan now = _run.Loop.Now;
        // Without an API server every agent is cut off.
        bool isOfAll = (after & ~before) == NodeTrouble.CutOff;
        if (!_plan.Faults.Any(fault => fault.At <= now && !(fault.At + fault.Duration <= now) && (fault.Nodes.Contains(name, StringComparer.Ordinal) || (isOfAll && fault.Effect.Build().Kind == WorldEffectKind.ControlPlane))))
            throw new FuzzCheckException(37, $"{name} is in trouble ({after}) at {now}, and no fault aims at it");
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        long? number = fact.Kind switch
        {
            FactKind.FaultBegan => fact.Uid,
            FactKind.FaultHitPod or FactKind.PodKilled => fact.Detail,
            _ => null,
        };
        if (number is not { } planned || planned < 0 || planned >= _plan.Faults.Count) return;
        string effect = _plan.Faults[(int)planned].Effect.Name;
        _hits[effect] = _hits.GetValueOrDefault(effect) + 1;
    }

    /// <summary>Judges the instant after all faults are over.</summary>
    public void JudgeHealed()
    {
        if (_run.World.Active > 0) throw new FuzzCheckException(36, $"{_run.World.Active} faults still hold after all were healed");
        for (int n = 0; n < _run.Fleet.Count; n++)
        {
            if (_run.Health![n] is not NodeTrouble.None and var trouble) throw new FuzzCheckException(36, $"{_run.Fleet.Nodes[n].Name} is in trouble ({trouble}) after all faults were healed");
        }
    }

    /// <summary>Judges the end of the run: nodes take pods as they did in the beginning.</summary>
    public void JudgeEnd()
    {
        JudgeHealed();
        for (int n = 0; n < _run.Fleet.Count; n++)
        {
            NodeSpec spec = _run.Fleet.Nodes[n];
            if (_run.Store.View.Find<Node>(ResourceKind.Node, "", spec.Name) is not { } node) throw new FuzzCheckException(36, $"{spec.Name} is not there at the end");
            if (node.IsCordoned || node.IsDrained) throw new FuzzCheckException(36, $"{spec.Name} takes no pods at the end");
            if (node.Taints.Except(spec.Taints).Any()) throw new FuzzCheckException(36, $"{spec.Name} has taints at the end that it did not have: {string.Join(", ", node.Taints)}");
        }
    }
}
