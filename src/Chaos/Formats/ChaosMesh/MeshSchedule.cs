using SchedBench.Chaos.Plans;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>What a Schedule says.</summary>
/// <param name="Cron">When.</param>
/// <param name="MayOverlap">Whether one may begin while an earlier one is under way (<c>Allow</c>).</param>
/// <param name="Chaos">What begins; null for a workflow.</param>
/// <param name="Workflow">The workflow that begins; null for a chaos kind.</param>
internal sealed record MeshSchedule(CronSchedule Cron, bool MayOverlap, MeshChaos? Chaos, MeshWorkflow? Workflow)
{
    private const string WorkflowType = "Workflow";

    /// <summary>Reads the spec of a Schedule.</summary>
    /// <remarks>Source: <c>api/v1alpha1/schedule_types.go</c> of Chaos Mesh 2.6. Without a policy it is <c>Forbid</c>. Due times are never late here, so <c>startingDeadlineSeconds</c> changes nothing.</remarks>
    /// <param name="spec">The spec.</param>
    /// <param name="resource">Whose it is.</param>
    /// <param name="mayBeWorkflow">Whether it may begin a workflow: one within a workflow may not.</param>
    internal static MeshSchedule? Read(YamlMap spec, MeshResource resource, bool mayBeWorkflow)
    {
        CronSchedule? cron = ReadCron(spec.Required("schedule"));
        _ = spec.Optional("historyLimit")?.Integer(1, int.MaxValue);
        _ = spec.Optional("startingDeadlineSeconds")?.Integer(0, long.MaxValue);
        bool mayOverlap = spec.Optional("concurrencyPolicy") is { } policy && !FaultReading.IsEmpty(policy) && policy.OneOf([("Forbid", false), ("Allow", true)]) == true;
        YamlValue? type = spec.Required("type");
        if (type?.Text() is not { } name) return null;
        if (name == WorkflowType && mayBeWorkflow)
        {
            MeshWorkflow? workflow = spec.Required("workflow")?.Map() is { } map ? MeshWorkflow.Read(map, resource) : null;
            return cron is null || workflow is null ? null : new MeshSchedule(cron, mayOverlap, null, workflow);
        }

        if (MeshKinds.Find(name) is not { } kind)
        {
            MeshKinds.ReportUnknown(type, name, mayBeWorkflow ? [WorkflowType] : []);
            return null;
        }

        MeshChaos? chaos = spec.Required(kind.Key)?.Map() is { } body ? kind.Read(body, resource) : null;
        return cron is null || chaos is null ? null : new MeshSchedule(cron, mayOverlap, chaos, null);
    }

    /// <summary>Its sources.</summary>
    /// <param name="name">What they are called.</param>
    /// <param name="from">Instant from which on it holds.</param>
    /// <param name="until">Instant at which it and what it began are over; null for never.</param>
    /// <param name="reading">The file.</param>
    internal IEnumerable<FaultSource> Sources(string name, TimeSpan from, TimeSpan? until, FaultReading reading)
    {
        if (Workflow is { } workflow)
        {
            MeshRun run = workflow.Compile(TimeSpan.Zero);
            TimeSpan busy = MayOverlap ? TimeSpan.Zero : run.End ?? TimeSpan.MaxValue;
            foreach (MeshStep step in run.Steps)
            {
                if (step.Schedule is not null) throw new InvalidOperationException("A workflow that is scheduled has no schedules in it: reading it reports them.");
                foreach (FaultSource source in Due(step.Chaos!, $"{name}/{step.Name}", from, until, step.At, step.Length, busy, reading)) yield return source;
            }

            yield break;
        }

        TimeSpan own = MayOverlap || Chaos!.IsOneShot ? TimeSpan.Zero : Chaos.Duration ?? TimeSpan.MaxValue;
        foreach (FaultSource source in Due(Chaos!, name, from, until, TimeSpan.Zero, Chaos!.Duration, own, reading)) yield return source;
    }

    private IEnumerable<FaultSource> Due(MeshChaos chaos, string name, TimeSpan from, TimeSpan? until, TimeSpan delay, TimeSpan? length, TimeSpan busy, FaultReading reading)
    {
        string unique = reading.Unique(name);
        foreach (MeshEffect effect in chaos.Effects)
        {
            yield return new CronSource(effect.Suffix.Length > 0 ? $"{unique}/{effect.Suffix}" : unique, effect.Effect, effect.Targets, Cron, from, effect.Effect.IsInstant ? null : effect.Length ?? length)
            {
                Until = until,
                EndsAtUntil = until is not null && effect.Length is null && !effect.Effect.IsInstant,
                Delay = delay,
                Busy = busy,
                Draws = unique,
            };
        }
    }

    private static CronSchedule? ReadCron(YamlValue? value)
    {
        if (value?.Text() is not { } text) return null;
        if (text.Contains("TZ=", StringComparison.Ordinal)) value.Report("expected a schedule without a zone: due times are those of the run's calendar, in UTC");
        else if (CronSchedule.TryParse(text, out CronSchedule? schedule, out TextError error)) return schedule;
        else value.Report(error);
        return null;
    }
}
