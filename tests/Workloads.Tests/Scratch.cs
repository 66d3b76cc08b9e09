using System.IO.Compression;
using System.Text;

namespace SchedBench.Workloads.Tests;

/// <summary>A folder of its own that goes with the test.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("schedbench-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>Writes a file, compressed when its name ends in <c>.gz</c>.</summary>
    public string File(string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var output = new MemoryStream();
            using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
            bytes = output.ToArray();
        }

        System.IO.File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
