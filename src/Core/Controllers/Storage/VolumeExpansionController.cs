using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Enlarges the volumes of claims that grow (<c>kubernetes-csi/external-resizer</c>, <c>pkg/controller/volume/expand</c>), and their file systems (<c>pkg/volume/util/operationexecutor</c>,
/// <c>NodeExpandVolume</c>).</summary>
/// <remarks>
/// <code>
/// claim larger than its volume ── Resizing ──▶ volume enlarged ── FileSystemResizePending ──▶ a pod that mounts it runs on a ready node ──▶ status.capacity, no condition
/// </code>
/// Differences: the kubelet's part is written by this controller; <c>allocatedResources</c> and expansions that fail are not modelled, so a claim that shrinks back keeps the volume that it
/// has got by then.
/// </remarks>
public sealed class VolumeExpansionController(StorageOptions? options = null) : Controller
{
    private readonly StorageOptions _options = options ?? new StorageOptions();
    private readonly ClaimUsers _users = new();

    /// <summary>Claims whose volume or file system is being enlarged, and until when.</summary>
    private readonly SortedDictionary<long, TimeSpan> _until = [];

    /// <summary>Claims that wait for a node.</summary>
    private readonly SortedSet<long> _pending = [];

    /// <inheritdoc/>
    public override string Name => "volume-expand";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case PersistentVolumeClaim claim when (claim.IsBound && claim.SizeBytes > claim.CapacityBytes) || claim.Resize != ClaimResize.None || change.After is null:
                Enqueue(claim.Uid);
                break;
            case Pod pod:
                OnPod(pod, isGone: change.After is null || pod.HasEnded);
                break;
            case Node node when change.Before is not Node before || before.IsReady != node.IsReady:
                foreach (long uid in _pending) Enqueue(uid);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _users.Clear();
        _until.Clear();
        _pending.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        _pending.Remove(uid);
        if (View.Find(uid) is not PersistentVolumeClaim { IsBound: true, Metadata.IsDeleting: false } claim
            || View.Find<PersistentVolume>(ResourceKind.PersistentVolume, "", claim.VolumeName) is not { } volume)
        {
            _until.Remove(uid);
            return;
        }

        if (volume.SizeBytes < claim.SizeBytes) Enlarge(claim, volume);
        else if (claim.CapacityBytes < volume.SizeBytes && claim.Resize != ClaimResize.None) EnlargeFileSystem(claim, volume);
        else if (claim.Resize != ClaimResize.None) Write(claim with { Resize = ClaimResize.None });
    }

    private void OnPod(Pod pod, bool isGone)
    {
        foreach (ref readonly Volume volume in pod.Spec.Volumes.AsSpan())
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            var key = new ObjectKey(ResourceKind.PersistentVolumeClaim, pod.Metadata.Namespace, volume.Source);
            _users.Set(key, pod.Uid, uses: !isGone);
            if (View.Find(key) is PersistentVolumeClaim { Resize: ClaimResize.FileSystemPending } claim) Enqueue(claim.Uid);
        }
    }

    private void Enlarge(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        if (claim.Resize != ClaimResize.Resizing)
        {
            _until.Remove(claim.Uid);
            Write(claim with { Resize = ClaimResize.Resizing });
            return;
        }

        if (!IsOver(claim.Uid, _options.ExpandTime)) return;
        if (Api.Update(volume with { SizeBytes = claim.SizeBytes }) is not null) Retry(claim.Uid);
        else Write(claim with { Resize = ClaimResize.FileSystemPending });
    }

    private void EnlargeFileSystem(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        if (claim.Resize == ClaimResize.Resizing)
        {
            Write(claim with { Resize = ClaimResize.FileSystemPending });
            return;
        }

        if (!IsMounted(claim.Key))
        {
            _until.Remove(claim.Uid);
            _pending.Add(claim.Uid);
            return;
        }

        if (IsOver(claim.Uid, _options.FileSystemResizeTime)) Write(claim with { CapacityBytes = volume.SizeBytes, Resize = ClaimResize.None });
    }

    /// <summary>Whether a pod that uses the claim runs on a node that works.</summary>
    private bool IsMounted(ObjectKey claim)
    {
        foreach (long uid in _users.Of(claim))
        {
            if (View.Find(uid) is not Pod { Node.IsNode: true, Status.Phase: PodLifePhase.Running } pod) continue;
            IReadOnlyList<KubeObject> nodes = View.All(ResourceKind.Node);
            for (int i = 0; i < nodes.Count; i++)
            {
                if (nodes[i] is Node { IsReady: true } node && node.Index == pod.Node) return true;
            }
        }

        return false;
    }

    private bool IsOver(long claim, TimeSpan time)
    {
        if (!_until.TryGetValue(claim, out TimeSpan due)) _until.Add(claim, due = Now + time);
        if (due > Now)
        {
            EnqueueAfter(claim, due - Now);
            return false;
        }

        _until.Remove(claim);
        return true;
    }

    private void Write(PersistentVolumeClaim claim)
    {
        if (Api.Update(claim) is not null) Retry(claim.Uid);
    }
}
