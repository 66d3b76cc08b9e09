using BenchmarkDotNet.Reports;

namespace SchedBench.Benchmarks.Harness;

/// <summary>The folder <c>tables</c>: the table of each suite as it was measured last, headed by the machine.</summary>
internal static class ResultTables
{
    /// <summary>Takes over the table that BenchmarkDotNet wrote for a summary of one suite.</summary>
    public static void Copy(Summary summary)
    {
        if (summary.BenchmarksCases.Length == 0) return;
        string suite = summary.BenchmarksCases[0].Descriptor.Type.Name;
        string report = Path.Combine(summary.ResultsDirectoryPath, $"{summary.BenchmarksCases[0].Descriptor.Type.FullName}-report-github.md");
        string folder = Path.Combine(Locations.Repository, "benchmarks", "tables");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{suite}.md"), File.ReadAllText(report).ReplaceLineEndings("\n"));
    }
}
