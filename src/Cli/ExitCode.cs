namespace SchedBench.Cli;

/// <summary>Exit codes of the <c>schedbench</c> command; the README lists them.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Ok = 0;

    /// <summary>A strategy or the program failed, a run was void, an invariant broke, or a verification or a comparison of decisions found a difference.</summary>
    public const int RunFailed = 1;

    /// <summary>The command line or a file is not valid.</summary>
    public const int InvalidInput = 2;

    /// <summary>A stated threshold or expectation does not hold.</summary>
    public const int ExpectationFailed = 3;

    /// <summary>Something the command needs is missing on this machine.</summary>
    public const int EnvironmentMissing = 4;

    /// <summary>Results are incomplete or could not be written.</summary>
    public const int Incomplete = 5;

    /// <summary>Stopped by the user.</summary>
    public const int Interrupted = 130;
}
