namespace SchedBench.Core.Objects;

/// <summary>What every object carries (Kubernetes <c>metav1.ObjectMeta</c>). Immutable: a write makes a new one.</summary>
/// <remarks>Instants are spans since the start of the run; the experiment's epoch ties them to the calendar at the edges.</remarks>
public sealed record ObjectMeta
{
    /// <summary>Name, unique among the live objects of one kind and namespace.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace; empty for kinds that have none.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Identity, given by the store: 1, 2, 3, … over all kinds, never used again. Edges print it as a UUID.</summary>
    public long Uid { get; init; }

    /// <summary>Version of the last write to this object, given by the store; 0 before the first.</summary>
    public long ResourceVersion { get; init; }

    /// <summary>Grows by one with every change of the spec, starting at 1.</summary>
    public long Generation { get; init; }

    /// <summary>Instant of creation.</summary>
    public TimeSpan CreatedAt { get; init; }

    /// <summary>Instant at which the deletion was asked for, plus <see cref="DeletionGrace"/>: the object stays until then, or until its finalizers are
    /// gone. Never taken back.</summary>
    public TimeSpan? DeletionAt { get; init; }

    /// <summary>Grace of a deletion under way.</summary>
    public TimeSpan? DeletionGrace { get; init; }

    /// <summary>Labels, sorted by key.</summary>
    public ValueList<Label> Labels { get; init; }

    /// <summary>Annotations, sorted by key.</summary>
    public ValueList<Label> Annotations { get; init; }

    /// <summary>Owners; at most one of them is the controller.</summary>
    public ValueList<OwnerReference> Owners { get; init; }

    /// <summary>Names that must be taken away before a deleted object goes.</summary>
    public ValueList<string> Finalizers { get; init; }

    /// <summary>Whether a deletion is under way.</summary>
    public bool IsDeleting => DeletionAt is not null;

    /// <summary>The owner that controls this object, or null.</summary>
    public OwnerReference? Controller
    {
        get
        {
            foreach (OwnerReference owner in Owners.AsSpan())
            {
                if (owner.IsController) return owner;
            }

            return null;
        }
    }
}

/// <summary>Names an owner (Kubernetes <c>metav1.OwnerReference</c>): an object whose last owner is gone is garbage.</summary>
/// <param name="Kind">Kind of the owner, which lives in the same namespace or in none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its identity; a new object of the old name owns nothing.</param>
/// <param name="IsController">Whether it manages the object.</param>
/// <param name="BlocksDeletion">Whether a foreground deletion of the owner waits for the object.</param>
public readonly record struct OwnerReference(ResourceKind Kind, string Name, long Uid, bool IsController = true, bool BlocksDeletion = true);

/// <summary>Where an object stands: kind, namespace, name.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Namespace">Namespace; empty for kinds that have none.</param>
/// <param name="Name">Name.</param>
public readonly record struct ObjectKey(ResourceKind Kind, string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}

/// <summary>An object of the API: metadata, a typed projection of spec and status, and the full document it was read from.</summary>
/// <remarks>Immutable. Specs are shared: ten thousand pods of one template hold one spec.</remarks>
public abstract record KubeObject
{
    /// <summary>Metadata.</summary>
    public required ObjectMeta Metadata { get; init; }

    /// <summary>The document as it was written, so that fields that are not modelled survive a round trip; null for objects made by controllers.</summary>
    public ObjectDocument? Document { get; init; }

    /// <summary>Kind.</summary>
    public abstract ResourceKind Kind { get; }

    /// <summary>Where it stands.</summary>
    public ObjectKey Key => new(Kind, Metadata.Namespace, Metadata.Name);

    /// <summary>Name, for short.</summary>
    public string Name => Metadata.Name;

    /// <summary>Identity, for short.</summary>
    public long Uid => Metadata.Uid;

    /// <summary>Whether both say the same of what is wanted: a change of it makes a new generation. Metadata and status are not part of it.</summary>
    public abstract bool HasSameSpec(KubeObject other);

    /// <summary>This object with the status of the stored one: what applying a manifest over it writes.</summary>
    public virtual KubeObject WithStatusOf(KubeObject stored) => this;
}

/// <summary>The full document of an object as JSON text in UTF-16, kept beside the typed projection.</summary>
/// <param name="Json">One JSON object.</param>
public sealed record ObjectDocument(string Json);
