using System.Text.Json;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Journal;

/// <summary>One cell in a file of its own, in the journal's text: how a child process hands its result over.</summary>
public static class CellRecordFile
{
    /// <summary>Writes the file in one step.</summary>
    /// <exception cref="ResultsUnwritableException">The file cannot be written.</exception>
    public static void Write(string path, int cellIndex, CellResult cell)
    {
        CellResultRules.Check(cell);
        AtomicFile.Write(path, stream => stream.Write(CellDocuments.Write(cellIndex, cell)));
    }

    /// <summary>Reads the file; null when it is no record.</summary>
    public static CellResult? Read(string path)
    {
        try
        {
            return CellDocuments.Read(File.ReadAllBytes(path)).Cell;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
