using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <content>The ReplicaSet of the current template, revisions, and the history (<c>sync.go</c>).</content>
public sealed partial class DeploymentController
{
    private ReplicaSet? NewSet => _new >= 0 ? _sets[_new] : null;

    /// <summary>Finds the ReplicaSet of the template and gives it the next revision if it is not the last already; creates it where there is none
    /// (<c>getAllReplicaSetsAndSyncRevision</c>).</summary>
    private void FindNewSet(bool mayCreate)
    {
        _new = _sets.FindIndex(set => Revisions.IsSame(set.Template, _deployment.Template));
        long revision = 1;
        for (int i = 0; i < _sets.Count; i++)
        {
            if (i != _new) revision = Math.Max(revision, Revisions.Of(_sets[i]) + 1);
        }

        if (_new >= 0) TakeExisting(_sets[_new], revision);
        else if (mayCreate) CreateNewSet(revision);
    }

    private void TakeExisting(ReplicaSet set, long revision)
    {
        ValueList<Label> annotations = Annotated(set.Metadata.Annotations, Revisions.Of(set), revision);
        if (annotations != set.Metadata.Annotations || set.MinReady != _deployment.MinReady)
        {
            bool isNewRevision = Revisions.Of(set) < revision;
            if (!Write(set with { MinReady = _deployment.MinReady, Metadata = set.Metadata with { Annotations = annotations } })) return;
            if (isNewRevision) Record(FactKind.RolloutStarted, revision);
        }

        Deployment next = WithRevision(_deployment, Revisions.Of(_sets[_new]));
        if (HasDeadline && _deployment.Status.ProgressReason.Length == 0) next = next with { Status = WithReason(next.Status, ProgressReasons.Found) };
        if (!ReferenceEquals(next, _deployment)) Write(next);
    }

    private void CreateNewSet(long revision)
    {
        if (_isRefused) return;
        string hash = PodControl.TemplateHash(_deployment.Template.ToString(), _deployment.Status.Collisions);
        PodTemplate template = Revisions.Hashed(_deployment.Template, hash);
        int size = DeploymentMath.NewReplicas(_deployment, TotalSize(), 0);
        ValueList<Label> annotations = Annotated(default, 0, revision)
            .With(Revisions.DesiredAnnotation, Revisions.Text(_deployment.Replicas))
            .With(Revisions.MaxAnnotation, Revisions.Text(_deployment.Replicas + DeploymentMath.MaxSurge(_deployment)));
        var wanted = new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = $"{_deployment.Name}-{hash}",
                Namespace = _deployment.Metadata.Namespace,
                Labels = template.Labels,
                Annotations = annotations,
                Owners = [new OwnerReference(ResourceKind.Deployment, _deployment.Name, _deployment.Uid)],
            },
            Replicas = size,
            MinReady = _deployment.MinReady,
            Selector = new LabelSelector([.. _deployment.Selector.Requirements, new LabelRequirement(Revisions.HashLabel, SelectorOperator.In, [hash])]),
            Template = template,
        };
        if (Api.Create(wanted, out KubeObject created) is { } error)
        {
            OnCreateFailed(wanted, error);
            return;
        }

        _sets.Add((ReplicaSet)created);
        _new = _sets.Count - 1;
        Record(FactKind.RolloutStarted, revision);
        if (size > 0) Context.Events.Tell(_deployment, "ScalingReplicaSet", $"Scaled up replica set {created.Name} from 0 to {size}", Name);
        Deployment next = WithRevision(_deployment, revision);
        if (HasDeadline) next = next with { Status = WithReason(next.Status, ProgressReasons.Created) };
        Write(next);
    }

    private void OnCreateFailed(ReplicaSet wanted, ApiError error)
    {
        if (error.Code == ApiErrorCode.Conflict)
        {
            // A late view does not show our own ReplicaSet yet; another one under the name is a collision of hashes, and the next hash is another.
            bool isOurs = Api.Read(wanted.Key) is ReplicaSet taken && taken.Metadata.Controller?.Uid == _deployment.Uid && Revisions.IsSame(taken.Template, _deployment.Template);
            if (!isOurs) Write(_deployment with { Status = _deployment.Status with { Collisions = _deployment.Status.Collisions + 1 } });
        }
        else
        {
            Context.Events.Warn(_deployment, ProgressReasons.CreateFailed, $"Failed to create new replica set \"{wanted.Name}\": {error.Message}", Name);
            if (HasDeadline) Write(_deployment with { Status = WithReason(_deployment.Status, ProgressReasons.CreateFailed) });
        }

        _isRefused = true;
    }

    /// <summary>Annotations of the new ReplicaSet: those of the Deployment, its revision, and the revisions it had before (<c>SetNewReplicaSetAnnotations</c>).</summary>
    private ValueList<Label> Annotated(ValueList<Label> annotations, long before, long revision)
    {
        foreach (ref readonly Label annotation in _deployment.Metadata.Annotations.AsSpan())
        {
            if (!Revisions.IsOwn(annotation.Key) && annotations.ValueOf(annotation.Key) != annotation.Value) annotations = annotations.With(annotation.Key, annotation.Value);
        }

        if (before >= revision) return annotations;
        annotations = annotations.With(Revisions.Annotation, Revisions.Text(revision));
        if (before == 0) return annotations;
        string history = annotations.ValueOf(Revisions.HistoryAnnotation) is { Length: > 0 } earlier ? $"{earlier},{Revisions.Text(before)}" : Revisions.Text(before);
        // The oldest revisions are forgotten first.
        while (history.Length > _options.RevisionHistoryChars && history.IndexOf(',', StringComparison.Ordinal) is var comma and >= 0) history = history[(comma + 1)..];
        return annotations.With(Revisions.HistoryAnnotation, history);
    }

    private static Deployment WithRevision(Deployment deployment, long revision) => Revisions.Of(deployment) == revision
        ? deployment
        : deployment with { Metadata = deployment.Metadata with { Annotations = deployment.Metadata.Annotations.With(Revisions.Annotation, Revisions.Text(revision)) } };

    /// <summary>Deletes the oldest revisions beyond the limit; one that still has pods, or whose last change its controller has not seen, stays
    /// (<c>cleanupDeployment</c>).</summary>
    private void CleanUp()
    {
        int surplus = -_deployment.RevisionHistoryLimit;
        for (int i = 0; i < _sets.Count; i++)
        {
            if (i != _new && !_sets[i].Metadata.IsDeleting) surplus++;
        }

        if (surplus <= 0 || _isRefused) return;
        ReplicaSet[] old = [.. _sets.Where((set, i) => i != _new && !set.Metadata.IsDeleting).OrderBy(Revisions.Of).ThenBy(set => set.Uid)];
        for (int i = 0; i < surplus; i++)
        {
            ReplicaSet set = old[i];
            if (set.Replicas != 0 || set.Status.Replicas != 0 || set.Metadata.Generation > set.Status.ObservedGeneration) continue;
            if (Api.Delete(set.Key, new DeleteOptions(set.Uid)) is { Code: not ApiErrorCode.NotFound }) _isRefused = true;
        }
    }
}
