using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Faults;

/// <summary>Nodes that are drained and given back: one is scheduled on again when the last of its drains is over, unless a user had cordoned it before the first.</summary>
internal sealed class DrainedNodes(OrchestratedRun run) : IWorldPart
{
    private readonly Dictionary<int, (int? Round, string[] Nodes)> _faults = [];
    private readonly Dictionary<string, (int Count, bool WasCordoned)> _held = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is DrainEffect;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims) => run.WhenApiAnswers(() => Drain(fault, ((DrainEffect)effect).Options, victims.Nodes));

    /// <inheritdoc/>
    public void End(int fault) => run.WhenApiAnswers(() => GiveBack(fault));

    /// <summary>Drains nodes that the API knows of, all cordoned first.</summary>
    /// <exception cref="RunStepException">The options keep a pod from being drained.</exception>
    public void Drain(int fault, DrainOptions options, IReadOnlyList<NodeIndex> nodes)
    {
        Node[] known = [.. nodes.Select(node => run.Store.View.Find<Node>(ResourceKind.Node, "", run.Fleet.Nodes[node.Value].Name)).OfType<Node>()];
        foreach (Node node in known)
        {
            (int count, bool wasCordoned) = _held.TryGetValue(node.Name, out (int Count, bool WasCordoned) held) ? held : (0, node.IsCordoned);
            // One that was given back meanwhile is cordoned by this drain.
            _held[node.Name] = (count + 1, wasCordoned && node.IsCordoned);
        }

        string[] names = [.. known.Select(node => node.Name)];
        if (run.Drains.Start(names, new MaintenanceOptions { Drain = options, Uncordons = false, CordonsAllFirst = true }, out int? round) is { } error) throw new RunStepException($"fault {fault}: {error.Message}");
        _faults.Add(fault, (round, names));
    }

    /// <summary>Ends a drain, whether it was done or not, and gives the nodes back.</summary>
    public void GiveBack(int fault)
    {
        if (!_faults.Remove(fault, out (int? Round, string[] Nodes) drain)) return;
        if (drain.Round is { } round) run.Drains.Abandon(round);
        foreach (string name in drain.Nodes)
        {
            (int count, bool wasCordoned) = _held[name];
            // A user gave it back before its turn came: then it was the drain that cordoned it.
            wasCordoned &= drain.Round is not { } number || !run.Drains.HasCordoned(number, name);
            if (count > 1)
            {
                _held[name] = (count - 1, wasCordoned);
                continue;
            }

            _held.Remove(name);
            // A node that left the cluster meanwhile needs no giving back.
            if (!wasCordoned) _ = run.Drains.Cordon(name, isCordoned: false);
        }
    }
}
