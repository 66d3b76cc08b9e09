using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Jobs and CronJobs.</summary>
internal static class JobReading
{
    /// <summary>Labels that tie a job's pods to it. Kubernetes selects by <c>batch.kubernetes.io/controller-uid</c>, which is known only later.</summary>
    private const string JobName = "job-name";
    private const string PrefixedJobName = "batch.kubernetes.io/job-name";

    internal static Job ReadJob(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = WorkloadReading.Spec(root);
        PodTemplate template = PodReading.ReadTemplate(reading, spec, isJob: true);
        LabelSelector selector;
        if (spec.Flag("manualSelector"))
        {
            selector = SelectorReading.ReadOwn(spec, template);
            if (spec.Optional("selector") is null) spec.Report("expected a selector beside manualSelector");
        }
        else
        {
            spec.Optional("selector")?.Report("expected no selector: Kubernetes makes it (manualSelector: true allows one)");
            selector = LabelSelector.Of([new Label(JobName, meta.Name)]);
            template = template with { Labels = template.Labels.With(JobName, meta.Name).With(PrefixedJobName, meta.Name) };
        }

        int? completions = spec.CountOrNull("completions"), parallelism = spec.CountOrNull("parallelism");
        bool isIndexed = spec.Choice("completionMode", false, [("NonIndexed", false), ("Indexed", true)]);
        if (isIndexed && completions is null) spec.Optional("completionMode")!.Report("expected completions beside completionMode Indexed");
        return new Job
        {
            Metadata = meta,
            Parallelism = parallelism ?? 1,
            Completions = completions is null && parallelism is null ? 1 : completions,
            IsIndexed = isIndexed,
            BackoffLimit = spec.Count("backoffLimit", spec.Has("backoffLimitPerIndex") ? int.MaxValue : 6),
            ActiveDeadline = spec.SecondsOrNull("activeDeadlineSeconds", 1),
            TtlAfterFinished = spec.SecondsOrNull("ttlSecondsAfterFinished"),
            IsSuspended = spec.Flag("suspend"),
            Selector = selector,
            Template = template,
        };
    }

    internal static CronJob ReadCronJob(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = WorkloadReading.Spec(root);
        return new CronJob
        {
            Metadata = meta,
            Schedule = ReadSchedule(reading, spec),
            TimeZone = ReadTimeZone(spec),
            ConcurrencyPolicy = spec.Choice("concurrencyPolicy", ConcurrencyPolicy.Allow,
                [("Allow", ConcurrencyPolicy.Allow), ("Forbid", ConcurrencyPolicy.Forbid), ("Replace", ConcurrencyPolicy.Replace)]),
            StartingDeadline = spec.SecondsOrNull("startingDeadlineSeconds"),
            IsSuspended = spec.Flag("suspend"),
            SuccessfulHistoryLimit = spec.Count("successfulJobsHistoryLimit", 3),
            FailedHistoryLimit = spec.Count("failedJobsHistoryLimit", 1),
            JobTemplate = ReadJobTemplate(reading, spec, meta),
        };
    }

    /// <summary>The job template. Name, labels and selector are those of the CronJob's name until the controller gives every job its own.</summary>
    private static Job ReadJobTemplate(ObjectReading reading, YamlMap spec, ObjectMeta owner)
    {
        YamlMap template = spec.Child("jobTemplate") ?? spec;
        YamlMap? meta = template.Child("metadata");
        return ReadJob(reading, template, new ObjectMeta
        {
            Name = owner.Name,
            Namespace = owner.Namespace,
            Labels = meta is null ? [] : MetaReading.ReadLabels(meta, "labels"),
            Annotations = meta is null ? [] : MetaReading.ReadAnnotations(meta, ResourceKind.Job),
        });
    }

    /// <summary>Any day will do: a schedule that is due at all is due within a leap cycle of it.</summary>
    private static readonly DateTime CronCalendarStart = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private static string ReadSchedule(ObjectReading reading, YamlMap spec)
    {
        if (spec.Optional("schedule") is not { } value || value.Text() is not { } text) return "";
        if (!CronSchedule.TryParse(text, out CronSchedule? schedule, out TextError error)) value.Report(error);
        else if (schedule!.NextLocal(CronCalendarStart) is null) reading.Warn(value, "never due: no month has such a day");
        return text;
    }

    private static string ReadTimeZone(YamlMap spec)
    {
        if (spec.Optional("timeZone") is not { } value || value.Text() is not { } zone) return "";
        if (!CronZone.TryFind(zone, out _, out string? nearest)) value.Report("expected a time zone of the IANA data base, such as Europe/Berlin", nearest);
        return zone;
    }
}
