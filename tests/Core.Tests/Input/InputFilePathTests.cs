using System.Diagnostics;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Input;

public sealed class InputFilePathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_rejected_with_the_nearest_name_in_its_folder()
    {
        _folder.File("openb_pod_list_default.csv", [1]);
        _folder.File("other.csv", [1]);
        InputProblem problem = Reject(Path.Combine(_folder.Path, "openb_pod_list_defualt.csv"));
        Assert.Equal("openb_pod_list_default.csv", problem.Nearest);
        Assert.Null(Reject(Path.Combine(_folder.Path, "zzz")).Nearest);
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Assert.Contains("its folder", Reject(Path.Combine(_folder.Path, "no", "a.csv")).Expected, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public void A_path_that_is_none_is_rejected(string path) => Assert.Contains("the path of a file", Reject(path).Expected, StringComparison.Ordinal);

    [Fact]
    public void A_folder_in_place_of_a_file_is_rejected() => Assert.Contains("this is a folder", Reject(_folder.Path).Expected, StringComparison.Ordinal);

    [SkippableFact]
    public void A_loop_of_links_and_a_dangling_link_are_rejected_and_a_good_link_is_followed()
    {
        Skip.If(OperatingSystem.IsWindows(), "Making symbolic links needs a privilege here.");
        string one = Path.Combine(_folder.Path, "one"), two = Path.Combine(_folder.Path, "two"), good = Path.Combine(_folder.Path, "good");
        File.CreateSymbolicLink(one, two);
        File.CreateSymbolicLink(two, one);
        Assert.Contains("symbolic links", Reject(one).Expected, StringComparison.Ordinal);

        File.CreateSymbolicLink(Path.Combine(_folder.Path, "dangling"), Path.Combine(_folder.Path, "nowhere"));
        Assert.Contains("which does not exist", Reject(Path.Combine(_folder.Path, "dangling")).Expected, StringComparison.Ordinal);

        File.CreateSymbolicLink(good, _folder.File("real.txt", "x"u8.ToArray()));
        Assert.Equal("x", InputFile.ReadAllText(good, good, 10));
    }

    [SkippableFact]
    public void A_pipe_and_a_device_are_rejected_without_waiting_for_them()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Needs mkfifo.");
        string pipe = Path.Combine(_folder.Path, "pipe");
        using (Process mkfifo = Process.Start("mkfifo", [pipe]))
        {
            mkfifo.WaitForExit();
            Assert.Equal(0, mkfifo.ExitCode);
        }

        Assert.Contains("a pipe or a device", Reject(pipe).Expected, StringComparison.Ordinal);
        Assert.Contains("a pipe or a device", Reject("/dev/zero").Expected, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_file_that_may_not_be_read_is_rejected()
    {
        Skip.If(OperatingSystem.IsWindows() || string.Equals(Environment.UserName, "root", StringComparison.Ordinal), "The user may read every file here.");
        string path = _folder.File("secret.csv", [1]);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Contains("permission is denied", Reject(path).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_rejected()
    {
        // Each change happens between the opening and the end of the text.
        Assert.Contains("its length went", Change(path => File.AppendAllText(path, "more")), StringComparison.Ordinal);
        Assert.Contains("shrank", Change(path =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(70_000);
        }), StringComparison.Ordinal);
        Assert.Contains("was written to", Change(path => File.SetLastWriteTimeUtc(path, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc))), StringComparison.Ordinal);
        Assert.Contains("was removed", Change(File.Delete), StringComparison.Ordinal);
        Assert.Contains("was replaced", Change(path =>
        {
            File.WriteAllText(path + ".new", "other content");
            File.Move(path + ".new", path, overwrite: true);
        }), StringComparison.Ordinal);
    }

    private string Change(Action<string> change)
    {
        string path = _folder.File("live.csv", Enumerable.Repeat("1,2\n"u8.ToArray(), 50_000).SelectMany(line => line).ToArray());
        using InputFileText reader = InputFile.OpenText(path, "live.csv");
        Assert.True(reader.TryReadLine(out _));
        change(path);
        return Assert.Throws<InputException>(() => reader.ReadToEnd()).Message;
    }

    private static InputProblem Reject(string path)
    {
        InputException e = Assert.Throws<InputException>(() => InputFile.OpenText(path, "shown.csv"));
        InputProblem problem = Assert.Single(e.Problems);
        Assert.Equal("shown.csv", problem.File);
        return problem;
    }
}
