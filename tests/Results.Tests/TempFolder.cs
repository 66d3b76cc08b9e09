namespace SchedBench.Results.Tests;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("schedbench-");

    /// <summary>The folder.</summary>
    public string Path => _folder.FullName;

    /// <summary>A path inside.</summary>
    public string this[params string[] names] => System.IO.Path.Combine([_folder.FullName, .. names]);

    public void Dispose() => _folder.Delete(recursive: true);
}
