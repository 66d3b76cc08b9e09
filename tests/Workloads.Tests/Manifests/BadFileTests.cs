using System.Text;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Workloads.Tests.Manifests;

/// <summary>Texts, files and folders.</summary>
public sealed class BadFileTests
{
    [Fact]
    public void B30_and_B31_A_byte_order_mark_and_CR_LF_are_accepted()
    {
        using var scratch = new Scratch();
        string path = scratch.File("web.yaml", "\uFEFF" + Manifest.Web.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal("web", Assert.Single(ManifestReader.Read(path, "web.yaml").Objects).Name);
    }

    [Fact]
    public void B31_A_lone_carriage_return_is_refused() => Assert.Contains("carriage return", Refused(Encoding.UTF8.GetBytes(Manifest.Web.Replace("replicas: 3\n", "replicas: 3\r", StringComparison.Ordinal))).Expected, StringComparison.Ordinal);

    [Fact]
    public void B32_UTF_16_is_read_with_a_mark_and_refused_without()
    {
        foreach (Encoding encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            using var scratch = new Scratch();
            File.WriteAllBytes(scratch.Path("a.yaml"), [.. encoding.GetPreamble(), .. encoding.GetBytes(Manifest.Web)]);
            Assert.Single(ManifestReader.Read(scratch.Path("a.yaml"), "a.yaml").Objects);
            Assert.Contains("UTF-16", Refused(encoding.GetBytes(Manifest.Web)).Expected, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void B33_Invalid_UTF_8_and_NUL_are_refused()
    {
        Refused([.. Encoding.UTF8.GetBytes("kind: "), 0xC3, 0x28]);
        Refused([.. Encoding.UTF8.GetBytes("kind: a"), 0, (byte)'b']);
    }

    [Theory]
    [InlineData("# only a comment\n")]
    [InlineData("---\n---\n")]
    public void B34_A_file_without_a_document_is_refused(string text) => Assert.Contains("expected a YAML document", Manifest.Problem(text).Expected, StringComparison.Ordinal);

    [Fact]
    public void B34_Empty_documents_between_others_are_left_out() => Assert.Equal(2, Manifest.Read($"---\n---\n{Manifest.Web}\n---\n# nothing\n---\n{Manifest.Pod("")}---\n").Objects.Count);

    [Fact]
    public void B35_Alias_bombs_cycles_and_depth_are_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i <= 9; i++) bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        Assert.Contains("nodes", Manifest.Problem(bomb.ToString()).Expected, StringComparison.Ordinal);
        Assert.Contains("contain itself", Manifest.Problem("a: &a [*a]").Expected, StringComparison.Ordinal);
        Assert.Contains("levels", Manifest.Problem(new string('[', 10_000)).Expected, StringComparison.Ordinal);
        Assert.Contains("levels", Manifest.Problem(string.Concat(Enumerable.Repeat("{a: ", 10_000))).Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  replicas: 3", "\treplicas: 3", "tabs")]
    [InlineData("- containerPort: 80", "-containerPort: 80", "a space has to follow '-'")]
    [InlineData("image: web:1", "image:web", "space after ':'")]
    public void Tabs_and_missing_blanks_are_named_with_their_place(string right, string wrong, string expected)
    {
        string text = Manifest.Web.Replace(right, wrong, StringComparison.Ordinal);
        InputProblem problem = Manifest.Problems(text)[0];
        Assert.Contains(expected, problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(Array.FindIndex(text.Split('\n'), line => line.Contains(wrong, StringComparison.Ordinal)) + 1, problem.Line);
    }

    [Fact]
    public void A_list_dash_without_blank_before_an_only_item_is_explained() =>
        Assert.Contains("a space has to follow '-'", Manifest.Problem(Manifest.Pod("", "args:\n  -x")).Expected, StringComparison.Ordinal);

    [Fact]
    public void A_folder_is_read_in_the_ordinal_order_of_its_relative_paths_and_other_files_are_left_alone()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.Path("b"));
        scratch.File("c.yml", Manifest.Of("v1", "ConfigMap", "data: {}", "third"));
        scratch.File("b/z.json", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "second"}}""");
        scratch.File("B.yaml", Manifest.Of("v1", "ConfigMap", "data: {}", "first"));
        scratch.File("README.md", "# not a manifest");
        ManifestSet set = ManifestReader.Read(scratch.Folder, "folder/");
        Assert.Equal(["first", "second", "third"], set.Objects.Select(read => read.Name));
        Assert.Equal(["folder/B.yaml", "folder/b/z.json", "folder/c.yml"], set.Files.Select(file => file.Name));
        Assert.All(set.Files, file => Assert.Equal(64, file.Sha256Hex.Length));
    }

    [Fact]
    public void Problems_of_all_files_of_a_folder_are_told_at_once_duplicates_between_them_included()
    {
        using var scratch = new Scratch();
        scratch.File("a.yaml", Manifest.Of("v1", "ConfigMap", "data: {}"));
        scratch.File("b.yaml", Manifest.Of("v1", "ConfigMap", "data: {}"));
        scratch.File("c.yaml", "kind: [");
        scratch.File("d.yaml", Manifest.Deployment("replcias: 1"));
        IReadOnlyList<InputProblem> problems = Assert.Throws<InputException>(() => ManifestReader.Read(scratch.Folder, "f")).Problems;
        Assert.Equal(["f/c.yaml", "f/d.yaml", "f/b.yaml"], problems.Select(problem => problem.File));
        Assert.Contains("f/a.yaml, line 3", problems[2].Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void B42_A_missing_file_and_a_folder_without_manifests_are_refused()
    {
        using var scratch = new Scratch();
        scratch.File("web.yaml", Manifest.Web);
        Assert.Equal("web.yaml", Assert.Single(Assert.Throws<InputException>(() => ManifestReader.Read(scratch.Path("wep.yaml"), "wep.yaml")).Problems).Nearest);
        Directory.CreateDirectory(scratch.Path("empty"));
        Assert.Throws<InputException>(() => ManifestReader.Read(scratch.Path("empty"), "empty"));
    }

    [Fact]
    public void Json_and_lists_are_read_with_paths_into_the_list()
    {
        const string List = """
            {
            	"apiVersion": "v1", "kind": "List",
            	"items": [
            		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "\u00e9\/\ud83d\ude00"}},
            		{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "b"}}
            	]
            }
            """;
        ManifestSet set = Manifest.Read(List);
        Assert.Equal([ResourceKind.ConfigMap, ResourceKind.Namespace], set.Objects.Select(read => read.Kind));
        Assert.Equal("é/😀", Assert.Single(set.Of<ConfigMap>()).Data[0].Value);
        Assert.Equal("items[0].metadata.name", Manifest.Problem(List.Replace("\"a\"", "\"A\"", StringComparison.Ordinal)).Field);
    }

    private static InputProblem Refused(byte[] bytes)
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.Path("a.yaml"), bytes);
        return Assert.Single(Assert.Throws<InputException>(() => ManifestReader.Read(scratch.Path("a.yaml"), "a.yaml")).Problems);
    }
}
