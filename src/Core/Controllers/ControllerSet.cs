using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Options of the controllers of batch, stateful and node-bound workloads and of the life of objects.</summary>
public sealed record ControllerSetOptions
{
    /// <summary>Jobs.</summary>
    public JobControllerOptions Job { get; init; } = new();

    /// <summary>DaemonSets.</summary>
    public DaemonSetControllerOptions DaemonSet { get; init; } = new();

    /// <summary>How long after a due time CronJobs are looked at (<c>nextScheduleDelta</c>).</summary>
    public TimeSpan CronLookDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Pods that nobody else deletes.</summary>
    public PodGarbageOptions PodGarbage { get; init; } = new();

    /// <summary>Claims, volumes and how they come to nodes.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>Times and tolerances of autoscalers.</summary>
    public AutoscalerOptions Autoscaler { get; init; } = new();

    /// <summary>Adds the controllers to a manager. The autoscaler is added where use is known: <see cref="AddAutoscaler"/>.</summary>
    /// <param name="manager">Manager.</param>
    /// <param name="quotas">Books of the quotas, or null when they are not enforced.</param>
    /// <param name="epoch">Calendar time of the run's start.</param>
    public void AddTo(ControllerManager manager, QuotaLedger? quotas, DateTimeOffset epoch)
    {
        manager.Add(new StatefulSetController());
        manager.Add(new DaemonSetController(DaemonSet));
        manager.Add(new JobController(Job));
        manager.Add(new CronJobController(epoch, CronLookDelay));
        manager.Add(new TtlAfterFinishedController());
        manager.Add(new GarbageCollector());
        manager.Add(new PodGarbageCollector(PodGarbage));
        manager.Add(new PersistentVolumeController(Storage));
        manager.Add(new VolumeExpansionController(Storage));
        manager.Add(new NamespaceController());
        if (quotas is not null) manager.Add(new ResourceQuotaController(quotas));
    }

    /// <summary>Adds the autoscaler to a manager.</summary>
    /// <param name="manager">Manager.</param>
    /// <param name="usage">Where the use of pods is known from.</param>
    public void AddAutoscaler(ControllerManager manager, IPodUsage usage) => manager.Add(new HorizontalPodAutoscalerController(usage, Autoscaler));
}
