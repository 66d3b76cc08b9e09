using System.IO.Compression;
using System.Text;
using SchedBench.Core.Input;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Tests.Files;

public sealed class ExperimentTextTests : IDisposable
{
    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void UTF_16_with_a_mark_is_accepted_and_without_one_rejected()
    {
        Assert.Equal("small", Read([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(TestExperiments.Small)]).Name);
        Assert.Equal("small", Read([.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(TestExperiments.Small)]).Name);
        AssertRejected(Encoding.Unicode.GetBytes(TestExperiments.Small), "UTF-16");
    }

    [Fact]
    public void A_compressed_experiment_is_read()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(TestExperiments.Small));
        Assert.Equal("small", Read(packed.ToArray()).Name);
    }

    [Fact]
    public void Invalid_UTF_8_NUL_and_lone_carriage_returns_are_rejected()
    {
        AssertRejected([.. Encoding.UTF8.GetBytes(TestExperiments.Small), 0xC3, 0x28], "UTF-8");
        AssertRejected([.. Encoding.UTF8.GetBytes(TestExperiments.Small), 0], "NUL");
        AssertRejected(Encoding.UTF8.GetBytes(TestExperiments.Small.Replace('\n', '\r')), "carriage return");
    }

    [Fact]
    public void Empty_and_oversized_files_are_rejected()
    {
        AssertRejected([], "empty");
        AssertRejected(Encoding.UTF8.GetBytes(TestExperiments.Small + "#" + new string('x', 17 << 20)), "expected");
    }

    [Fact]
    public void A_missing_experiment_is_answered_with_the_nearest_file()
    {
        _files.Write("small.yaml", TestExperiments.Small);
        InputProblem problem = Assert.Throws<InputException>(() => Read("smal.yaml")).Problems.Single();
        Assert.Equal("small.yaml", problem.Nearest);
    }

    [Fact]
    public void A_folder_in_place_of_an_experiment_is_rejected() =>
        Assert.Contains("folder", Assert.Throws<InputException>(() => Read("data")).Message, StringComparison.Ordinal);

    private Experiment Read(byte[] content)
    {
        File.WriteAllBytes(Path.Combine(_files.Folder, "e.yaml"), content);
        return Read("e.yaml");
    }

    private Experiment Read(string name) => ExperimentFile.Read(Path.Combine(_files.Folder, name), _files.Data, TestExperiments.Vocabulary);

    private void AssertRejected(byte[] content, string expected)
    {
        InputException exception = Assert.Throws<InputException>(() => Read(content));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", exception.Message, StringComparison.Ordinal);
    }
}
