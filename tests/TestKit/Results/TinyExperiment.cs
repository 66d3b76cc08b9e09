using System.Globalization;
using System.Text;

namespace SchedBench.TestKit.Results;

/// <summary>A folder of its own with an experiment of nine short cells: a synthetic fleet, forty pods in native CSV, one of which fits nowhere.</summary>
public sealed class TinyExperiment : IDisposable
{
    /// <summary>The pod that no node of the fleet can hold.</summary>
    public const string TooBig = "too-big";

    /// <summary>The experiment as text.</summary>
    public const string Text = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: tiny }
        spec:
          seeds: { first: 1, count: 3 }
          fleets:
            - name: small
              pools:
                - { name: node, count: 4, cpu: "8", memory: 32Gi, pods: 20 }
                - { name: gpu, count: 2, cpu: "16", memory: 64Gi, gpus: 2 }
          workloads:
            - name: mixed
              trace: { format: native, path: trace }
              replay: { mode: timed, shake: 0.05, startLatency: 2s }
          strategies: [best-fit, random, { name: fgd, tieBreak: uniform }]
          baseline: best-fit
          record: { timeline: { nodes: 3 } }

        """;

    /// <summary>Writes the folder.</summary>
    public TinyExperiment()
    {
        Folder = Directory.CreateTempSubdirectory("schedbench-tiny-").FullName;
        Write("tiny.yaml", Text);
        Write("trace/pods.csv", Pods());
    }

    /// <summary>Number of cells.</summary>
    public static int Cells => 9;

    /// <summary>The folder that holds everything.</summary>
    public string Folder { get; }

    /// <summary>Path of the experiment file.</summary>
    public string File => Path("tiny.yaml");

    /// <summary>A path in the folder.</summary>
    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>Writes a file into the folder.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        string path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes the experiment with one text in it replaced by another.</summary>
    /// <returns>Its path.</returns>
    public string WriteWith(string name, string old, string replacement)
    {
        if (!Text.Contains(old, StringComparison.Ordinal)) throw new ArgumentException($"'{old}' is not in the experiment.", nameof(old));
        return Write(name, Text.Replace(old, replacement, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Pods()
    {
        var text = new StringBuilder("name,arrival_seconds,duration_seconds,cpu_milli,memory_bytes,gpu_count,gpu_milli\n");
        for (int k = 0; k < 40; k++)
        {
            int gpus = k % 5 == 0 ? 1 : 0;
            text.Append(CultureInfo.InvariantCulture, $"pod-{k:00},{k * 30},{100 + (k * 37 % 400)},{500 + (k * 733 % 6000)},{(1L + (k % 7)) << 30},{gpus},{(gpus == 0 ? 0 : k % 2 == 0 ? 500 : 1000)}\n");
        }

        return text.Append(TooBig).Append(",1300,60,64000,1073741824,0,0\n").ToString();
    }
}
