using System.Globalization;

namespace SchedBench.PodServer;

/// <summary>How the process is to behave, from variables of its environment that begin with <c>SCHEDBENCH_</c>. Times are seconds.</summary>
/// <param name="Instance">Name of the pod: what every answer says.</param>
/// <param name="Version">Version of its image, said by every answer as well.</param>
/// <param name="Port">Port that it listens on; 0 for a process that answers nobody.</param>
/// <param name="Start">From the start until it listens.</param>
/// <param name="Ready">From then until it is ready; negative for never.</param>
/// <param name="Run">From the start until it ends by itself; negative for never.</param>
/// <param name="ExitCode">What it ends with then.</param>
/// <param name="Crash">From the start until it crashes; negative for never.</param>
/// <param name="Stop">From the stop signal until it ends.</param>
/// <param name="ServesWhileStopping">Whether it takes new connections between the two.</param>
/// <param name="Concurrency">Requests that it works on at once.</param>
/// <param name="QueueLimit">Requests that wait beyond those; more are answered with 503.</param>
/// <param name="ErrorRatio">Share of requests that it answers with 500, by their number.</param>
/// <param name="MemoryBytes">Memory that it takes at the start.</param>
/// <param name="LeakedBytesPerSecond">Memory that it takes each second.</param>
/// <param name="CpuShare">Share of the service time in which it computes; the rest it waits.</param>
internal sealed record PodSettings(
    string Instance, string Version, int Port, double Start, double Ready, double Run, int ExitCode, double Crash, double Stop, bool ServesWhileStopping, int Concurrency, int QueueLimit, double ErrorRatio,
    long MemoryBytes, double LeakedBytesPerSecond, double CpuShare)
{
    private const string Prefix = "SCHEDBENCH_";

    /// <summary>Reads them; what is not stated has a default that does no harm.</summary>
    public static PodSettings Read() => new(
        Text("INSTANCE", "pod"), Text("VERSION", ""), (int)Number("PORT", 0), Number("START", 0), Number("READY", 0), Number("RUN", -1), (int)Number("EXIT_CODE", 0), Number("CRASH", -1), Number("STOP", 0),
        Number("SERVES_WHILE_STOPPING", 0) > 0, (int)Number("CONCURRENCY", 8), (int)Number("QUEUE_LIMIT", 64), Number("ERROR_RATIO", 0), (long)Number("MEMORY", 0), Number("LEAK", 0), Number("CPU_SHARE", 0));

    private static string Text(string name, string usual) => Environment.GetEnvironmentVariable(Prefix + name) ?? usual;

    private static double Number(string name, double usual) => double.TryParse(Text(name, ""), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : usual;
}
