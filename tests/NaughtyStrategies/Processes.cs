using System.Diagnostics;
using System.Globalization;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.NaughtyStrategies;

/// <summary>Starts a process that outlives the run and holds its output streams; says which in the file that an environment variable names. Decides like any other.</summary>
[Strategy("naughty-litter", "Leaves a process behind")]
public sealed class Littering : ScoringStrategy
{
    public override void Prepare(StrategyContext context)
    {
        using var left = Process.Start("sleep", "300");
        if (Environment.GetEnvironmentVariable("NAUGHTY_PID_FILE") is { } file) File.WriteAllText(file, left.Id.ToString(CultureInfo.InvariantCulture));
    }

    public override long Score(in PodShape pod, in NodeState node) => node.FreeCpuMilli;
}
