namespace SchedBench.Benchmarks.Harness;

/// <summary>Where the sources are, and traces that are not part of the project.</summary>
internal static class Locations
{
    /// <summary>Hands <c>--data</c> to the processes in which benchmarks run.</summary>
    public const string OpenbVariable = "SCHEDBENCH_BENCHMARKS_OPENB";

    private const string OpenbFile = "openb_pod_list_default.csv";

    /// <summary>The folder with the solution.</summary>
    public static string Repository { get; } = Find();

    /// <summary>The folder with Alibaba's openb files; null when there is none.</summary>
    public static string? Openb
    {
        get
        {
            string folder = Environment.GetEnvironmentVariable(OpenbVariable) ?? Path.GetFullPath(Path.Combine(Repository, "..", "shared", "traces", "openb"));
            return File.Exists(Path.Combine(folder, OpenbFile)) ? folder : null;
        }
    }

    /// <summary>What to say when there is none.</summary>
    public static string OpenbMissing => $"OpenbCellBenchmarks needs Alibaba's cluster-trace-gpu-v2023: give the folder that holds {OpenbFile} with --data DIR";

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "SchedBench.sln"))) return folder;
        }

        throw new InvalidOperationException("The benchmarks run from the repository.");
    }
}
