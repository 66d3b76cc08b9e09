using System.Buffers;
using System.Globalization;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>The texts of the native format's cells. What the format cannot say is refused, not mangled.</summary>
internal static class NativeText
{
    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n\0");

    public static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Exact seconds: up to seven decimals, without trailing zeros.</summary>
    public static string Seconds(TimeSpan time)
    {
        (long seconds, long ticks) = Math.DivRem(time.Ticks, TimeSpan.TicksPerSecond);
        return ticks == 0 ? Whole(seconds) : string.Create(CultureInfo.InvariantCulture, $"{seconds}.{ticks:D7}").TrimEnd('0');
    }

    public static string Name(string name) => name.Length > 0 && !char.IsWhiteSpace(name[0]) && !char.IsWhiteSpace(name[^1]) ? Line(name) : throw Unsayable(name);

    public static string Line(string text) => text.AsSpan().ContainsAny(LineBreaks) ? throw Unsayable(text) : text;

    public static string Models(ValueList<string> models) => string.Join('|', models.Select(model => Part(model, "|")));

    public static string Labels(ValueList<Label> labels) => string.Join(';', labels.Select(label => $"{Part(label.Key, ";=")}={Part(label.Value, ";", mayBeEmpty: true)}"));

    public static string Amounts(ValueList<ResourceAmount> amounts) => string.Join(';', amounts.Select(amount => $"{Part(amount.Name, ";=")}={Whole(amount.Amount)}"));

    private static string Part(string text, string separators, bool mayBeEmpty = false) =>
        (text.Length == 0 && !mayBeEmpty) || text.AsSpan().ContainsAny(separators) || text.Trim().Length != text.Length ? throw Unsayable(text) : Line(text);

    private static ArgumentException Unsayable(string text) => new($"'{text}' cannot be written in native CSV: it is empty, has blanks around it, or holds a line break or a separator");
}
