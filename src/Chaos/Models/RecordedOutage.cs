namespace SchedBench.Chaos.Models;

/// <summary>An outage of a recorded series, as OpenDC has it (<c>failure_interval</c>, <c>failure_duration</c>, <c>failure_intensity</c>).</summary>
/// <param name="Gap">From the beginning of the one before, or of the record, until it begins.</param>
/// <param name="Duration">How long it lasted.</param>
/// <param name="Share">Share of the hosts that it hit, 0 to 1.</param>
public readonly record struct RecordedOutage(TimeSpan Gap, TimeSpan Duration, double Share);
