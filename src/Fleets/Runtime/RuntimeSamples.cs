namespace SchedBench.Fleets.Runtime;

/// <summary>What a run measured of its machines, in seconds: what a calibration is made of.</summary>
public sealed class RuntimeSamples
{
    /// <summary>From the request to start a container until it listened, less the start that it was told to take, with the number of other starts that were under way when it was asked for.</summary>
    public List<(int Others, double Seconds)> Start { get; } = [];

    /// <summary>From the stop signal until its end was known, less the stop that it was told to take.</summary>
    public List<double> Stop { get; } = [];

    /// <summary>From the kill until its end was known.</summary>
    public List<double> Kill { get; } = [];

    /// <summary>Adds what another run measured.</summary>
    public void Add(RuntimeSamples other)
    {
        Start.AddRange(other.Start);
        Stop.AddRange(other.Stop);
        Kill.AddRange(other.Kill);
    }
}
