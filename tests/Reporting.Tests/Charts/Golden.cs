using System.Globalization;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>Compares output with files committed under <c>Golden</c>. Set SCHEDBENCH_UPDATE_GOLDEN=1 to rewrite them, then read the difference before committing.</summary>
internal static class Golden
{
    private const string Switch = "SCHEDBENCH_UPDATE_GOLDEN";

    /// <summary>Requires that <paramref name="produce"/> gives the bytes of <paramref name="name"/>, in an ordinary process and where the comma is the decimal mark.</summary>
    public static void Check(string name, Func<byte[]> produce)
    {
        byte[] actual = produce();
        string file = Path.Combine(Folder(), name.Replace('/', Path.DirectorySeparatorChar));
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, actual);
        }

        Assert.True(File.Exists(file), $"{name} is missing; set {Switch}=1 to write it");
        Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(actual), $"{name} differs from the golden file; set {Switch}=1 to rewrite it");
        Assert.True(WithCommaDecimals(produce).AsSpan().SequenceEqual(actual), $"{name} depends on the culture");
    }

    /// <summary>Runs <paramref name="produce"/> under a culture that writes 1,5 and −2 and groups digits by dots.</summary>
    public static byte[] WithCommaDecimals(Func<byte[]> produce)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NumberGroupSeparator = ".";
        comma.NumberFormat.NegativeSign = "−";
        try
        {
            CultureInfo.CurrentCulture = comma;
            return produce();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SchedBench.sln"))) return Path.Combine(folder.FullName, "tests", "Reporting.Tests", "Golden");
        }

        throw new InvalidOperationException("SchedBench.sln is in no folder above the tests");
    }
}
