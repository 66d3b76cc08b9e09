namespace SchedBench.Chaos.Plans;

/// <summary>Looks at a service again and again, and calls faults off when it fails several times in a row (Chaos Mesh's <c>StatusCheck</c> with <c>abortWithStatusCheck</c>): those that hold end, those to come never begin.</summary>
/// <remarks>A look is one request of a client that times out: it fails with the probability with which requests to the service failed that were sent in the time from the look before until this one, drawn from the seed.
/// What is known of them counts at the look's time-out; when none had ended by then, the look says nothing.</remarks>
/// <param name="Name">What it is called; its draws go by it.</param>
/// <param name="Namespace">Namespace of the service.</param>
/// <param name="Service">Name of the service, which has a stream of requests in the run.</param>
/// <param name="From">Instant of the first look.</param>
/// <param name="Until">Instant from which on there is none.</param>
/// <param name="Every">Time from one look to the next.</param>
/// <param name="Timeout">Time after which the outcome of a look is known.</param>
/// <param name="Failures">Looks in a row that have to fail.</param>
public sealed record ServiceGuard(string Name, string Namespace, string Service, TimeSpan From, TimeSpan Until, TimeSpan Every, TimeSpan Timeout, int Failures);
