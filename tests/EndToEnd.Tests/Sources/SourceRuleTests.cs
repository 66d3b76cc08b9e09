using System.Text.RegularExpressions;
using System.Xml.Linq;
using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;

namespace SchedBench.EndToEnd.Tests.Sources;

/// <summary>Rules that no compiler checks, judged over the files of the repository.</summary>
public sealed partial class SourceRuleTests
{
    /// <summary>What reads a clock, a shared generator or a platform's mathematics. Core and Schedulers get time, draws and functions handed in.</summary>
    private static readonly (string Pattern, string Instead)[] Banned =
    [
        (@"\bDateTime(Offset)?\.(Utc)?Now\b", "the loop's clock, or a TimeProvider at the edges"),
        (@"\bStopwatch\b", "a TimeProvider at the edges"),
        (@"\bEnvironment\.TickCount", "a TimeProvider at the edges"),
        (@"\bnew Random\b|\bRandom\.Shared\b", "Draw"),
        (@"\bGuid\.NewGuid\b", "a stable identity"),
        (@"\bTask\.(Delay|Run)\b|\bThread\.Sleep\b|\basync\b|\bawait\b", "an event"),
        (@"\bDateTime(Offset)?\.Today\b|\bTimeProvider\.System\b", "a TimeProvider that is handed in"),
        (@"\bParallel\.\w|\bAsParallel\(", "cells run in parallel, runs do not"),
        (@"(?m)^(?!.*override int GetHashCode).*\.GetHashCode\(\)", "an order of its own: hashes differ from process to process"),
        (@"\bTensorPrimitives\.(Sum|Dot|Norm|Average|StdDev)|\bVector(64|128|256|512)?<(float|double)>", "a sum in a fixed order"),
        (@"\bMath\.(Exp|Log|Log2|Log10|Pow|Sin|Cos|Tan|Tanh|Cbrt|FusedMultiplyAdd)\(", "DeterministicMath"),
    ];

    private static readonly string[] PureProjects = ["Core", "Schedulers"];

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(@"(?<![\w.])/(tmp|root|home|work)/\w")]
    private static partial Regex MachinePath();

    [Fact]
    public void Core_and_Schedulers_read_no_clock_no_shared_random_generator_and_no_platform_mathematics()
    {
        var found = new List<string>();
        foreach (string project in PureProjects)
        {
            foreach (string file in Sources(Path.Combine("src", project)))
            {
                string code = WithoutComments(File.ReadAllText(file));
                found.AddRange(Banned.Where(rule => Regex.IsMatch(code, rule.Pattern)).Select(rule => $"{file}: {rule.Pattern}: use {rule.Instead}"));
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Core_and_Schedulers_hold_no_state_that_runs_could_share()
    {
        IEnumerable<string> mutable = new[] { typeof(Core.Runs.ClusterRun).Assembly, typeof(StrategyCatalog).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false) && type.FullName?.Contains('<', StringComparison.Ordinal) == false)
            .SelectMany(type => type.GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DeclaredOnly))
            .Where(field => !field.IsInitOnly && !field.IsLiteral && !field.Name.Contains('<', StringComparison.Ordinal)).Select(field => $"{field.DeclaringType}.{field.Name}");
        Assert.Empty(mutable);
    }

    [Fact]
    public void Sources_scripts_and_pages_name_no_path_of_a_machine()
    {
        string root = SharedFiles.RepositoryRoot;
        IEnumerable<string> files = Sources("src").Concat(Sources("tests")).Concat(Sources("benchmarks")).Concat(Sources("samples"))
            .Concat(Pages()).Concat(Directory.EnumerateFiles(Path.Combine(root, "workloads"), "*.yaml", SearchOption.AllDirectories));
        Assert.DoesNotContain(files, file => Path.GetFileName(file) != "SourceRuleTests.cs" && MachinePath().IsMatch(File.ReadAllText(file)));
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var broken = new List<string>();
        foreach (string page in Pages())
        {
            foreach (Match link in MarkdownLink().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups["target"].Value;
                if (target.Contains("://", StringComparison.Ordinal)) continue;
                string path = Path.Combine(Path.GetDirectoryName(page)!, target);
                if (!File.Exists(path) && !Directory.Exists(path)) broken.Add($"{Path.GetRelativePath(SharedFiles.RepositoryRoot, page)}: {target}");
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Project_references_are_those_of_the_table_in_ARCHITECTURE()
    {
        var stated = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(InRepository("ARCHITECTURE.md")))
        {
            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            if (cells.Length != 5 || !cells[1].StartsWith("`src/", StringComparison.Ordinal)) continue;
            string uses = cells[3] == "–" ? "" : string.Join(", ", cells[3].Split(", ").Order(StringComparer.Ordinal));
            stated.Add(cells[1].Trim('`')["src/".Length..], uses);
        }

        var actual = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string project in Directory.EnumerateFiles(InRepository("src"), "*.csproj", SearchOption.AllDirectories))
        {
            IEnumerable<string> references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            actual.Add(Path.GetFileNameWithoutExtension(project), string.Join(", ", references.Order(StringComparer.Ordinal)));
        }

        Assert.Equal(stated, actual);
    }

    [Fact]
    public void Every_strategy_has_a_page_and_every_page_a_strategy()
    {
        string[] pages = [.. Directory.EnumerateFiles(InRepository("docs/schedulers"), "*.md").Select(page => Path.GetFileNameWithoutExtension(page)!).Where(name => name != "README").Order(StringComparer.Ordinal)];
        Assert.Equal(StrategyCatalog.BuiltIn().Entries.Select(entry => entry.Name), pages);
        string index = File.ReadAllText(InRepository("docs/schedulers/README.md"));
        Assert.All(pages, page => Assert.Contains($"[{page}]({page}.md)", index, StringComparison.Ordinal));
        foreach (StrategyEntry entry in StrategyCatalog.BuiltIn().Entries)
        {
            string page = File.ReadAllText(InRepository($"docs/schedulers/{entry.Name}.md"));
            Assert.All(entry.Options, option => Assert.Contains($"`{option.Name}`", page, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_page_of_invariants_states_each_of_them()
    {
        string page = File.ReadAllText(InRepository("docs/invariants.md"));
        Assert.All(Core.Recording.Invariants.Invariant.All, invariant => Assert.Contains($"| {invariant.Number} | {invariant.Text} |", page, StringComparison.Ordinal));
    }

    private static string InRepository(string relative) => Path.Combine(SharedFiles.RepositoryRoot, relative);

    private static IEnumerable<string> Sources(string folder) => Directory.Exists(InRepository(folder))
        ? Directory.EnumerateFiles(InRepository(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        : [];

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(SharedFiles.RepositoryRoot, "*.md")
            .Concat(((string[])["docs", "src", "benchmarks", "samples", "workloads"]).Where(folder => Directory.Exists(InRepository(folder)))
                .SelectMany(folder => Directory.EnumerateFiles(InRepository(folder), "*.md", SearchOption.AllDirectories)))
            .Append(InRepository("results/README.md"));

    private static string WithoutComments(string code) => string.Join('\n', code.Split('\n').Select(line =>
    {
        int at = line.IndexOf("//", StringComparison.Ordinal);
        return at < 0 ? line : line[..at];
    }));
}
