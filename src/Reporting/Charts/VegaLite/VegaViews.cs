using System.Text.Json;
using System.Text.Json.Nodes;
using SchedBench.Reporting.Charts.Layout;
using static SchedBench.Reporting.Charts.VegaLite.Vega;

namespace SchedBench.Reporting.Charts.VegaLite;

/// <summary>One view for each kind of chart.</summary>
internal static class VegaViews
{
    public static VegaView Of(LineChart chart)
    {
        string[] names = [.. chart.Series.Select(s => s.Name)];
        JsonObject line = Mark("line"), area = Mark("area");
        area["opacity"] = 0.18;
        if (chart.Stepped) (line["interpolate"], area["interpolate"]) = ("step-after", "step-after");
        JsonObject areas = new() { ["x"] = Axis("x", chart.X), ["y"] = Axis("low", chart.Y), ["y2"] = Field("high"), ["color"] = Color(names) };
        areas["color"]!["legend"] = null; // the lines' legend says it all
        VegaView view = View(
            [
                Layer("intervals", area, areas),
                Layer("points", line, new JsonObject { ["x"] = Axis("x", chart.X), ["y"] = Axis("y", chart.Y), ["color"] = Color(names), ["strokeDash"] = Dash(names) }),
            ],
            ("points", chart.Series.SelectMany(s => s.Points.Select(p => new JsonObject { ["series"] = s.Name, ["x"] = Number(p.X), ["y"] = Number(p.Y) }))),
            ("intervals", chart.Series.SelectMany(s => s.Points.Where(p => p.Low.HasValue).Select(
                p => new JsonObject { ["series"] = s.Name, ["x"] = Number(p.X), ["low"] = Number(p.Low!.Value), ["high"] = Number(p.High!.Value) }))));
        view.Body["resolve"] = new JsonObject { ["legend"] = new JsonObject { ["color"] = "independent", ["strokeDash"] = "independent" } };
        return view;
    }

    public static VegaView Of(EcdfChart chart)
    {
        string[] names = [.. chart.Series.Select(s => s.Name)];
        JsonObject line = Mark("line");
        line["interpolate"] = "step-after";
        var y = new AxisSpec(chart.YTitle, AxisScale.Linear, 0, 1);
        return View(
            [Layer("steps", line, new JsonObject { ["x"] = Axis("value", chart.X), ["y"] = Axis("share", y), ["color"] = Color(names), ["strokeDash"] = Dash(names) })],
            ("steps", chart.Series.SelectMany(s => EcdfCurve.Of(s.Samples).Select(step => new JsonObject { ["series"] = s.Name, ["value"] = Number(step.Value), ["share"] = Number(step.Share) }))));
    }

    public static VegaView Of(BoxChart chart)
    {
        string[] names = [.. chart.Boxes.Select(b => b.Name)];
        JsonObject Encode(string x, string? x2 = null)
        {
            var encoding = new JsonObject { ["y"] = Names("series", chart.CategoryTitle, names), ["x"] = Axis(x, chart.Value), ["color"] = Color(names) };
            encoding["color"]!["legend"] = null;
            if (x2 is not null) encoding["x2"] = Field(x2);
            return encoding;
        }

        JsonObject box = Mark("bar"), median = Mark("tick"), mean = Mark("point"), beyond = Mark("point");
        (box["opacity"], box["height"]) = (0.3, new JsonObject { ["band"] = 0.6 });
        median["thickness"] = 2;
        (mean["shape"], mean["filled"], mean["size"]) = ("diamond", true, 16);
        beyond["size"] = 8;
        List<(string Name, BoxSummary Box)> boxes = [.. chart.Boxes.Select(b => (b.Name, Box: BoxSummary.Of(b.Samples))).Where(b => b.Box is not null).Select(b => (b.Name, b.Box!))];
        return View(
            [
                Layer("boxes", Mark("rule"), Encode("low_whisker", "high_whisker")),
                Layer("boxes", box, Encode("lower_quartile", "upper_quartile")),
                Layer("boxes", median, Encode("median")),
                Layer("boxes", mean, Encode("mean")),
                Layer("beyond", beyond, Encode("value")),
            ],
            ("boxes", boxes.Select(b => new JsonObject
            {
                ["series"] = b.Name,
                ["low_whisker"] = Number(b.Box.LowWhisker),
                ["lower_quartile"] = Number(b.Box.LowerQuartile),
                ["median"] = Number(b.Box.Median),
                ["upper_quartile"] = Number(b.Box.UpperQuartile),
                ["high_whisker"] = Number(b.Box.HighWhisker),
                ["mean"] = Number(b.Box.Mean),
            })),
            ("beyond", boxes.SelectMany(b => b.Box.Beyond.Select(value => new JsonObject { ["series"] = b.Name, ["value"] = Number(value) })))) with
        { HasRows = true };
    }

    public static VegaView Of(BarChart chart)
    {
        string[] names = [.. chart.Series.Select(s => s.Name)];
        JsonObject Encode(string y, string? y2 = null)
        {
            var encoding = new JsonObject
            {
                ["x"] = Names("category", chart.CategoryTitle, chart.Categories),
                ["y"] = Axis(y, chart.Value, zero: true),
            };
            if (!chart.Stacked) encoding.Insert(1, "xOffset", Names("series", "", names));
            if (y2 is not null) encoding["y2"] = Field(y2);
            return encoding;
        }

        JsonObject bars = chart.Stacked ? Encode("from", "to") : Encode("value");
        bars["color"] = Color(names);
        if (chart.Stacked)
        {
            return View([Layer("bars", Mark("bar"), bars)], ("bars", chart.Series.SelectMany((s, i) => s.Bars.SelectMany((bar, c) => bar is { } part
                ? (JsonObject[])[new JsonObject
                {
                    ["category"] = chart.Categories[c],
                    ["series"] = s.Name,
                    ["value"] = Number(part.Value),
                    ["from"] = Number(chart.FootOf(i, c)),
                    ["to"] = Number(chart.FootOf(i, c) + part.Value),
                }]
                : []))));
        }

        var rows = chart.Series.SelectMany(s => s.Bars.Select((bar, c) => (s.Name, Category: chart.Categories[c], Bar: bar))).Where(row => row.Bar.HasValue).ToList();
        return View(
            [Layer("bars", Mark("bar"), bars), Layer("intervals", Mark("rule"), Encode("low", "high"))],
            ("bars", rows.Select(row => new JsonObject { ["category"] = row.Category, ["series"] = row.Name, ["value"] = Number(row.Bar!.Value.Value) })),
            ("intervals", rows.Where(row => row.Bar!.Value.Low.HasValue).Select(row => new JsonObject
            {
                ["category"] = row.Category,
                ["series"] = row.Name,
                ["low"] = Number(row.Bar!.Value.Low!.Value),
                ["high"] = Number(row.Bar!.Value.High!.Value),
            })));
    }

    public static VegaView Of(HeatMapChart chart)
    {
        List<(string Row, string Column, double Value)> cells =
            [.. chart.Rows.SelectMany((row, r) => chart.Columns.Select((column, c) => (row, column, Value: chart.Values[r][c]))).Where(cell => cell.Value.HasValue).Select(cell => (cell.row, cell.column, cell.Value!.Value))];
        var scale = new ColorScale(chart.ValueTitle, DataRange.Of(cells.Select(cell => cell.Value)), chart.Center, 6);
        JsonObject Encode() => new() { ["x"] = Names("column", chart.ColumnTitle, chart.Columns), ["y"] = Names("row", chart.RowTitle, chart.Rows) };
        JsonObject encoding = Encode();
        encoding["color"] = new JsonObject
        {
            ["field"] = "value",
            ["type"] = "quantitative",
            ["title"] = chart.ValueTitle,
            ["legend"] = new JsonObject { ["orient"] = "right" },
            ["scale"] = new JsonObject
            {
                ["domain"] = Array([Number(scale.Axis.Min), Number(scale.Axis.Max)]),
                ["range"] = Array(scale.Stops.Select(color => (JsonNode?)Hex(color))),
            },
        };
        return View([Layer("cells", Mark("rect"), encoding)], ("cells", cells.Select(cell => new JsonObject { ["row"] = cell.Row, ["column"] = cell.Column, ["value"] = Number(cell.Value) }))) with { HasRows = true };
    }

    public static VegaView Of(TimelineChart chart)
    {
        string[] names = [.. chart.Series.Select(s => s.Name)];
        List<(double Lower, double Upper)[]> edges = Lanes.Stack(chart);
        var encoding = new JsonObject
        {
            ["x"] = Axis("start", chart.Time),
            ["x2"] = Field("end"),
            ["y"] = new JsonObject
            {
                ["field"] = "top",
                ["type"] = "quantitative",
                ["title"] = chart.RowTitle.Length > 0 ? chart.RowTitle : null,
                ["scale"] = new JsonObject { ["domain"] = Array([0, Math.Max(1, chart.Rows.Count)]), ["reverse"] = true, ["nice"] = false },
                ["axis"] = new JsonObject
                {
                    ["values"] = Array(chart.Rows.Select((_, row) => (JsonNode?)(row + 0.5))),
                    ["labelExpr"] = JsonSerializer.Serialize(chart.Rows) + "[floor(datum.value)]",
                    ["grid"] = false,
                    ["ticks"] = false,
                },
            },
            ["y2"] = Field("bottom"),
            ["color"] = Color(names),
        };
        return View(
            [Layer("bars", Mark("rect"), encoding)],
            ("bars", chart.Series.SelectMany((s, i) => s.Bars.Select((bar, b) => new JsonObject
            {
                ["series"] = s.Name,
                ["row"] = chart.Rows[bar.Row],
                ["start"] = Number(bar.Start),
                ["end"] = Number(bar.End),
                ["share"] = Number(bar.Share),
                ["top"] = Number(bar.Row + 1 - (0.9 * edges[i][b].Upper)),
                ["bottom"] = Number(bar.Row + 1 - (0.9 * edges[i][b].Lower)),
            }))));
    }

    public static VegaView Of(CriticalDifferenceChart chart)
    {
        List<RankedName> ranked = [.. chart.Entries.OrderBy(e => e.MeanRank)];
        var ranks = ranked.ToDictionary(e => e.Name, e => e.MeanRank, StringComparer.Ordinal);
        var cliques = chart.Cliques.Where(c => c.Count > 1).Select((c, lane) => new JsonObject
        {
            ["best"] = Number(c.Min(name => ranks[name])),
            ["worst"] = Number(c.Max(name => ranks[name])),
            ["place"] = -1 - lane,
        }).ToList();
        JsonObject Encode(string x)
        {
            JsonObject axis = Axis(x, new AxisSpec(chart.AxisTitle, AxisScale.Linear, 1, Math.Max(2, ranked.Count)));
            axis["scale"]!["reverse"] = true;
            axis["axis"] = new JsonObject { ["orient"] = "top" };
            return new JsonObject
            {
                ["x"] = axis,
                ["y"] = new JsonObject { ["field"] = "place", ["type"] = "quantitative", ["axis"] = null, ["scale"] = new JsonObject { ["reverse"] = true } },
            };
        }

        JsonObject bar = Mark("rule"), text = Mark("text"), names = Encode("rank"), spans = Encode("best");
        bar["strokeWidth"] = 3;
        (text["align"], text["dx"]) = ("right", -6);
        names["text"] = Field("name", "nominal");
        spans["x2"] = Field("worst");
        return View(
            [Layer("cliques", bar, spans), Layer("entries", Mark("point"), Encode("rank")), Layer("entries", text, names)],
            ("entries", ranked.Select((e, place) => new JsonObject { ["name"] = e.Name, ["rank"] = Number(e.MeanRank), ["place"] = place })),
            ("cliques", cliques));
    }

    private static VegaView View(JsonObject[] layers, params (string Name, IEnumerable<JsonObject> Rows)[] datasets) => new(
        new JsonObject { ["layer"] = new JsonArray(layers) },
        new SortedDictionary<string, IReadOnlyList<JsonObject>>(datasets.ToDictionary(d => d.Name, d => (IReadOnlyList<JsonObject>)[.. d.Rows]), StringComparer.Ordinal));
}
