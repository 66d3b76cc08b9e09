using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Tests.Files;

/// <summary>Every default of the core can be set: an option is a setting, or it is on the list below with the reason why it is none.</summary>
public sealed class SettingCoverageTests
{
    /// <summary>Options that are no setting, with what decides them.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["Fleet"] = "the key fleets",
        ["Strategy"] = "the key strategies",
        ["FreshStrategy"] = "the key strategies",
        ["Successors"] = "the command fork",
        ["Steps"] = "manifests, the keys update and steps",
        ["TieBreak"] = "the key strategies",
        ["Seed"] = "the key seeds",
        ["Profile"] = "a property of traces; the strategies that ask for one are refused here",
        ["SchedulerDelay"] = "cluster.watchDelay",
        ["ControllerDelay"] = "cluster.watchDelay",
        ["Epoch"] = "the key epoch",
        ["WritesEvents"] = "what people look at; no outcome depends on it",
        ["Traffic"] = "cluster.traffic",
        ["Machines"] = "the option --fleet",
        ["Agents.RuntimeDelays"] = "the option --calibration",
        ["MeasuredFrom"] = "cluster.warmup",
        ["Until"] = "cluster.until",
        ["ReleaseSignals"] = "the run's own measurements",
        ["Rollback.ForAll"] = "update.rollBack",
        ["ClusterAutoscaler.Groups"] = "the key nodeGroups",
        ["Scheduler.BindLatency"] = "cluster.bindLatency",
        ["Scheduler.RetryUnschedulable"] = "the protocol of saturation, which is for traces",
        ["Scheduler.GatherGap"] = "Docker Swarm's: swarm.schedulerGap",
        ["Scheduler.GatherMax"] = "Docker Swarm's: swarm.schedulerLatencyMax",
        ["Agents.Images"] = "cluster.images",
        ["Agents.WatchDelay"] = "cluster.watchDelay",
        ["Agents.Swarm"] = "the key orchestrator",
        ["Agents.Volumes"] = "the run's own volumes",
        ["Admission.ImmortalNamespaces"] = "fixed in the plug-in NamespaceLifecycle of Kubernetes too",
        ["Deployments.NoDeadline"] = "the meaning of a value of the API, not a default",
        ["Controllers.Storage.ZoneLabel"] = "the label under which fleets state zones",
        ["Network.CurveStep"] = "the resolution in which curves are recorded",
    };

    [Fact]
    public void Every_option_of_a_run_is_a_setting_or_has_a_reason_why_it_is_none()
    {
        string[] all = [.. Leaves(typeof(OrchestratedRunOptions), "").Order(StringComparer.Ordinal)];
        string[] set = [.. Leaves(typeof(ClusterSettings), "").Where(IsWritten).Select(NameInRun).Order(StringComparer.Ordinal)];
        Assert.True(all.Length > 100);
        Assert.Equal([], set.Except(all));
        Assert.Equal([], all.Except(set).Except(Others.Keys));
        Assert.Equal([], Others.Keys.Intersect(set));
        Assert.Equal([], Others.Keys.Except(all));
    }

    private static string NameInRun(string path) => path.StartsWith("Addresses.", StringComparison.Ordinal) ? "Service" + path : path;

    /// <summary>Paths of options that hold values.</summary>
    private static IEnumerable<string> Leaves(Type type, string prefix)
    {
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            string path = prefix + property.Name;
            Type part = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (!Others.ContainsKey(path) && IsPart(part))
            {
                foreach (string leaf in Leaves(part, path + ".")) yield return leaf;
            }
            else
            {
                yield return path;
            }
        }
    }

    /// <summary>Whether options are made of parts: records of the core, which a distribution is one of but as a value.</summary>
    private static bool IsPart(Type type) =>
        type.Namespace!.StartsWith("SchedBench.Core", StringComparison.Ordinal) && !type.IsEnum && !type.IsAbstract && !type.IsInterface && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    /// <summary>Whether the text of settings changes with an option.</summary>
    private static bool IsWritten(string path)
    {
        ClusterSettings usual = new() { Swarm = new SwarmOptions { Update = new SwarmUpdateConfig() } };
        return TextOf(usual) != TextOf((ClusterSettings)Changed(usual, path.Split('.')));
    }

    /// <summary>A copy of a record with one value changed.</summary>
    private static object Changed(object record, ReadOnlySpan<string> path)
    {
        Type type = record.GetType();
        // A boxed struct would be changed in place; its copy is the one that is boxed anew.
        object copy = type.IsValueType ? System.Runtime.CompilerServices.RuntimeHelpers.GetObjectValue(record) : type.GetMethod("<Clone>$")!.Invoke(record, null)!;
        PropertyInfo property = type.GetProperty(path[0])!;
        object? value = property.GetValue(record);
        property.SetValue(copy, path.Length > 1 ? Changed(value!, path[1..]) : Another(value, property.PropertyType));
        return copy;
    }

    private static object Another(object? value, Type type) => value switch
    {
        TimeSpan time => time + TimeSpan.FromSeconds(1),
        null when Nullable.GetUnderlyingType(type) == typeof(TimeSpan) => TimeSpan.FromSeconds(1),
        null when Nullable.GetUnderlyingType(type) is { IsEnum: true } words => Enum.GetValues(words).GetValue(1)!,
        int number => number + 1,
        long number => number + 1,
        double number => number + 0.125,
        bool flag => !flag,
        string text => text + "1",
        Enum word => Enum.GetValues(word.GetType()).Cast<object>().First(other => !other.Equals(word)),
        Distribution => DistributionCatalog.TryParse("constant(value=17)", out _)!,
        // Whatever else an option is, no setting writes it.
        _ => value!,
    };

    private static string TextOf(ClusterSettings settings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            SettingCatalog.Write(json, settings);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
