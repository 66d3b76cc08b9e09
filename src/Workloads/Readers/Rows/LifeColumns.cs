using SchedBench.Core.Arrivals;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>The three instants from which cluster traces tell a pod's life, in seconds, each possibly empty.</summary>
/// <param name="Creation">Column of the creation: the arrival. Empty: before the record.</param>
/// <param name="Scheduled">Column of the start. Empty: never started, or before the record.</param>
/// <param name="Deletion">Column of the end. Empty: after the record.</param>
internal readonly record struct LifeColumns(int Creation, int Scheduled, int Deletion)
{
    /// <summary>The life that this row tells; what is missing is censored and counted.</summary>
    /// <returns><see langword="false"/> when the row is dropped.</returns>
    public bool TryRead(CsvRows rows, PodOutcome outcome, out RecordedLife life)
    {
        Int128? creation = rows.Seconds(Creation), scheduled = rows.Seconds(Scheduled), deletion = rows.Seconds(Deletion);
        life = new RecordedLife(creation, null, outcome);
        if (!rows.RowIsSound) return false;
        if (creation is null) rows.Note(ReadReason.BeforeRecord, Creation);
        if (deletion is not Int128 end)
        {
            rows.Note(ReadReason.NoEnd, Deletion);
            return true;
        }

        if (scheduled is null && creation is not null) rows.Note(ReadReason.StartFromArrival, Scheduled);
        Int128 duration = end - (scheduled ?? creation ?? 0);
        if (duration <= 0)
        {
            rows.Note(duration < 0 ? ReadReason.EndBeforeStart : ReadReason.ZeroDuration, Deletion);
            return false;
        }

        life = life with { Duration = duration };
        return true;
    }
}
