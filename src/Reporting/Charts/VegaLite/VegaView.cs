using System.Globalization;
using System.Text.Json.Nodes;
using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Charts.VegaLite;

/// <summary>The part of a Vega-Lite specification that differs between kinds, with its named data in a fixed order.</summary>
internal sealed record VegaView(JsonObject Body, SortedDictionary<string, IReadOnlyList<JsonObject>> Datasets)
{
    /// <summary>The vertical axis has named rows of equal height.</summary>
    public bool HasRows { get; init; }
}

/// <summary>Small words of Vega-Lite that the views are written in.</summary>
internal static class Vega
{
    /// <summary>A number as all results print it.</summary>
    public static JsonNode Number(double value) => JsonValue.Create(ResultNumber.Round(value));

    public static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);

    /// <summary>One layer over one data set.</summary>
    public static JsonObject Layer(string data, JsonObject mark, JsonObject encoding) => new() { ["data"] = new JsonObject { ["name"] = data }, ["mark"] = mark, ["encoding"] = encoding };

    public static JsonObject Mark(string type) => new() { ["type"] = type };

    /// <summary>A field without an axis title of its own.</summary>
    public static JsonObject Field(string name, string type) => new() { ["field"] = name, ["type"] = type };

    /// <summary>A second end (<c>x2</c>, <c>y2</c>), which takes its type from the first.</summary>
    public static JsonObject Field(string name) => new() { ["field"] = name };

    /// <summary>A numeric axis as specified.</summary>
    public static JsonObject Axis(string field, AxisSpec axis, bool zero = false)
    {
        var scale = new JsonObject();
        if (axis.Scale == AxisScale.Log10) scale["type"] = "log";
        else scale["zero"] = zero;
        if (axis.Min is { } min) scale["domainMin"] = Number(min);
        if (axis.Max is { } max) scale["domainMax"] = Number(max);
        var encoding = new JsonObject { ["field"] = field, ["type"] = "quantitative", ["title"] = axis.Title, ["scale"] = scale };
        if (axis.Scale == AxisScale.Log10) encoding["axis"] = new JsonObject { ["tickCount"] = 5 };
        return encoding;
    }

    /// <summary>Names in the given order.</summary>
    public static JsonObject Names(string field, string title, IReadOnlyList<string> order) => new()
    {
        ["field"] = field,
        ["type"] = "nominal",
        ["title"] = title.Length > 0 ? title : null,
        ["sort"] = Array(order.Select(name => (JsonNode?)name)),
        ["scale"] = new JsonObject { ["domain"] = Array(order.Select(name => (JsonNode?)name)) },
    };

    /// <summary>The colours of series.</summary>
    public static JsonObject Color(IReadOnlyList<string> names) => BySeries(names, i => Hex(SeriesStyle.At(i).Color));

    /// <summary>The dashes of series.</summary>
    public static JsonObject Dash(IReadOnlyList<string> names) => BySeries(names, i => Array((SeriesStyle.At(i).Dash ?? [1, 0]).Select(length => (JsonNode?)length)));

    public static string Hex(Rgb color) => string.Create(CultureInfo.InvariantCulture, $"#{color.R:x2}{color.G:x2}{color.B:x2}");

    private static JsonObject BySeries(IReadOnlyList<string> names, Func<int, JsonNode?> style) => new()
    {
        ["field"] = "series",
        ["type"] = "nominal",
        ["title"] = null,
        ["scale"] = new JsonObject { ["domain"] = Array(names.Select(name => (JsonNode?)name)), ["range"] = Array(names.Select((_, i) => style(i))) },
    };
}
