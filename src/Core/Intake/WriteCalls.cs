using System.Numerics;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Intake;

/// <summary>Creates an object (POST). 404 without its namespace, 409 when the name is taken, 422 when it brings a version of its own, 403 and 422 of admission.</summary>
/// <remarks>A Node must be one of the fleet: the machine's capacity is the fleet's, whatever the object says.</remarks>
/// <param name="Object">The object.</param>
public sealed record CreateCall(KubeObject Object) : WriteCall
{
    internal override ApiAnswer Execute(ApiDesk desk)
    {
        if (Object.Metadata.ResourceVersion != 0) return desk.Refuse(ApiErrorCode.Invalid, "resourceVersion should not be set on objects to be created");
        KubeObject wanted = Object;
        if (wanted is Node node)
        {
            if (desk.IndexOf(node.Name, out ApiError? unknown) is not { } index) return desk.Answer(unknown, null);
            wanted = node with { Index = index, Spec = desk.Run.Fleet.Nodes[index.Value] };
        }

        KubeObject created;
        ApiError? error = IsDryRun ? desk.Store.DryRunCreate(wanted, out created) : desk.Store.Create(wanted, out created);
        return desk.Answer(error, created);
    }
}

/// <summary>Writes an object anew (PUT). 404 when it is not there, 409 when its version is stale or its identity another's, 422 for what may not change.</summary>
/// <remarks>Without version (0) it is unconditional, as in Kubernetes. Like the main resource it leaves the status as it is; a pod is bound by <see cref="BindCall"/> only.</remarks>
/// <param name="Object">The object, made from the one that was read.</param>
public sealed record UpdateCall(KubeObject Object) : WriteCall
{
    /// <summary>Whether the status is written (PUT …/status): 422 where the spec is changed with it, which Kubernetes would ignore.</summary>
    public bool IsStatus { get; init; }

    internal override ApiAnswer Execute(ApiDesk desk)
    {
        if (desk.Store.View.Find(Object.Key) is not { } stored) return desk.Refuse(ApiErrorCode.NotFound, $"{Object.Key} not found");
        KubeObject next = Object;
        ObjectMeta meta = next.Metadata;
        if (meta.ResourceVersion == 0) meta = meta with { ResourceVersion = stored.Metadata.ResourceVersion };
        if (meta.Uid == 0) meta = meta with { Uid = stored.Uid };
        if (meta != next.Metadata) next = next with { Metadata = meta };
        if (!IsStatus) next = next.WithStatusOf(stored);
        // Of equal specs the stored one stays: a client's copy is no change.
        else if (!next.HasSameSpec(stored)) return desk.Refuse(ApiErrorCode.Invalid, $"{next.Key}: a write of the status changes no spec");
        if (next is Node node && stored is Node known) next = node with { Index = known.Index, Spec = known.Spec };
        ApiError? error = IsDryRun ? desk.Store.DryRunUpdate(ref next) : desk.Store.Update(next);
        return desk.Answer(error, IsDryRun ? next : desk.Store.View.Find(next.Key));
    }
}

/// <summary>Deletes an object (DELETE). 404, 409 when identity or version are not those of the preconditions, 403 of admission.</summary>
/// <param name="Key">Which.</param>
/// <param name="Options">Preconditions, grace and what becomes of what it owns.</param>
public sealed record DeleteCall(ObjectKey Key, DeleteOptions Options = default) : WriteCall
{
    internal override ApiAnswer Execute(ApiDesk desk)
    {
        KubeObject? found = desk.Store.View.Find(Key);
        ApiError? error = IsDryRun ? desk.Store.DryRunDelete(Key, Options, out _) : desk.Store.Delete(Key, Options);
        // What is gone is shown as it last was.
        return desk.Answer(error, desk.Store.View.Find(Key) ?? found);
    }
}

/// <summary>Evicts a pod (POST …/eviction): a deletion that asks the disruption budgets first. 429 when one does not allow it now.</summary>
/// <param name="Key">The pod.</param>
/// <param name="Options">Preconditions and grace.</param>
public sealed record EvictCall(ObjectKey Key, DeleteOptions Options = default) : WriteCall
{
    internal override ApiAnswer Execute(ApiDesk desk)
    {
        KubeObject? found = desk.Store.View.Find(Key);
        ApiError? error = IsDryRun ? desk.Run.Evictions.DryRunEvict(Key, Options) : desk.Run.Evictions.Evict(Key, Options);
        return desk.Answer(error, desk.Store.View.Find(Key) ?? found);
    }
}

/// <summary>Binds a pod to a node (POST …/binding): what a scheduler outside does. 404, 409 when the pod is bound, gated, going or another one.</summary>
/// <remarks>Room and rules are not judged here, as in Kubernetes: the node's agent refuses what does not fit. Unlike Kubernetes a node that does not exist is 404, and a pod with GPUs names the devices
/// (422 otherwise): Kubernetes lets its device plug-ins choose.</remarks>
/// <param name="Key">The pod.</param>
/// <param name="Node">Name of the node.</param>
/// <param name="Uid">Identity of the pod; null for any.</param>
/// <param name="Devices">GPU devices of the node.</param>
public sealed record BindCall(ObjectKey Key, string Node, long? Uid = null, DeviceSet Devices = default) : WriteCall
{
    internal override ApiAnswer Execute(ApiDesk desk)
    {
        if (desk.Store.View.Find(Key) is not Pod pod) return desk.Refuse(ApiErrorCode.NotFound, $"{Key} not found");
        if (Uid is { } uid && uid != pod.Uid) return desk.Refuse(ApiErrorCode.Conflict, $"{Key} is {pod.Uid}, not {uid}");
        if (desk.IndexOf(Node, out ApiError? unknown) is not { } node) return desk.Answer(unknown, null);
        if (desk.Store.View.Find<Node>(ResourceKind.Node, "", Node) is null) return desk.Refuse(ApiErrorCode.NotFound, $"Node/{Node} not found");
        if (BitOperations.Log2(Devices.Bits | 1) >= Math.Max(1, desk.Run.Fleet.Nodes[node.Value].GpuCount))
            return desk.Refuse(ApiErrorCode.Invalid, $"{Key}: node {Node} has no devices {Devices}");
        if (Devices.Count != pod.Spec.GpuCount) return desk.Refuse(ApiErrorCode.Invalid, $"{Key} asks for {pod.Spec.GpuCount} GPU devices, and {Devices.Count} are named");
        if (!IsDryRun) return desk.Answer(desk.Run.Assign(pod, node, Devices), desk.Store.View.Find(Key));
        return desk.Answer(desk.Run.DryRunAssign(pod, node, Devices), pod);
    }
}
