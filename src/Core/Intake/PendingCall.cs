using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Intake;

/// <summary>A caller outside who waits for an answer.</summary>
internal abstract class PendingCall : IMessageSender
{
    private const int Waiting = 0;
    private const int Entered = 1;
    private const int Over = 2;
    private readonly ApiIntake _intake;
    private int _state;

    protected PendingCall(ApiIntake intake, ApiCall call)
    {
        _intake = intake;
        Call = call;
    }

    public ApiCall Call { get; }

    /// <inheritdoc/>
    public bool Enters() => Interlocked.CompareExchange(ref _state, Entered, Waiting) == Waiting;

    /// <summary>The caller does not want it any more. Does nothing once it entered the run: it will be executed.</summary>
    public void Withdraw(CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _state, Over, Waiting) != Waiting) return;
        _intake.OnEnded();
        Cancel(cancellation);
    }

    /// <summary>Answers. A second answer is none.</summary>
    public void Answer(ApiAnswer answer)
    {
        if (Interlocked.Exchange(ref _state, Over) == Over) return;
        _intake.OnEnded();
        Complete(answer);
    }

    public void Refuse(ApiError error, TimeSpan at, long version) => Answer(Call.Refuse(error, at, version));

    protected abstract void Complete(ApiAnswer answer);

    protected abstract void Cancel(CancellationToken cancellation);
}

/// <summary>A caller outside, with the type of his answer. He goes on on a thread of his own, never on the loop's.</summary>
internal sealed class PendingCall<TAnswer>(ApiIntake intake, ApiCall<TAnswer> call) : PendingCall(intake, call)
    where TAnswer : ApiAnswer
{
    private readonly TaskCompletionSource<TAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TAnswer> Task => _answer.Task;

    protected override void Complete(ApiAnswer answer) => _answer.TrySetResult((TAnswer)answer);

    protected override void Cancel(CancellationToken cancellation) => _answer.TrySetCanceled(cancellation);
}
