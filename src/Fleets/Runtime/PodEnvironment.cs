using System.Globalization;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.Fleets.Runtime;

/// <summary>Tells a pod server how to behave (<c>src/PodServer</c>): as the experiment describes its image, with the very draws that a simulated container would make.</summary>
internal static class PodEnvironment
{
    private const string Prefix = "SCHEDBENCH_";

    /// <summary>The environment of a container: what its spec says, and how it is to behave.</summary>
    public static Dictionary<string, string> Of(in ContainerStart start, ImageBehavior behavior, ImageDraws draws)
    {
        ulong entity = ImageDraws.EntityOf(in start);
        int attempt = start.Id.Attempt;
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (EnvironmentVariable variable in start.Container.Environment)
        {
            if (variable.Source is null) all[variable.Name] = variable.Value;
        }

        TimeSpan? end = behavior.RunSeconds is { } run ? draws.Run(run, entity, attempt) : start.IsInit ? TimeSpan.Zero : null;
        Set("INSTANCE", start.Pod.Name);
        Set("VERSION", PodVersion.TagOf(start.Container.Image));
        Set("START", Seconds(draws.Start(behavior, entity, attempt)));
        Set("READY", behavior.IsNeverReady ? "-1" : Seconds(draws.Ready(behavior, entity, attempt)));
        Set("RUN", end is { } length ? Seconds(length) : "-1");
        Set("EXIT_CODE", Whole(behavior.ExitCode));
        Set("CRASH", behavior.CrashAfterSeconds is { } crash ? Seconds(draws.Crash(crash, entity, attempt)) : "-1");
        Set("STOP", Seconds(draws.Stop(behavior, entity, attempt)));
        Set("SERVES_WHILE_STOPPING", behavior.ServesWhileStopping ? "1" : "0");
        Set("CONCURRENCY", Whole(behavior.Concurrency));
        Set("QUEUE_LIMIT", Whole(behavior.QueueLimit));
        Set("ERROR_RATIO", behavior.ErrorRatio.ToString("R", CultureInfo.InvariantCulture));
        Set("LEAK", behavior.LeakedBytesPerSecond.ToString("R", CultureInfo.InvariantCulture));
        return all;

        void Set(string name, string value) => all[Prefix + name] = value;
    }

    /// <summary>The variable that says on which port to listen.</summary>
    public static string PortVariable => Prefix + "PORT";

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("R", CultureInfo.InvariantCulture);
}
