using System.Net;
using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;

namespace SchedBench.Fleets.Runtime;

/// <summary>What an engine is asked to run.</summary>
/// <param name="Node">Node of the fleet.</param>
/// <param name="Name">Name of the container, unique in the run.</param>
/// <param name="Image">Its image.</param>
/// <param name="Environment">Its environment.</param>
/// <param name="Serves">Whether it listens on a port that others ask; its address is known then.</param>
/// <param name="CpuMilliLimit">CPU limit in milli, or null.</param>
/// <param name="MemoryBytesLimit">Memory limit in bytes, or null.</param>
public sealed record ContainerOrder(int Node, string Name, string Image, IReadOnlyDictionary<string, string> Environment, bool Serves, long? CpuMilliLimit, long? MemoryBytesLimit);

/// <summary>How a container ended.</summary>
/// <param name="Code">Its exit code; 128 and the number of the signal that ended it.</param>
/// <param name="OutOfMemory">Whether its memory limit ended it.</param>
public readonly record struct ContainerExit(int Code, bool OutOfMemory);

/// <summary>A container that was started.</summary>
/// <param name="Id">The engine's name for it.</param>
/// <param name="Address">Where it listens; null when it does not.</param>
/// <param name="Exit">Completes when it has ended; never fails.</param>
public sealed record EngineContainer(string Id, IPEndPoint? Address, Task<ContainerExit> Exit);

/// <summary>Something that an engine could not do: what it said.</summary>
public sealed class EngineException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Runs containers of a fleet's nodes for real. Thread-safe. Touches nothing that it has not made itself.</summary>
public interface IContainerEngine : IAsyncDisposable
{
    /// <summary>What it is, for people.</summary>
    string Name { get; }

    /// <summary>Makes the nodes ready, and takes away what an earlier run that was killed has left.</summary>
    /// <exception cref="EngineException">It cannot.</exception>
    Task UpAsync(FleetLayout layout, CancellationToken cancellation);

    /// <summary>Makes sure that a node has an image.</summary>
    /// <exception cref="EngineException">It cannot be had.</exception>
    Task PullAsync(int node, string image, CancellationToken cancellation);

    /// <summary>Makes and starts a container.</summary>
    /// <exception cref="EngineException">It cannot.</exception>
    Task<EngineContainer> StartAsync(ContainerOrder order, CancellationToken cancellation);

    /// <summary>Sends the stop signal (SIGTERM). One that has ended is no error.</summary>
    Task SignalAsync(EngineContainer container);

    /// <summary>Ends it at once (SIGKILL). One that has ended is no error.</summary>
    Task KillAsync(EngineContainer container);

    /// <summary>Forgets one that has ended.</summary>
    Task RemoveAsync(EngineContainer container);

    /// <summary>All processes of a node stand still from now on, or go on.</summary>
    Task FreezeAsync(int node, bool isFrozen);

    /// <summary>Why a node cannot suffer an effect here, or null.</summary>
    string? Refuses(WorldEffect effect);

    /// <summary>A node loses its power, or has it again: its processes are gone at once, and none starts before it is back.</summary>
    /// <returns>Whether the node has a power of its own; otherwise nothing was done, and its containers are to be killed one by one.</returns>
    Task<bool> PowerAsync(int node, bool isOn);

    /// <summary>A fault on the way between a node and others begins, or is over.</summary>
    Task LinkAsync(int node, LinkEffect effect, bool begins);

    /// <summary>The processes of a node get so much of the CPU that they would have: 1 for all, less when it is slow.</summary>
    Task SlowAsync(int node, double share);
}
