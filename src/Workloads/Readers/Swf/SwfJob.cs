namespace SchedBench.Workloads.Readers.Swf;

/// <summary>The 18 fields of a job, in the order of the file, and what may follow them.</summary>
internal enum SwfField
{
    Number,
    SubmitTime,
    WaitTime,
    RunTime,
    AllocatedProcessors,
    AverageCpuTime,
    UsedMemory,
    RequestedProcessors,
    RequestedTime,
    RequestedMemory,
    Status,
    User,
    Group,
    Executable,
    Queue,
    Partition,
    PrecedingJob,
    ThinkTime,
}

/// <summary>The fields of a job that a workload is made of. Nothing stands where the file says −1: unknown.</summary>
/// <param name="Number">Job number.</param>
/// <param name="SubmitTicks">Submit time in ticks of 100 ns on the log's clock.</param>
/// <param name="RunTicks">Run time in ticks; may be zero or (a fault of the log) below.</param>
/// <param name="AllocatedProcessors">Processors the job got, or −1.</param>
/// <param name="RequestedProcessors">Processors it asked for, or −1.</param>
/// <param name="UsedMemory">Thousandths of the file's unit.</param>
/// <param name="RequestedMemory">Thousandths of the file's unit.</param>
/// <param name="Status">1 completed, 0 failed, 5 cancelled, 2 to 4 parts of a checkpointed job, −1 unknown.</param>
internal readonly record struct SwfJob(
    long Number, Int128? SubmitTicks, Int128? RunTicks, int AllocatedProcessors, int RequestedProcessors, Int128? UsedMemory, Int128? RequestedMemory, int Status);
