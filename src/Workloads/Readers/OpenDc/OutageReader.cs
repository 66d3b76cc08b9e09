using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.OpenDc;

/// <summary>An outage of a recorded series.</summary>
/// <param name="Gap">From the beginning of the one before, or of the record, until it begins.</param>
/// <param name="Duration">How long it lasted.</param>
/// <param name="Share">Share of the hosts that it hit, 0 to 1.</param>
public readonly record struct OutageRow(TimeSpan Gap, TimeSpan Duration, double Share);

/// <summary>Recorded outages as OpenDC has them (<c>failure_interval</c> and <c>failure_duration</c> in ms, <c>failure_intensity</c> as a share of the hosts), as CSV.</summary>
/// <remarks>Source: <c>opendc-experiments</c>, failure traces; the series of user reports there are of Facebook, Instagram and Netflix.</remarks>
public static class OutageReader
{
    private const int Gap = 0, Duration = 1, Share = 2;

    /// <summary>A century in ms.</summary>
    private const long Longest = 36_500L * 86_400_000;

    private const long MostRows = 1_000_000;

    private static readonly CsvLayout Layout = new(new("failure_interval"), new("failure_duration"), new("failure_intensity"));

    /// <summary>The outages of a file, in order.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="displayName">What messages call it.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static IReadOnlyList<OutageRow> Read(string path, string displayName)
    {
        var log = new ReadLog(displayName, strict: false);
        var outages = new List<OutageRow>();
        using var rows = CsvRows.Open(path, Layout, log);
        long total = 0;
        while (rows.Next())
        {
            long gap = rows.Whole(Gap, Longest), duration = rows.Whole(Duration, 1, Longest);
            bool isShare = double.TryParse(rows.Text(Share), NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1;
            if (!isShare) rows.Bad(Share, "expected a share from 0 to 1");
            total += gap;
            if (total > Longest) rows.Bad(Gap, "expected a record of at most 36500 days");
            if (rows.Count > MostRows)
            {
                rows.Bad(Gap, "expected a record of at most 1000000 outages");
                log.ThrowIfProblems();
            }

            if (rows.RowIsSound) outages.Add(new OutageRow(TimeSpan.FromMilliseconds(gap), TimeSpan.FromMilliseconds(duration), share));
        }

        return outages;
    }
}
