using SchedBench.Core.Store;

namespace SchedBench.Core.Intake;

/// <summary>A call to the API from outside of the loop: data, immutable, recorded with the run so that it can be replayed.</summary>
public abstract record ApiCall
{
    /// <summary>Whether it may change the store. A replay executes only those that do.</summary>
    internal abstract bool Writes { get; }

    /// <summary>Executes it on the loop's thread.</summary>
    internal abstract ApiAnswer Execute(ApiDesk desk);

    /// <summary>The answer when it is not executed, or refused.</summary>
    internal abstract ApiAnswer Refuse(ApiError error, TimeSpan at, long version);
}

/// <summary>A call with the type of its answer.</summary>
/// <typeparam name="TAnswer">Answer.</typeparam>
public abstract record ApiCall<TAnswer> : ApiCall
    where TAnswer : ApiAnswer;

/// <summary>A call that writes, or says what it would write.</summary>
public abstract record WriteCall : ApiCall<ApiAnswer>
{
    /// <summary>Whether everything is judged and nothing is written (<c>dryRun=All</c>).</summary>
    public bool IsDryRun { get; init; }

    internal override bool Writes => !IsDryRun;

    internal override ApiAnswer Refuse(ApiError error, TimeSpan at, long version) => new(error, at, version);
}
