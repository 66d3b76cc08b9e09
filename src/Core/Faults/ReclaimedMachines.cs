using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;

namespace SchedBench.Core.Faults;

/// <summary>Machines that their provider takes back: tainted and drained at the word, off at the end of the notice, back with their disks when the fault is over.</summary>
/// <remarks>The taint is that of the AWS Node Termination Handler (<c>aws-node-termination-handler/spot-itn</c>, <c>pkg/node/node.go</c>). The Node object stays: it is found silent, as a machine that lost power is.
/// A cloud controller manager would delete it.</remarks>
internal sealed class ReclaimedMachines : IWorldPart, IEventHandler
{
    /// <summary>Key of the taint of a node that was given notice.</summary>
    public const string TaintKey = "aws-node-termination-handler/spot-itn";

    private static readonly ValueList<Taint> Marks = [new Taint(TaintKey, "", TaintEffect.NoSchedule)];
    private readonly OrchestratedRun _run;
    private readonly DrainedNodes _drains;
    private readonly TroubledMachines? _machines;
    private readonly ushort _handler;
    private readonly Dictionary<int, IReadOnlyList<NodeIndex>> _faults = [];

    /// <summary>The machines of a run.</summary>
    public ReclaimedMachines(OrchestratedRun run, DrainedNodes drains, TroubledMachines? machines)
    {
        (_run, _drains, _machines) = (run, drains, machines);
        _handler = run.Loop.Register(this);
    }

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is ReclaimEffect;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => _machines is null ? "this run has no machines, only an API" : null;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        TimeSpan notice = ((ReclaimEffect)effect).Notice;
        _faults.Add(fault, victims.Nodes);
        _run.Loop.Schedule(_run.Loop.Now + notice, new EventData(_handler, 0, fault));
        // A DaemonSet's pods go down with the machine, and so does what is not gone by then.
        _run.WhenApiAnswers(() =>
        {
            Mark(victims.Nodes, Marks, default);
            _drains.Drain(fault, new DrainOptions { Timeout = notice }, victims.Nodes);
        });
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (!_faults.Remove(fault, out IReadOnlyList<NodeIndex>? nodes)) return;
        _machines!.End(fault);
        _run.WhenApiAnswers(() =>
        {
            _drains.GiveBack(fault);
            Mark([.. nodes.Where(node => !_faults.Values.Any(others => others.Contains(node)))], default, [new TaintRemoval(TaintKey, TaintEffect.NoSchedule)]);
        });
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (_faults.TryGetValue(data.Subject, out IReadOnlyList<NodeIndex>? nodes)) _machines!.Begin(data.Subject, new MachineEffect(NodeTrouble.Down), new FaultVictims(nodes, []));
    }

    private void Mark(IReadOnlyList<NodeIndex> nodes, ValueList<Taint> set, ValueList<TaintRemoval> remove)
    {
        // Docker Swarm has no taints; there the drain alone keeps tasks away.
        if (_run.Swarm is not null) return;
        foreach (NodeIndex node in nodes)
        {
            string name = _run.Fleet.Nodes[node.Value].Name;
            if (_run.Store.View.Find<Node>(ResourceKind.Node, "", name) is not null) NodeSteps.Taint(_run, name, set, remove);
        }
    }
}
