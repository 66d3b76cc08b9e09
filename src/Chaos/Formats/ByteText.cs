using System.Globalization;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats;

/// <summary>Sizes and rates with the units of chaos tools.</summary>
internal static class ByteText
{
    private static readonly (string Unit, long Bytes)[] Sizes =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40), ("B", 1), ("c", 1), ("", 1),
    ];

    /// <summary>Bytes a second and their multiples, as Chaos Mesh counts them: <c>kbps</c> is 1,024 bytes a second.</summary>
    private static readonly (string Unit, long Bytes)[] Rates = [("kbps", 1L << 10), ("mbps", 1L << 20), ("gbps", 1L << 30), ("tbps", 1L << 40), ("bps", 1)];

    /// <summary>Bytes: <c>256MB</c> (10^6), <c>256MiB</c>, <c>256Mi</c> and <c>256M</c> (2^20).</summary>
    internal static long? Size(YamlValue value) => Read(value, Sizes, "expected a size such as 256MB or 1GiB");

    /// <summary>Bytes a second.</summary>
    internal static long? Rate(YamlValue value) => Read(value, Rates, "expected a rate such as 1mbps: bps, kbps, mbps, gbps or tbps, of bytes a second");

    private static long? Read(YamlValue value, (string Unit, long Bytes)[] units, string expected)
    {
        if (value.TextOrNumber(expected) is not { } text) return null;
        foreach ((string unit, long bytes) in units)
        {
            string number = ReferenceEquals(units, Rates) ? text.Trim().ToLowerInvariant() : text.Trim();
            if (!number.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (decimal.TryParse(number[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount) && amount > 0 && amount <= (decimal)(1L << 60) / bytes)
                return (long)Math.Ceiling(amount * bytes);
        }

        value.Report(expected);
        return null;
    }
}
