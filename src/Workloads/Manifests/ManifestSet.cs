using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests;

/// <summary>The objects of a manifest file or folder.</summary>
public sealed record ManifestSet
{
    /// <summary>Objects in the order of the files; no two of one kind and namespace share a name. Uids, versions and instants are the store's to give.</summary>
    public required IReadOnlyList<KubeObject> Objects { get; init; }

    /// <summary>What was changed or left out on reading, and is told to the user: rounded quantities, names that were made, parts that are not simulated.</summary>
    public IReadOnlyList<InputProblem> Notes { get; init; } = [];

    /// <summary>What is accepted, as Kubernetes accepts it, and most likely a mistake: selectors that match nothing or somebody else's pods, schedules that are
    /// never due.</summary>
    public IReadOnlyList<InputProblem> Warnings { get; init; } = [];

    /// <summary>The files read, in order.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>The objects of one type, in order.</summary>
    /// <typeparam name="T">Type of object.</typeparam>
    public IEnumerable<T> Of<T>()
        where T : KubeObject => Objects.OfType<T>();
}

/// <summary>A file that was read.</summary>
/// <param name="Name">The file as the user named it; below a folder, the folder's name and the relative path with <c>/</c>.</param>
/// <param name="Sha256Hex">SHA-256 of its bytes.</param>
public sealed record ManifestFile(string Name, string Sha256Hex);
