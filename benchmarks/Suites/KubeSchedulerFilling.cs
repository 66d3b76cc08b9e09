using System.Diagnostics;
using System.Globalization;

namespace SchedBench.Benchmarks.Suites;

/// <summary>Fills clusters one after the other in this process and tells the speed of each filling and the most memory that the process held: what BenchmarkDotNet does not measure.</summary>
internal static class KubeSchedulerFilling
{
    private const int Pods = 10_000;

    /// <summary>Fills <paramref name="times"/> clusters and writes a line each.</summary>
    /// <param name="workload">Name and nodes: <c>mixed/5000</c>.</param>
    /// <param name="times">Fillings.</param>
    public static void Run(string workload, int times)
    {
        for (int i = 0; i < times; i++)
        {
            KubeSchedulerWorkload cluster = KubeSchedulerWorkload.Parse(workload);
            long start = Stopwatch.GetTimestamp();
            int placed = cluster.Fill(Pods);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            using var self = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workload}: {placed} pods, {placed / seconds:F0} pods/s, peak resident memory {self.PeakWorkingSet64 / 1e6:F0} MB"));
        }
    }
}
