using System.Text.Json.Serialization;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Journal;

/// <summary>What the header of every version says, whatever else it holds.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record HeaderProbe(string Kind, int Version);

/// <summary>First line of a journal.</summary>
/// <param name="Kind">Always <c>schedbench-journal</c>.</param>
/// <param name="Version">Version of the format.</param>
/// <param name="Plan">Hash of the plan.</param>
/// <param name="Cells">Number of cells of the plan.</param>
/// <param name="Parts">The plan's parts, so that a refusal can say what differs.</param>
internal sealed record HeaderDocument(string Kind, int Version, string Plan, int Cells, PlanPart[] Parts);

/// <summary>Any later line: a finished cell, or the note that the final files hold all cells.</summary>
internal sealed record EntryDocument(bool FilesWritten, CellDocument? Cell);

/// <summary>A finished cell, its lists in columns.</summary>
internal sealed record CellDocument(
    int Index, CellKey Key, CellStatus Status, string Failure, ulong Fingerprint,
    ScalarsDocument Metrics, SeriesDocument[] Series, TimelineDocument Timeline, ScalarsDocument Timing, bool KnewWorkload = false, ServicesDocument? Services = null);

internal sealed record ScalarsDocument(string[] Names, double?[] Values);

internal sealed record SeriesDocument(string Metric, string XName, double[] X, double[] Values);

internal sealed record ServicesDocument(string[] Services, string[] Metrics, double?[] Values);

internal sealed record TimelineDocument(string[] Nodes, string[] Pods, double[] Starts, double[] Ends, double[] Shares);

/// <summary>Serialisation without reflection; doubles are written in their shortest form that reads back as the same bits.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HeaderProbe))]
[JsonSerializable(typeof(HeaderDocument))]
[JsonSerializable(typeof(EntryDocument))]
internal sealed partial class JournalJson : JsonSerializerContext;
