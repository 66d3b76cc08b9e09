using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Controllers;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;

namespace SchedBench.Core.Runs;

/// <content>Rollouts, releases, evictions and drains.</content>
public sealed partial class OrchestratedRun
{
    /// <summary>Evictions through the API.</summary>
    public EvictionApi Evictions { get; private set; }

    /// <summary>Drains and maintenance of nodes.</summary>
    public NodeDrains Drains { get; private set; }

    /// <summary>Blue/green and canary releases.</summary>
    public ReleaseController Releases { get; private set; }

    /// <summary>How images behave in this run.</summary>
    internal ImageCatalog Images { get; private set; } = new();

    [MemberNotNull(nameof(Evictions), nameof(Drains), nameof(Releases))]
    private void AddRollouts()
    {
        if (Swarm is null)
        {
            Controllers.Add(new DeploymentController(_options.Deployments));
            Controllers.Add(new RollbackController(_options.Rollback));
            Controllers.Add(new DisruptionController(_options.Disruption));
        }

        Releases = new ReleaseController(_options.ReleaseSignals ?? (Traffic is null ? null : new TrafficSignals(Traffic)), Proxies.Longest);
        Controllers.Add(Releases);
        Evictions = new EvictionApi(Loop, Store, Facts, _options.Disruption);
        Drains = new NodeDrains(Loop, Store, Facts, Evictions) { SetsAvailability = Swarm is not null };
    }
}
