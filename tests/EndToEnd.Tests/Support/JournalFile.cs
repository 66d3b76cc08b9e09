using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace SchedBench.EndToEnd.Tests.Support;

/// <summary>The journal of a results folder, seen from outside.</summary>
internal static class JournalFile
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static string PathOf(string folder) => Path.Combine(folder, "journal", "cells.jsonl");

    /// <summary>Indices of the cells that it holds, in the order of finishing.</summary>
    public static int[] Cells(string folder)
    {
        if (!File.Exists(PathOf(folder))) return [];
        using var stream = new FileStream(PathOf(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        string text = reader.ReadToEnd();
        string[] whole = text[..(text.LastIndexOf('\n') + 1)].Split('\n');
        return
        [
            .. whole.Select(line => Regex.Match(line, "^[0-9a-f]{8} [0-9]+ {[^{]*\"cell\":{\"index\":([0-9]+),", RegexOptions.None, TimeSpan.FromSeconds(1)))
                .Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Waits until there is a journal, and some cells have finished.</summary>
    public static void WaitFor(string folder, int cells, ProgramRun run)
    {
        long begun = Environment.TickCount64;
        while (!File.Exists(PathOf(folder)) || Cells(folder).Length < cells)
        {
            if (run.HasEnded) throw new InvalidOperationException($"The run ended early: {run.WaitForEnd().Error}");
            if (Environment.TickCount64 - begun > Longest.TotalMilliseconds) throw new TimeoutException($"No {cells} cells within {Longest}: {run.Error}");
            Thread.Sleep(20);
        }
    }

    /// <summary>A line of a journal around a document: CRC-32C, length, document.</summary>
    public static string Frame(string document)
    {
        byte[] body = Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(document)} {document}");
        uint crc = uint.MaxValue;
        foreach (byte b in body) crc = BitOperations.Crc32C(crc, b);
        return $"{~crc:x8} {Encoding.UTF8.GetString(body)}\n";
    }
}
