namespace SchedBench.Core.Controllers.Cron;

/// <summary>Which names of time zones are known. UTC always is; the others are those of the machine's IANA data base, so a set of manifests that names a zone can be
/// refused on a machine that has none. Rules of a zone are never taken from here.</summary>
public static class ZoneNames
{
    private const int LongestName = 64;

    /// <summary>Whether the name is an IANA name of a zone, in its exact case. <c>Local</c> and the empty name are not, as in Kubernetes.</summary>
    public static bool IsKnown(string name)
    {
        if (name is "UTC" or "Etc/UTC" or "GMT" or "Etc/GMT") return true;
        bool isName = name.Length is > 0 and <= LongestName && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+');
        if (!isName || name.Equals("Local", StringComparison.OrdinalIgnoreCase)) return false;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) && zone.Id == name && zone.HasIanaId;
    }
}
