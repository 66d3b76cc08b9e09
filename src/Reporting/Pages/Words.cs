using System.Globalization;

namespace SchedBench.Reporting.Pages;

/// <summary>Small grammar.</summary>
internal static class Words
{
    /// <summary>A number with its noun: <c>1 seed</c>, <c>10 seeds</c>, <c>2 strategies</c>.</summary>
    public static string Count(long count, string noun)
    {
        string plural = noun.EndsWith('y') ? noun[..^1] + "ies" : noun + "s";
        return string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? noun : plural)}");
    }

    /// <summary>Whole numbers with runs joined, as the command line takes them: <c>1..3,42</c>.</summary>
    public static string Ranges(IReadOnlyList<ulong> numbers)
    {
        var parts = new List<string>();
        for (int i = 0, last; i < numbers.Count; i = last + 1)
        {
            for (last = i; last + 1 < numbers.Count && numbers[last] != ulong.MaxValue && numbers[last + 1] == numbers[last] + 1;) last++;
            string first = numbers[i].ToString(CultureInfo.InvariantCulture);
            parts.Add(last == i ? first : string.Create(CultureInfo.InvariantCulture, $"{first}..{numbers[last]}"));
        }

        return string.Join(',', parts);
    }
}
