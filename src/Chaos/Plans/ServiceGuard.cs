namespace SchedBench.Chaos.Plans;

/// <summary>Looks at a service again and again (Chaos Mesh's <c>StatusCheck</c>). It may call faults off when it fails, those that hold and those to come, and faults and other guards may begin when it is over (<see cref="Moment"/>).</summary>
/// <remarks>A look is one request of a client that times out: it fails with the probability with which requests to the service failed that were sent in the time from the look before until this one, drawn from the seed.
/// What is known of them counts at the look's time-out; when none had ended by then, the look says nothing.</remarks>
/// <param name="Name">What it is called; its draws go by it.</param>
/// <param name="Namespace">Namespace of the service.</param>
/// <param name="Service">Name of the service, which has a stream of requests in the run.</param>
/// <param name="From">Instant of the first look; with <see cref="After"/> the earliest that it can have.</param>
/// <param name="Until">Instant from which on there is none.</param>
/// <param name="Every">Time from one look to the next.</param>
/// <param name="Timeout">Time after which the outcome of a look is known.</param>
/// <param name="Failures">Looks in a row that have to fail.</param>
public sealed record ServiceGuard(string Name, string Namespace, string Service, TimeSpan From, TimeSpan Until, TimeSpan Every, TimeSpan Timeout, int Failures)
{
    /// <summary>When it begins, where that depends upon other guards; null for <see cref="From"/>.</summary>
    public Moment? After { get; init; }

    /// <summary>When it is over at the latest, beside <see cref="Until"/>; null for that alone. Known as soon as it has begun.</summary>
    public Moment? By { get; init; }

    /// <summary>Whether it calls its faults off when it fails.</summary>
    public bool CallsOff { get; init; } = true;

    /// <summary>Looks in a row that have to succeed; 0 where it may end without. One that ends otherwise has failed.</summary>
    public int Successes { get; init; }

    /// <summary>Whether it matters how it ends, beside that it calls off.</summary>
    public bool HasOutcome => !CallsOff || Successes > 0;

    /// <summary>Whether it is over as soon as enough looks have succeeded (Chaos Mesh's <c>Synchronous</c>).</summary>
    public bool IsOverOnSuccess { get; init; }
}
