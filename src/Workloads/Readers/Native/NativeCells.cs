using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>The lists that cells of the native format hold: <c>key=value;key=value</c>, sorted by key. Equal texts share one list.</summary>
internal sealed class NativeCells
{
    private readonly Dictionary<string, ValueList<Label>> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ValueList<ResourceAmount>> _amounts = new(StringComparer.Ordinal);

    /// <summary>A whole number, or <paramref name="ifEmpty"/> where the cell is empty or the column missing.</summary>
    public static long Whole(CsvRows rows, int column, long min, long max, long ifEmpty) => rows.Cell(column).IsEmpty ? ifEmpty : rows.Whole(column, min, max);

    /// <summary>Labels of this row's cell.</summary>
    public ValueList<Label> Labels(CsvRows rows, int column)
    {
        if (rows.Cell(column).IsEmpty) return default;
        string text = rows.Text(column);
        if (_labels.TryGetValue(text, out ValueList<Label> known)) return known;
        ValueList<Label> labels = ValueList.Create<Label>([.. Pairs(rows, column, text).Select(pair => new Label(pair.Key, pair.Value))]);
        return _labels[text] = labels;
    }

    /// <summary>Amounts of extended resources of this row's cell, each at least <paramref name="least"/>.</summary>
    public ValueList<ResourceAmount> Amounts(CsvRows rows, int column, long least)
    {
        if (rows.Cell(column).IsEmpty) return default;
        string text = rows.Text(column);
        if (_amounts.TryGetValue(text, out ValueList<ResourceAmount> known)) return known;
        var amounts = new List<ResourceAmount>();
        foreach ((string key, string value) in Pairs(rows, column, text))
        {
            bool isAmount = value.Length > 0 && !value.AsSpan().ContainsAnyExceptInRange('0', '9');
            if (!isAmount || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long amount) || amount < least)
            {
                rows.Bad(column, $"expected whole amounts from {least.ToString(CultureInfo.InvariantCulture)} to 9223372036854775807, such as example.com/thing=2");
                return default;
            }

            amounts.Add(new ResourceAmount(key, amount));
        }

        ValueList<ResourceAmount> list = ValueList.Create<ResourceAmount>([.. amounts]);
        return _amounts[text] = list;
    }

    private static List<KeyValuePair<string, string>> Pairs(CsvRows rows, int column, string text)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (string part in text.Split(';'))
        {
            int equals = part.IndexOf('=');
            if (equals <= 0)
            {
                rows.Bad(column, "expected key=value;key=value");
                return [];
            }

            pairs.Add(new(part[..equals], part[(equals + 1)..]));
        }

        pairs.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        for (int i = 1; i < pairs.Count; i++)
        {
            if (!string.Equals(pairs[i].Key, pairs[i - 1].Key, StringComparison.Ordinal)) continue;
            rows.Bad(column, $"expected every key once; '{pairs[i].Key}' is repeated");
            return [];
        }

        return pairs;
    }
}
