using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <content>Rolling updates, recreation and scaling (<c>rolling.go</c>, <c>recreate.go</c>, <c>sync.go</c>).</content>
public sealed partial class DeploymentController
{
    private readonly List<(int Set, int Size)> _sizes = [];

    private void Roll()
    {
        FindNewSet(mayCreate: true);
        if (_isRefused) return;
        if (!GrowNew() && !ShrinkOld() && DeploymentMath.IsComplete(_deployment, _deployment.Status)) CleanUp();
        SyncStatus(isRollout: true);
    }

    /// <summary>Brings the new ReplicaSet as far as the surge allows (<c>reconcileNewReplicaSet</c>).</summary>
    private bool GrowNew()
    {
        ReplicaSet set = _sets[_new];
        if (set.Replicas == _deployment.Replicas) return false;
        int size = set.Replicas > _deployment.Replicas ? _deployment.Replicas : DeploymentMath.NewReplicas(_deployment, TotalSize(), set.Replicas);
        return Resize(_new, size);
    }

    /// <summary>Takes old pods away as far as the available ones allow: those that are not available first (<c>reconcileOldReplicaSets</c>).</summary>
    private bool ShrinkOld()
    {
        int total = TotalSize();
        ReplicaSet set = _sets[_new];
        if (total == set.Replicas) return false;
        int mustStay = _deployment.Replicas - DeploymentMath.MaxUnavailable(_deployment);
        // Every new pod that is not available yet may fail: its place among those that must stay is kept by an old one.
        int spare = total - mustStay - (set.Replicas - set.Status.Available);
        if (spare <= 0) return false;
        int gone = 0;
        for (int i = 0; i < _sets.Count && gone < spare; i++)
        {
            if (i == _new || _sets[i].Replicas == 0 || _sets[i].Replicas <= _sets[i].Status.Available) continue;
            int by = Math.Min(spare - gone, _sets[i].Replicas - _sets[i].Status.Available);
            if (!Resize(i, _sets[i].Replicas - by)) return gone > 0;
            gone += by;
        }

        return ShrinkHealthyOld(mustStay) > 0 || gone > 0;
    }

    /// <summary>Available old pods beyond those that must stay (<c>scaleDownOldReplicaSetsForRollingUpdate</c>).</summary>
    /// <remarks>A set's status may still count pods that an earlier sync gave up: they are not counted on here. Kubernetes counts them, and so may give up too much
    /// when a new pod gets available in between.</remarks>
    private int ShrinkHealthyOld(int mustStay)
    {
        int spare = -mustStay, gone = 0;
        foreach (ReplicaSet set in _sets) spare += Math.Min(set.Status.Available, set.Replicas);
        for (int i = 0; i < _sets.Count && gone < spare; i++)
        {
            if (i == _new || _sets[i].Replicas == 0) continue;
            int by = Math.Min(_sets[i].Replicas, spare - gone);
            if (!Resize(i, _sets[i].Replicas - by)) return gone;
            gone += by;
        }

        return gone;
    }

    private void Recreate()
    {
        FindNewSet(mayCreate: false);
        if (!StopOld() && !OldPodsRun())
        {
            if (_new < 0) FindNewSet(mayCreate: true);
            if (_isRefused) return;
            Resize(_new, _deployment.Replicas);
            if (DeploymentMath.IsComplete(_deployment, _deployment.Status)) CleanUp();
        }

        SyncStatus(isRollout: true);
    }

    /// <summary>Whether an old ReplicaSet had to be told to stop (<c>scaleDownOldReplicaSetsForRecreate</c>).</summary>
    private bool StopOld()
    {
        bool isScaled = false;
        for (int i = 0; i < _sets.Count; i++)
        {
            if (i != _new && _sets[i].Replicas > 0) isScaled |= Resize(i, 0);
        }

        return isScaled;
    }

    /// <summary>Whether old pods are left; those that are terminating still run (<c>oldPodsRunning</c>).</summary>
    private bool OldPodsRun()
    {
        for (int i = 0; i < _sets.Count; i++)
        {
            if (i != _new && (_sets[i].Status.Replicas > 0 || LivingPods(_sets[i].Uid) > 0)) return true;
        }

        return false;
    }

    /// <summary>Whether the Deployment has another size than its ReplicaSets were last scaled for (<c>isScalingEvent</c>).</summary>
    private bool IsScaling()
    {
        foreach (ReplicaSet set in _sets)
        {
            if (set.Replicas > 0 && Revisions.DesiredReplicas(set) is { } desired && desired != _deployment.Replicas) return true;
        }

        return false;
    }

    /// <summary>Gives a new size to the ReplicaSets: to the only one, or to each in proportion in the middle of a rollout (<c>scale</c>).</summary>
    private void Scale()
    {
        if (ActiveOrLatest() is { } only)
        {
            // A set that has the size already still notes it: Kubernetes v1.34 leaves the note stale, and the rollout stands for ever (kubernetes#138036).
            if (only >= 0) Resize(only, _deployment.Replicas);
        }
        else if (DeploymentMath.IsSaturated(_deployment, NewSet))
        {
            for (int i = 0; i < _sets.Count; i++)
            {
                if (i != _new && _sets[i].Replicas > 0) Resize(i, 0);
            }
        }
        else if (!_deployment.Strategy.IsRecreate)
        {
            ScaleInProportion();
        }
        else
        {
            // None of several is the right one to grow: they note the size, and are replaced. Kubernetes leaves the note stale here too.
            for (int i = 0; i < _sets.Count; i++)
            {
                if (_sets[i].Replicas > 0) Resize(i, _sets[i].Replicas);
            }
        }
    }

    /// <summary>The only active ReplicaSet, or the newest when none is active (−1 when there is none at all); null when several are active
    /// (<c>FindActiveOrLatest</c>).</summary>
    private int? ActiveOrLatest()
    {
        int active = 0, at = -1, newest = -1;
        for (int i = 0; i < _sets.Count; i++)
        {
            if (newest < 0 || _sets[i].Uid > _sets[newest].Uid) newest = i;
            if (_sets[i].Replicas == 0) continue;
            active++;
            at = i;
        }

        return active switch { 0 => _new >= 0 ? _new : newest, 1 => at, _ => null };
    }

    private void ScaleInProportion()
    {
        int allowed = _deployment.Replicas > 0 ? _deployment.Replicas + DeploymentMath.MaxSurge(_deployment) : 0;
        int toAdd = allowed - TotalSize(), added = 0;
        _sizes.Clear();
        for (int i = 0; i < _sets.Count; i++)
        {
            if (_sets[i].Replicas > 0) _sizes.Add((i, _sets[i].Replicas));
        }

        // The largest first; of equal ones the newer grows and the older shrinks first.
        int age = toAdd > 0 ? -1 : 1;
        _sizes.Sort((left, right) => left.Size != right.Size ? right.Size.CompareTo(left.Size) : age * left.Set.CompareTo(right.Set));
        for (int i = 0; i < _sizes.Count; i++)
        {
            (int set, int size) = _sizes[i];
            int share = DeploymentMath.Proportion(_deployment, size, Revisions.MaxReplicas(_sets[set]), toAdd, added);
            added += share;
            _sizes[i] = (set, size + share);
        }

        for (int i = 0; i < _sizes.Count; i++)
        {
            // What rounding left over goes to the largest.
            int size = _sizes[i].Size + (i == 0 ? toAdd - added : 0);
            Resize(_sizes[i].Set, Math.Max(0, size));
        }
    }

    private int TotalSize()
    {
        int total = 0;
        foreach (ReplicaSet set in _sets) total += set.Replicas;
        return total;
    }

    /// <summary>Writes the size of a ReplicaSet and the annotations about it (<c>scaleReplicaSet</c>).</summary>
    /// <returns>Whether its size changed.</returns>
    private bool Resize(int at, int size)
    {
        ReplicaSet set = _sets[at];
        int most = _deployment.Replicas + DeploymentMath.MaxSurge(_deployment);
        ValueList<Label> annotations = set.Metadata.Annotations;
        if (Revisions.DesiredReplicas(set) != _deployment.Replicas) annotations = annotations.With(Revisions.DesiredAnnotation, Revisions.Text(_deployment.Replicas));
        if (Revisions.MaxReplicas(set) != most) annotations = annotations.With(Revisions.MaxAnnotation, Revisions.Text(most));
        if (size == set.Replicas && annotations == set.Metadata.Annotations) return false;
        if (!Write(set with { Replicas = size, Metadata = set.Metadata with { Annotations = annotations } }) || size == set.Replicas) return false;
        if (Context.Events.IsOn) Context.Events.Tell(_deployment, "ScalingReplicaSet", $"Scaled {(size > set.Replicas ? "up" : "down")} replica set {set.Name} from {set.Replicas} to {size}", Name);
        return true;
    }
}
