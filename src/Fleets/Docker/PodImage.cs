using System.Diagnostics;
using System.Formats.Tar;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets.Docker;

/// <summary>The image of the pod server: a native program with the few libraries that it needs, as a tar of a root file system that an engine imports. No registry is needed.</summary>
/// <remarks>The program is <c>SchedBench.PodServer</c> beside this one, or where <c>SCHEDBENCH_POD_SERVER</c> says: <c>dotnet publish src/PodServer -r linux-x64 -p:PublishAot=true</c> makes it.</remarks>
internal static class PodImage
{
    private const string Variable = "SCHEDBENCH_POD_SERVER";
    private const string Program = "SchedBench.PodServer";

    /// <summary>Where the program is in the image.</summary>
    public const string Entry = "/podserver";

    /// <summary>Where the program is on this machine.</summary>
    /// <exception cref="EngineException">It is nowhere.</exception>
    public static string Find()
    {
        string path = Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(AppContext.BaseDirectory, Program);
        return File.Exists(path) ? path : throw new EngineException($"the native pod server is missing: {path}; make it with 'dotnet publish src/PodServer -c Release -r linux-x64 -p:PublishAot=true -o DIR' and name it in {Variable}");
    }

    /// <summary>The root file system as a tar.</summary>
    /// <exception cref="EngineException">The program is missing, or its libraries cannot be told.</exception>
    public static byte[] Tar()
    {
        string program = Find();
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Add(tar, program, Entry);
            foreach (string library in Libraries(program)) Add(tar, library, library);
        }

        return stream.ToArray();
    }

    private static void Add(TarWriter tar, string path, string name)
    {
        // Links are followed: an image of a few files needs no others.
        string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        using FileStream data = File.OpenRead(real);
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name.TrimStart('/')) { DataStream = data, Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute });
    }

    /// <summary>Libraries that a program is linked with, the loader among them, as <c>ldd</c> says; none for one that is linked statically.</summary>
    private static List<string> Libraries(string program)
    {
        using var ldd = new Process { StartInfo = new ProcessStartInfo("ldd", [program]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false } };
        string said;
        try
        {
            ldd.Start();
            said = ldd.StandardOutput.ReadToEnd();
            ldd.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new EngineException($"ldd cannot be run, so the libraries of {program} are not known: {error.Message}", error);
        }

        var libraries = new List<string>();
        foreach (string line in said.Split('\n', StringSplitOptions.TrimEntries))
        {
            string path = (line.Contains("=>", StringComparison.Ordinal) ? line.Split("=>")[1] : line).Split(" (")[0].Trim();
            if (path.StartsWith('/') && File.Exists(path)) libraries.Add(path);
        }

        return libraries;
    }
}
