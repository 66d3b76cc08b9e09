using System.Text.Json;
using System.Text.Json.Serialization;
using SchedBench.Core.Input;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Cases;

/// <summary>A case with the failure that it shows, as a file of its own.</summary>
/// <param name="Format">Always <see cref="CaseFile.Format"/>.</param>
/// <param name="Failure">Kind of the failure, as <see cref="FuzzFailure.Kind"/>; empty when it shows none.</param>
/// <param name="Message">The failure in words, for people.</param>
/// <param name="Case">The case.</param>
public sealed record CaseDocument(string Format, string Failure, string Message, FuzzCase Case);

/// <summary>Reads and writes cases as JSON. What is as usual is left out.</summary>
public static class CaseFile
{
    /// <summary>What the files say that they are.</summary>
    public const string Format = "schedbench/fuzz-case/v1";

    private const long LargestBytes = 16 << 20;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of a file.</summary>
    public static string Write(CaseDocument document) => JsonSerializer.Serialize(document, Options) + "\n";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">It is no case.</exception>
    public static CaseDocument Read(string path) => Parse(InputFile.ReadAllText(path, path, LargestBytes), path);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Name of its file, for messages.</param>
    /// <exception cref="InputException">It is no case.</exception>
    public static CaseDocument Parse(string text, string name)
    {
        CaseDocument document;
        try
        {
            document = JsonSerializer.Deserialize<CaseDocument>(text, Options) ?? throw new InputException(new InputProblem(name, 1, 1, "", "null", "expected a fuzz case"));
        }
        catch (JsonException error)
        {
            string expected = error.Message.ReplaceLineEndings(" ");
            int tail = expected.IndexOf(" Path: ", StringComparison.Ordinal);
            throw new InputException(new InputProblem(name, (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1, (error.Path ?? "").TrimStart('$', '.'), null, $"expected a fuzz case: {(tail > 0 ? expected[..tail] : expected)}"));
        }

        if (document.Format != Format) throw new InputException(new InputProblem(name, 0, 0, "format", document.Format, $"expected {Format}"));
        InputProblem[] problems = [.. CaseChecks.Of(document.Case).Select(problem => new InputProblem(name, 0, 0, $"case.{problem.Field}", problem.Value, problem.Expected, problem.Nearest))];
        return problems.Length == 0 ? document : throw new InputException(problems);
    }
}
