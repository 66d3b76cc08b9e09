using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Nodes;

/// <summary>How containers of an image behave in the simulation: what an experiment says about an image. Times in seconds.</summary>
public sealed record ImageBehavior
{
    /// <summary>Behaviour of images that nothing is said about.</summary>
    public static ImageBehavior Default { get; } = new();

    /// <summary>From the container's start until the process accepts connections.</summary>
    public Distribution StartSeconds { get; init; } = new ConstantDistribution(1);

    /// <summary>From then until it is fit to answer: the readiness and startup probes succeed from here on.</summary>
    public Distribution ReadySeconds { get; init; } = new ConstantDistribution(0);

    /// <summary>Whether its readiness probe never succeeds (a bad release).</summary>
    public bool IsNeverReady { get; init; }

    /// <summary>Run time of a container that ends by itself (jobs, init containers); null runs on. Init containers without one take no time.</summary>
    public Distribution? RunSeconds { get; init; }

    /// <summary>How a container that ends by itself saves its work meanwhile; null when it does not, and begins anew whenever it is started.</summary>
    public Checkpointing? Checkpoints { get; init; }

    /// <summary>Exit code of a container that ended by itself.</summary>
    public int ExitCode { get; init; }

    /// <summary>From the start until it crashes (exit code 1); null never.</summary>
    public Distribution? CrashAfterSeconds { get; init; }

    /// <summary>From the stop signal until the process ends by itself; the kill after the grace period comes first when this is longer.</summary>
    public Distribution StopSeconds { get; init; } = new ConstantDistribution(0.5);

    /// <summary>Whether it goes on taking requests between the stop signal and its end; otherwise it refuses new ones at once and finishes those it has.</summary>
    public bool ServesWhileStopping { get; init; }

    /// <summary>Time that one request takes on an idle pod.</summary>
    public Distribution ServiceSeconds { get; init; } = new ConstantDistribution(0.02);

    /// <summary>Requests that a pod works on at once.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Requests that wait in a pod beyond those; more are refused.</summary>
    public int QueueLimit { get; init; } = 64;

    /// <summary>Share of requests that it answers with an error, 0 to 1.</summary>
    public double ErrorRatio { get; init; }

    /// <summary>CPU of an idle container, in milli.</summary>
    public long IdleCpuMilli { get; init; } = 10;

    /// <summary>CPU time of one request, in milli seconds of one CPU.</summary>
    public double CpuMillisecondsPerRequest { get; init; } = 10;

    /// <summary>Memory after the start, in bytes.</summary>
    public long MemoryBytes { get; init; } = 32L << 20;

    /// <summary>Memory of one request in work, in bytes. Autoscalers see its mean over their window; limits and the pressure of nodes go by <see cref="MemoryBytes"/> and the leak alone.</summary>
    public long MemoryBytesPerRequest { get; init; }

    /// <summary>Memory that it leaks, in bytes a second.</summary>
    public double LeakedBytesPerSecond { get; init; }

    /// <summary>What a container of it writes to the disk of its node.</summary>
    public DiskUsage Disk { get; init; }

    /// <summary>Layers of the image, the lowest first.</summary>
    public ValueList<ImageLayer> Layers { get; init; } = [new ImageLayer("base", 30L << 20)];
}

/// <summary>A container that saves its work now and then to storage that outlives its machine, and goes on from there.</summary>
/// <param name="Every">Work between two checkpoints, above zero.</param>
/// <param name="Takes">How long the work stands still for one; before its end it is of no use.</param>
/// <param name="Restart">What it takes to read one before the work goes on.</param>
public sealed record Checkpointing(TimeSpan Every, TimeSpan Takes, TimeSpan Restart);

/// <summary>An immutable layer, shared by all images that list it.</summary>
/// <param name="Digest">Identity.</param>
/// <param name="SizeBytes">Compressed size.</param>
public readonly record struct ImageLayer(string Digest, long SizeBytes);

/// <summary>Sees what is kept of the work of containers that save it (<see cref="Checkpointing"/>).</summary>
public interface IWorkObserver
{
    /// <summary>A container ended, its machine did, or another one goes on with its work: so much of that is kept that was not before, all that was left of it when it is done.</summary>
    void OnWorkKept(Pod pod, TimeSpan work);
}

/// <summary>Sees what really answers requests: told by the agents at the instant it happens on the node, not when the control plane learns of it.</summary>
public interface IServingObserver
{
    /// <summary>The process of a pod accepts connections from now on.</summary>
    void OnListening(Pod pod, ImageBehavior behavior);

    /// <summary>The pod would answer requests well from now on (true), or no longer (false): its readiness as a probe would find it.</summary>
    void OnFitChanged(Pod pod, bool isFit);

    /// <summary>The process that answers requests works at another speed from now on: 1 as its image says, less when it is slow.</summary>
    void OnSpeedChanged(Pod pod, double speed)
    {
        // Most do not mind.
    }

    /// <summary>The stop signal was sent.</summary>
    void OnStopping(Pod pod);

    /// <summary>The process is gone; requests in it are lost.</summary>
    void OnStopped(Pod pod);
}
