namespace SchedBench.Results.Files;

/// <summary>The results folder cannot be written: a full disk, a read-only folder, a missing right. What was finished before stays intact, so the run can be resumed;
/// the command line says so and exits with 5.</summary>
public sealed class ResultsUnwritableException : Exception
{
    /// <summary>Reports that <paramref name="path"/> cannot be written.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="cause">What the operating system said.</param>
    public ResultsUnwritableException(string path, Exception cause)
        : base($"{path}: cannot be written: {cause.Message.TrimEnd('.')}. Finished cells are kept; make room or choose another folder, then resume.", cause) => Path = path;

    /// <summary>The file or folder that cannot be written.</summary>
    public string Path { get; }

    /// <summary>Whether <paramref name="exception"/> is the operating system's refusal of a file operation. A file that would pass the largest size allowed (EFBIG)
    /// is reported by the runtime as an argument out of range.</summary>
    internal static bool IsRefusal(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value", Source: "System.Private.CoreLib" };
}
