using System.Globalization;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Swf;

/// <summary>Jobs of the Standard Workload Format 2.2 of the Parallel Workloads Archive.</summary>
/// <remarks>A job of p processors becomes a group of p pods of one CPU each (one processor: a pod without group). Fields and rules: docs/traces.md.
/// Definition of the format: Chapin et al., <i>Benchmarks and standards for the evaluation of parallel job schedulers</i>, JSSPP 1999.</remarks>
public sealed class SwfReader : ITraceReader
{
    private const long CpuMilliPerProcessor = 1000;

    /// <inheritdoc/>
    public string Format => "swf";

    /// <inheritdoc/>
    public string Summary => "Standard Workload Format, jobs of parallel machines (*.swf)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [TraceSettings.MemoryUnit, TraceSettings.MemoryScope];

    /// <inheritdoc/>
    public TraceContents Read(string path, TraceReadOptions options)
    {
        var log = new ReadLog(options.DisplayName ?? path, options.Strict);
        var builder = new WorkloadBuilder(log, options);
        var seen = new HashSet<long>();
        using InputFileText text = InputFile.OpenText(path, log.DisplayName);
        var jobs = new SwfJobs(text, log);
        while (jobs.Next(out SwfJob job))
        {
            if (job.Status is 2 or 3 or 4)
            {
                jobs.Note(ReadReason.PartialExecution, SwfField.Status);
                continue;
            }

            if (!TryReadLife(jobs, job, options, out RecordedLife life) || !TryReadProcessors(jobs, job, out int processors)) continue;
            long memoryBytes = MemoryBytes(jobs, job, processors, options);
            if (!jobs.RowIsSound) continue;
            string name = string.Create(CultureInfo.InvariantCulture, $"job-{job.Number}");
            if (!seen.Add(job.Number))
            {
                jobs.Note(ReadReason.DuplicateJob, SwfField.Number);
                name = string.Create(CultureInfo.InvariantCulture, $"{name}-line-{jobs.Line}");
            }

            builder.AddJob(jobs.Line, name, new PodSpec { CpuMilli = CpuMilliPerProcessor, MemoryBytes = memoryBytes }, processors, life);
        }

        Workload workload = builder.Build(TimeOrigin.FirstArrival, out decimal startSeconds);
        return new TraceContents(workload, [], log.Report(Format, jobs.Count) with
        {
            Pods = workload.Pods.Length,
            Groups = builder.Groups,
            StartSeconds = startSeconds,
            Header = jobs.Header,
        });
    }

    /// <summary>Arrival is the submit time, duration the run time; −1 stands for unknown.</summary>
    private static bool TryReadLife(SwfJobs jobs, in SwfJob job, TraceReadOptions options, out RecordedLife life)
    {
        life = new RecordedLife(job.SubmitTicks, job.RunTicks, job.Status is 0 or 5 ? PodOutcome.Failed : PodOutcome.Succeeded);
        if (options.IgnoreTimes) return true;
        if (job.Status == 5 && (job.RunTicks is null || job.RunTicks <= 0))
        {
            jobs.Note(ReadReason.NeverRan, SwfField.RunTime);
            return false;
        }

        if (job.RunTicks <= 0)
        {
            jobs.Note(job.RunTicks < 0 ? ReadReason.EndBeforeStart : ReadReason.ZeroDuration, SwfField.RunTime);
            return false;
        }

        if (job.SubmitTicks is null) jobs.Note(ReadReason.BeforeRecord, SwfField.SubmitTime);
        if (job.RunTicks is null) jobs.Note(ReadReason.NoEnd, SwfField.RunTime);
        return true;
    }

    private static bool TryReadProcessors(SwfJobs jobs, in SwfJob job, out int processors)
    {
        processors = job.AllocatedProcessors;
        if (processors > 0) return true;
        processors = job.RequestedProcessors;
        jobs.Note(processors > 0 ? ReadReason.RequestedProcessors : ReadReason.NoProcessors, SwfField.AllocatedProcessors);
        return processors > 0;
    }

    private static long MemoryBytes(SwfJobs jobs, in SwfJob job, int processors, TraceReadOptions options)
    {
        SwfField field = SwfField.RequestedMemory;
        Int128? amount = job.RequestedMemory;
        if (amount is null)
        {
            field = SwfField.UsedMemory;
            amount = job.UsedMemory;
            jobs.Note(amount is null ? ReadReason.UnknownMemory : ReadReason.UsedMemory, SwfField.RequestedMemory);
        }

        // Amounts are kept in thousandths, as some logs write fractions of a kilobyte.
        Int128 milliBytes = (amount ?? 0) * (options.SwfMemoryUnit == SwfMemoryUnit.Kilobytes ? 1024 : 1);
        Int128 divisor = SwfJobs.AmountsPerUnit * (options.SwfMemoryScope == SwfMemoryScope.Job ? processors : 1);
        Int128 bytes = (milliBytes + divisor - 1) / divisor;
        if (bytes <= long.MaxValue) return (long)bytes;
        jobs.Bad(field, "expected memory of at most 2^63−1 bytes for a processor");
        return 0;
    }
}
