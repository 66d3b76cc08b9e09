using System.Globalization;
using System.Reflection;
using SchedBench.Core.Input;

namespace SchedBench.Core.Controllers;

/// <summary>A time zone by pinned data: the clock of a place from 2020 to 2040, the same on every machine.</summary>
/// <remarks>
/// The table <c>zones.csv</c> holds, for each zone, its offset at the start of 2020 and every change until the end of 2040 (instant in seconds since 1970, offset in
/// seconds). It was made from the IANA data by <c>tools/zones.py</c>, whose head says how. Outside of these years the first or last offset holds.
/// </remarks>
public sealed class CronZone
{
    private static readonly Lazy<SortedDictionary<string, CronZone>> Zones = new(Load);
    private readonly DateTime[] _changes;
    private readonly TimeSpan[] _offsets;

    private CronZone(string name, DateTime[] changes, TimeSpan[] offsets)
    {
        Name = name;
        _changes = changes;
        _offsets = offsets;
    }

    /// <summary>UTC.</summary>
    public static CronZone Utc { get; } = new("UTC", [DateTime.MinValue], [TimeSpan.Zero]);

    /// <summary>Names of the zones, sorted.</summary>
    public static IReadOnlyCollection<string> Names => Zones.Value.Keys;

    /// <summary>IANA name.</summary>
    public string Name { get; }

    /// <summary>Finds a zone by its IANA name; the empty name is UTC.</summary>
    /// <param name="name">Name.</param>
    /// <param name="zone">The zone, or null.</param>
    /// <param name="nearest">The nearest known name when there is none of this name, and one is close.</param>
    public static bool TryFind(string name, out CronZone? zone, out string? nearest)
    {
        nearest = null;
        if (name.Length == 0)
        {
            zone = Utc;
            return true;
        }

        if (Zones.Value.TryGetValue(name, out zone)) return true;
        nearest = NearestName.Find(name, Zones.Value.Keys);
        return false;
    }

    /// <summary>What the clock on the wall shows at an instant.</summary>
    public DateTime ToLocal(DateTime utc) => utc + _offsets[At(utc)];

    /// <summary>The first instant of a day: where the clock springs over midnight, the instant of the jump.</summary>
    public DateTime FirstInstantOf(DateTime localDate)
    {
        // Offsets differ by at most a few hours; the last change before the guess decides, and the one after it when the day begins beyond it.
        DateTime first = DateTime.MaxValue;
        foreach (int i in Near(localDate))
        {
            DateTime instant = DateTime.SpecifyKind(localDate - _offsets[i], DateTimeKind.Utc);
            if (i > 0 && instant < _changes[i]) instant = _changes[i];
            if (i + 1 < _changes.Length && instant >= _changes[i + 1]) continue;
            if (instant + _offsets[i] >= localDate && instant < first) first = instant;
        }

        return first;
    }

    /// <summary>The instant in between at which the clock was changed, the first one, or null. The end is included.</summary>
    internal DateTime? ChangeBetween(DateTime after, DateTime until)
    {
        int at = At(after) + 1;
        return at < _changes.Length && _changes[at] <= until ? _changes[at] : null;
    }

    private IEnumerable<int> Near(DateTime localDate)
    {
        int middle = At(DateTime.SpecifyKind(localDate, DateTimeKind.Utc));
        for (int i = Math.Max(0, middle - 1); i <= Math.Min(_changes.Length - 1, middle + 1); i++) yield return i;
    }

    private int At(DateTime utc)
    {
        int at = Array.BinarySearch(_changes, utc);
        return at >= 0 ? at : Math.Max(0, ~at - 1);
    }

    private static SortedDictionary<string, CronZone> Load()
    {
        var zones = new SortedDictionary<string, CronZone>(StringComparer.Ordinal) { ["UTC"] = Utc };
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SchedBench.Core.Controllers.Cron.zones.csv")
            ?? throw new InvalidOperationException("The table of time zones is not part of the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] cells = line.Split(',');
            List<DateTime> changes = [DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)];
            List<TimeSpan> offsets = [TimeSpan.FromSeconds(int.Parse(cells[1], CultureInfo.InvariantCulture))];
            for (int i = 2; i + 1 < cells.Length; i += 2)
            {
                changes.Add(DateTime.UnixEpoch.AddSeconds(long.Parse(cells[i], CultureInfo.InvariantCulture)));
                offsets.Add(TimeSpan.FromSeconds(int.Parse(cells[i + 1], CultureInfo.InvariantCulture)));
            }

            zones[cells[0]] = new CronZone(cells[0], [.. changes], [.. offsets]);
        }

        return zones;
    }
}
