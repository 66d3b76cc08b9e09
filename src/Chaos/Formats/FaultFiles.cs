using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats;

/// <summary>Reads several files and tells everything that is wrong with all of them.</summary>
internal static class FaultFiles
{
    /// <summary>The faults of all files.</summary>
    /// <param name="files">Files, in order.</param>
    /// <param name="read">Reads one: its text and what messages call it.</param>
    internal static FileFaults Read(IEnumerable<FaultFile> files, Func<string, string, FileFaults> read)
    {
        var all = new List<FileFaults>();
        var problems = new List<InputProblem>();
        foreach (FaultFile file in files)
        {
            try
            {
                all.Add(read(InputFile.ReadAllText(file.Path, file.DisplayName, FaultReading.LargestBytes), file.DisplayName));
            }
            catch (InputException exception)
            {
                problems.AddRange(exception.Problems);
            }
        }

        if (problems.Count > 0) throw new InputException(problems);
        return new FileFaults([.. all.SelectMany(file => file.Sources)], [.. all.SelectMany(file => file.Notes)]);
    }
}
