using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SchedBench.Reporting.Charts.VegaLite;

namespace SchedBench.Reporting.Charts;

/// <summary>A Vega-Lite 5 specification with its data inside, for readers who want to look closer or to draw the figure their own way.</summary>
/// <remarks>The numbers are those that the other renderers draw (quartiles, steps and lanes are computed here, not by the viewer), rounded like all results to nine
/// significant digits. Layout is left to the viewer, and the size counts for the data area; colours and dashes are those of the other renderers.</remarks>
public sealed class VegaLiteRenderer : IChartRenderer
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <inheritdoc/>
    public string FileExtension => "vl.json";

    /// <inheritdoc/>
    public void Render(ChartSpec spec, ChartSize size, Stream output)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(size);
        size.Validate();
        spec.Validate();
        VegaView view = spec switch
        {
            LineChart line => VegaViews.Of(line),
            EcdfChart ecdf => VegaViews.Of(ecdf),
            BoxChart box => VegaViews.Of(box),
            BarChart bars => VegaViews.Of(bars),
            HeatMapChart heatMap => VegaViews.Of(heatMap),
            TimelineChart timeline => VegaViews.Of(timeline),
            CriticalDifferenceChart ranks => VegaViews.Of(ranks),
            _ => throw new ArgumentException($"no view for {spec.GetType().Name}", nameof(spec)),
        };
        var root = new JsonObject { ["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json" };
        if (spec.Title.Length > 0) root["title"] = spec.Title;
        if (spec.Description.Length > 0) root["description"] = spec.Description;
        root["width"] = Math.Round(size.WidthPt);
        root["height"] = view.HasRows ? new JsonObject { ["step"] = Math.Round(size.FontPt * 2) } : Math.Round(size.HeightPt);
        foreach ((string name, JsonNode? part) in view.Body.ToList())
        {
            view.Body.Remove(name);
            root[name] = part;
        }

        root["config"] = Config(size);
        output.Write(Encoding.UTF8.GetBytes(WithData(root.ToJsonString(Indented), view.Datasets)));
    }

    private static JsonObject Config(ChartSize size) => new()
    {
        ["font"] = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif",
        ["axis"] = new JsonObject { ["labelFontSize"] = size.FontPt, ["titleFontSize"] = size.FontPt, ["titleFontWeight"] = "normal", ["labelLimit"] = size.WidthPt, ["titleLimit"] = 0 },
        ["axisXBand"] = new JsonObject { ["labelAngle"] = -30 },
        ["legend"] = new JsonObject { ["orient"] = "top", ["columns"] = 3, ["labelLimit"] = 0, ["titleLimit"] = 0, ["labelFontSize"] = size.FontPt, ["titleFontSize"] = size.FontPt, ["titleFontWeight"] = "normal" },
        ["title"] = new JsonObject { ["fontSize"] = size.FontPt * 1.1, ["fontWeight"] = "normal" },
        ["text"] = new JsonObject { ["fontSize"] = size.FontPt },
        ["line"] = new JsonObject { ["strokeWidth"] = size.StrokePt },
    };

    /// <summary>Appends the data to the indented object, one row a line, so that differences of two figures are differences of lines.</summary>
    private static string WithData(string json, IReadOnlyDictionary<string, IReadOnlyList<JsonObject>> datasets)
    {
        var text = new StringBuilder(json, 0, json.LastIndexOf("\n}", StringComparison.Ordinal), json.Length * 2).Append(",\n  \"datasets\": {");
        string comma = "";
        foreach ((string name, IReadOnlyList<JsonObject> rows) in datasets)
        {
            text.Append(comma).Append("\n    \"").Append(name).Append("\": [");
            for (int i = 0; i < rows.Count; i++) text.Append(i == 0 ? "\n      " : ",\n      ").Append(rows[i].ToJsonString());
            text.Append(rows.Count > 0 ? "\n    ]" : "]");
            comma = ",";
        }

        return text.Append("\n  }\n}\n").ToString();
    }
}
