using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Swarm;

namespace SchedBench.Core.Controllers;

/// <summary>Where a release stands.</summary>
public enum ReleasePhase : byte
{
    /// <summary>The new side is brought up.</summary>
    Starting,

    /// <summary>The new side takes requests and is watched.</summary>
    Watching,

    /// <summary>The new side is becoming the only one.</summary>
    Promoting,

    /// <summary>The new side is being taken away.</summary>
    Aborting,

    /// <summary>Done.</summary>
    Promoted,

    /// <summary>Taken back.</summary>
    Aborted,
}

/// <summary>State of a release: what such a tool keeps in an object of its own. Every phase can be repeated, so that a refused write is simply tried again.</summary>
public abstract class Release
{
    /// <summary>Label of the new side's pods and of its Deployment's selector.</summary>
    public const string SideLabel = "release.schedbench/side";

    private protected Release(ReleaseController controller, ReleasePlan plan, Deployment deployment)
    {
        Controller = controller;
        Plan = plan;
        OldUid = deployment.Uid;
        FullSize = deployment.Replicas;
        Since = controller.Instant;
        Judged = Since;
    }

    /// <summary>What was asked for.</summary>
    public ReleasePlan Plan { get; }

    /// <summary>Where it stands.</summary>
    public ReleasePhase Phase { get; private protected set; }

    /// <summary>Why it was taken back, if it was.</summary>
    public ReleaseAbortReason? AbortReason { get; private set; }

    /// <summary>Whether nothing more happens.</summary>
    public bool IsOver => Phase is ReleasePhase.Promoted or ReleasePhase.Aborted;

    /// <summary>Name of the new side's Deployment.</summary>
    public string NewName => $"{Plan.Deployment}-{Plan.Suffix}";

    /// <summary>Name of the new side's own Service, where it has one.</summary>
    internal string NewService => $"{Plan.Service}-{Plan.Suffix}";

    /// <summary>Identity of the Deployment that is released.</summary>
    internal long OldUid { get; }

    private protected ReleaseController Controller { get; }

    /// <summary>Size of the Deployment when the release began.</summary>
    private protected int FullSize { get; }

    /// <summary>Instant of the last change of phase or step.</summary>
    private protected TimeSpan Since { get; set; }

    /// <summary>Instant up to which the new version was judged.</summary>
    private protected TimeSpan Judged { get; set; }

    /// <summary>Selector of the Service before the release.</summary>
    private protected LabelSelector? Original { get; private set; }

    private protected Deployment? Old => Controller.Objects.Find(OldUid) as Deployment;

    private protected Deployment? New => Controller.Objects.Find<Deployment>(ResourceKind.Deployment, Plan.Namespace, NewName);

    private protected Service? Front => Controller.Objects.Find<Service>(ResourceKind.Service, Plan.Namespace, Plan.Service);

    /// <summary>Brings the release as far as it goes now.</summary>
    internal abstract void Advance();

    /// <summary>Takes the release back.</summary>
    internal void Abort(ReleaseAbortReason reason)
    {
        if (IsOver || Phase == ReleasePhase.Aborting) return;
        AbortReason = reason;
        Enter(ReleasePhase.Aborting);
    }

    private protected void Enter(ReleasePhase phase)
    {
        Phase = phase;
        Since = Controller.Instant;
        Judged = Since;
        if (phase == ReleasePhase.Promoted) Controller.Tell(this, FactKind.ReleasePromoted, 0);
        if (phase == ReleasePhase.Aborted) Controller.Tell(this, FactKind.ReleaseAborted, (long)AbortReason!.Value);
        if (!IsOver) Controller.Wake(this, TimeSpan.Zero);
    }

    /// <summary>The value of the version label of a side; null while its ReplicaSet, or its service of Docker Swarm, is not made.</summary>
    private protected string? VersionOf(Deployment side) => Plan.VersionLabel == Revisions.HashLabel
        ? side.Status.Swarm is { } swarm ? SwarmService.VersionLabel(side, swarm.Version) : Revisions.Newest(Controller.Objects, side)?.Metadata.Labels.ValueOf(Revisions.HashLabel)
        : side.Template.Labels.ValueOf(Plan.VersionLabel);

    /// <summary>Makes the new side, or gives it a size.</summary>
    /// <returns>Whether it is written as wanted.</returns>
    private protected bool EnsureNew(Deployment old, int size)
    {
        PodTemplate template = NewTemplate;
        if (New is { } side)
        {
            // Left over from an earlier release, or ours already.
            if (side.Replicas == size && Revisions.IsSame(side.Template, template)) return true;
            return Controller.TryUpdate(this, side with { Replicas = size, Template = template });
        }

        return Controller.TryCreate(this, old with
        {
            Metadata = new ObjectMeta { Name = NewName, Namespace = Plan.Namespace, Labels = old.Metadata.Labels.With(SideLabel, Plan.Suffix) },
            Document = null,
            Replicas = size,
            Template = template,
            Selector = new LabelSelector([.. old.Selector.Requirements, new LabelRequirement(SideLabel, SelectorOperator.In, [Plan.Suffix])]),
            IsPaused = false,
            Status = DeploymentStatus.New,
        });
    }

    private protected bool EnsureSize(Deployment? side, int size) => side is null || side.Replicas == size || Controller.TryUpdate(this, side with { Replicas = size });

    private PodTemplate NewTemplate => Plan.Template with { Labels = Plan.Template.Labels.With(SideLabel, Plan.Suffix) };

    /// <summary>Whether a side is known with a size and has all its pods of that size available.</summary>
    private protected static bool IsUp(Deployment? side, int size) => side is not null && side.Replicas == size && DeploymentMath.IsComplete(side, side.Status);

    /// <summary>Whether the new side is known with its template and a size, all available.</summary>
    private protected bool IsNewUp(int size) => New is { } side && Revisions.IsSame(side.Template, NewTemplate) && IsUp(side, size);

    /// <summary>Whether no pod of the new side takes requests any more.</summary>
    private protected bool IsNewGone() =>
        New is not { } side || (side.Replicas == 0 && side.Status.Pods.Replicas == 0 && side.Status.Pods.ObservedGeneration >= side.Metadata.Generation);

    /// <summary>Sends the Service's requests to one version only; to all that its own selector matches with null.</summary>
    private protected bool EnsureSelects(string? version)
    {
        if (Front is not { Selector: { } current } service) return false;
        Original ??= current;
        LabelSelector wanted = version is null
            ? Original
            : new LabelSelector([.. Original.Requirements.Where(requirement => requirement.Key != Plan.VersionLabel), new LabelRequirement(Plan.VersionLabel, SelectorOperator.In, [version])]);
        return current == wanted || Controller.TryUpdate(this, service with { Selector = wanted });
    }

    /// <summary>Judges what happened since the last time, when the interval is over or at the end of a pause.</summary>
    /// <param name="end">End of the pause.</param>
    /// <returns>False when the release was taken back.</returns>
    private protected bool Judge(TimeSpan end)
    {
        TimeSpan now = Controller.Instant;
        TimeSpan due = Judged + Plan.AnalysisInterval, from = Judged;
        if (Plan.Analysis is not { } analysis || Controller.Signals is not { } signals || now < (due < end ? due : end) || now == from) return true;
        Judged = now;
        if (Old is not { } old || New is not { } side) return true;
        var window = new ReleaseWindow($"{Plan.Namespace}/{Plan.Service}", VersionOf(old) ?? "", VersionOf(side) ?? "", from, now);
        if (analysis.IsGood(signals, in window)) return true;
        Abort(ReleaseAbortReason.Analysis);
        return false;
    }

    /// <summary>Comes back at the end of a pause, or at the next analysis before it.</summary>
    private protected void WaitUntil(TimeSpan end)
    {
        TimeSpan next = Plan.Analysis is null || Controller.Signals is null ? end : Judged + Plan.AnalysisInterval;
        Controller.Wake(this, (next < end ? next : end) - Controller.Instant);
    }

    /// <summary>Whether everybody knows of a change that was made at an instant; comes back then.</summary>
    private protected bool IsKnownToAll(TimeSpan since)
    {
        TimeSpan left = since + Controller.Propagation - Controller.Instant;
        if (left <= TimeSpan.Zero) return true;
        Controller.Wake(this, left);
        return false;
    }

    /// <summary>Whether the new side has had its time; comes back when it has not.</summary>
    private protected bool IsLate()
    {
        TimeSpan left = Since + Plan.Deadline - Controller.Instant;
        if (left <= TimeSpan.Zero) return true;
        Controller.Wake(this, left);
        return false;
    }
}
