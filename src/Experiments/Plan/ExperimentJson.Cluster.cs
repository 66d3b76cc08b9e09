using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Plan;

/// <content>Workloads of Kubernetes objects.</content>
internal static partial class ExperimentJson
{
    private static void WriteCluster(Utf8JsonWriter json, ClusterReplay replay)
    {
        json.WriteStartObject("cluster");
        json.WriteString("manifests", replay.Manifests.Written);
        json.WriteString("warmup", DurationText.Format(replay.Warmup));
        json.WriteString("until", DurationText.Format(replay.Until));
        json.WriteString("clientLimits", replay.HasClientLimits ? "kubernetes" : "none");
        json.WriteString("watchDelay", DurationText.Format(replay.WatchDelay));
        json.WriteString("bindLatency", DurationText.Format(replay.BindLatency));
        json.WriteStartObject("images");
        foreach ((string image, ImageBehavior behavior) in replay.Images) WriteImage(json, image, behavior);
        json.WriteEndObject();
        WriteList(json, "traffic", replay.Traffic, stream => WriteTraffic(json, stream));
        json.WriteEndObject();
        if (replay.Update is { } update) WriteUpdate(json, update);
        WriteSystem(json, replay);
    }

    private static void WriteImage(Utf8JsonWriter json, string image, ImageBehavior behavior)
    {
        json.WriteStartObject(image);
        json.WriteString("start", behavior.StartSeconds.ToString());
        json.WriteString("ready", behavior.ReadySeconds.ToString());
        json.WriteBoolean("neverReady", behavior.IsNeverReady);
        if (behavior.RunSeconds is { } run) json.WriteString("run", run.ToString());
        if (behavior.Checkpoints is { } saves)
        {
            json.WriteStartObject("checkpoint");
            json.WriteString("every", DurationText.Format(saves.Every));
            json.WriteString("takes", DurationText.Format(saves.Takes));
            json.WriteString("restart", DurationText.Format(saves.Restart));
            json.WriteEndObject();
        }

        json.WriteNumber("exitCode", behavior.ExitCode);
        if (behavior.CrashAfterSeconds is { } crash) json.WriteString("crashAfter", crash.ToString());
        json.WriteString("stop", behavior.StopSeconds.ToString());
        json.WriteBoolean("servesWhileStopping", behavior.ServesWhileStopping);
        json.WriteString("service", behavior.ServiceSeconds.ToString());
        json.WriteNumber("concurrency", behavior.Concurrency);
        json.WriteNumber("queueLimit", behavior.QueueLimit);
        WriteDecimal(json, "errorRatio", (decimal)behavior.ErrorRatio);
        json.WriteNumber("idleCpuMilli", behavior.IdleCpuMilli);
        WriteDecimal(json, "cpuMillisecondsPerRequest", (decimal)behavior.CpuMillisecondsPerRequest);
        json.WriteNumber("memoryBytes", behavior.MemoryBytes);
        json.WriteNumber("memoryPerRequest", behavior.MemoryBytesPerRequest);
        WriteDecimal(json, "leakPerSecond", (decimal)behavior.LeakedBytesPerSecond);
        if (behavior.Disk.IsAny) WriteDisk(json, behavior.Disk);
        json.WriteStartObject("layers");
        foreach (ImageLayer layer in behavior.Layers) json.WriteNumber(layer.Digest, layer.SizeBytes);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>What a container writes to the disk; left out when it writes nothing.</summary>
    private static void WriteDisk(Utf8JsonWriter json, DiskUsage disk)
    {
        json.WriteNumber("diskBytes", disk.WritableBytes);
        WriteDecimal(json, "diskPerSecond", (decimal)disk.WritableGrowth);
        WriteDecimal(json, "logPerSecond", (decimal)disk.LogGrowth);
        json.WriteNumber("volumeBytes", disk.VolumeBytes);
        WriteDecimal(json, "volumePerSecond", (decimal)disk.VolumeGrowth);
    }

    private static void WriteTraffic(Utf8JsonWriter json, TrafficSpec stream)
    {
        json.WriteStartObject();
        json.WriteString("service", stream.Service);
        json.WriteString("namespace", stream.Namespace);
        json.WriteString("host", stream.Host);
        json.WriteString("path", stream.Path);
        json.WriteString("arrivals", stream.Arrivals == ArrivalProcess.Poisson ? "poisson" : "constant");
        json.WriteStartObject("rates");
        foreach (RateFrom rate in stream.Rates) WriteDecimal(json, DurationText.Format(rate.From), (decimal)rate.RequestsPerSecond);
        json.WriteEndObject();
        json.WriteNumber("observers", stream.Observers);
        if (stream.Clients > 0) json.WriteNumber("clients", stream.Clients);
        json.WriteString("timeout", DurationText.Format(stream.Timeout));
        json.WriteString("latencyTarget", DurationText.Format(stream.LatencyTarget));
        json.WriteNumber("retries", stream.Retries);
        json.WriteNumber("requestsPerConnection", stream.RequestsPerConnection);
        WriteDecimal(json, "fluidAbove", (decimal)stream.FluidAbove);
        if (stream.From is { } from)
        {
            json.WriteStartObject("from");
            json.WriteString("namespace", from.Namespace);
            json.WriteStartObject("labels");
            foreach (Label label in from.Labels) json.WriteString(label.Key, label.Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteUpdate(Utf8JsonWriter json, UpdateSpec update)
    {
        json.WriteStartObject("update");
        json.WriteString("at", DurationText.Format(update.At));
        json.WriteString("method", Words.Of(ClusterSection.Methods, update.Method));
        json.WriteString("tag", update.Tag);
        WriteList(json, "deployments", update.Deployments, json.WriteStringValue);
        WriteAmount(json, "maxSurge", update.MaxSurge);
        WriteAmount(json, "maxUnavailable", update.MaxUnavailable);
        if (update.ProgressDeadline is { } deadline) json.WriteString("progressDeadline", DurationText.Format(deadline));
        WriteList(json, "steps", update.Steps, json.WriteNumberValue);
        json.WriteString("hold", DurationText.Format(update.Hold));
        json.WriteString("path", update.Path);
        WriteDecimal(json, "errorRatioMax", (decimal)update.ErrorRatioMax);
        json.WriteBoolean("rollBack", update.RollsBack);
        json.WriteEndObject();
    }

    private static void WriteAmount(Utf8JsonWriter json, string name, IntOrPercent? amount)
    {
        if (amount is { } given) json.WriteString(name, given.ToString());
    }
}
