using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Input;

public sealed class YamlFuzzTests
{
    private static readonly string[] Pieces =
    [
        "a", "b: ", ": ", "- ", "-", "\n", "\n  ", "\n    ", "\t", " ", "[", "]", "{", "}", ",", "\"", "'", "&x ", "*x", "!", "!!str ", "!<", "|", ">", "|2-", "#", " #",
        "%YAML 1.1\n", "%TAG ! !\n", "---", "...", "?", "? ", "<<: ", "@", "`", "\\", "\"\\u12", "~", "1:30", "0x", "\r\n", "\uFEFF", "é", "x: y\n", "- z\n",
    ];

    [Fact]
    public void Any_text_is_read_or_rejected_and_never_breaks_the_reader()
    {
        Gen<string> texts = Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            try
            {
                return YamlDocument.ParseAll(text, "f.yaml").Count > 0;
            }
            catch (InputException exception)
            {
                return exception.Problems.Count == 1 && exception.Problems[0].Expected.StartsWith("expected", StringComparison.Ordinal);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithEndSize(60).WithReplay(1905UL, 7UL));
    }
}
