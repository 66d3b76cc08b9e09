using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Runs;

/// <summary>Somebody outside who takes part in a run in turns: asked when an instant has settled in which something changed that he looks at, and time stands until he has answered.</summary>
/// <remarks>For schedulers, HTTP extenders and line protocols under virtual time: the clock waits for the answer. He answers with calls to the API and then <see cref="RunTurn.Done"/>; what they
/// change at this instant he is told in another turn. A turn that takes longer than <see cref="RunControlOptions.HoldLimit"/> lapses.</remarks>
public sealed class RunParty
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<StoreChange> _news = [];
    private RunTurn? _turn;
    private bool _isOver;

    internal RunParty(string name) => Name = name;

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Kinds of objects whose changes he is asked about; empty for all. Set it before the run begins.</summary>
    public IReadOnlyList<ResourceKind> Kinds { get; set; } = [ResourceKind.Pod, ResourceKind.Node];

    /// <summary>Turns that were given.</summary>
    public int Turns { get; private set; }

    /// <summary>Whether something changed since the last turn. Loop's thread.</summary>
    internal bool HasNews => _news.Count > 0 && !_isOver;

    /// <summary>Waits for the next turn.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The turn; null when the run is over.</returns>
    public RunTurn? WaitForTurn(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task asked;
            lock (_lock)
            {
                asked = _asked.Task;
                if (_turn is { IsTaken: false } turn)
                {
                    turn.IsTaken = true;
                    return turn;
                }

                if (_isOver) return null;
            }

            asked.Wait(cancellation);
        }
    }

    /// <summary>Takes part no longer: he is not asked any more. An open turn is done.</summary>
    public void Leave()
    {
        Close();
        RunTurn? open;
        lock (_lock) open = _turn;
        open?.Done();
    }

    /// <summary>A write was made.</summary>
    internal void OnChange(in StoreChange change)
    {
        if (_isOver) return;
        if (Kinds.Count == 0 || Kinds.Contains(change.Kind)) _news.Add(change);
    }

    /// <summary>Asks him. Who has left meanwhile has answered.</summary>
    internal RunTurn Ask(TimeSpan at, Action done)
    {
        var turn = new RunTurn(++Turns, at, _news, done);
        _news = [];
        bool hasLeft;
        lock (_lock)
        {
            hasLeft = _isOver;
            _turn = turn;
            Signal();
        }

        if (hasLeft) turn.Done();
        return turn;
    }

    internal void Close()
    {
        lock (_lock)
        {
            _isOver = true;
            Signal();
        }
    }

    private void Signal()
    {
        _asked.TrySetResult();
        _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A party's turn: what changed, at an instant at which time stands.</summary>
public sealed class RunTurn
{
    private readonly Action _done;
    private int _state;

    internal RunTurn(int number, TimeSpan at, IReadOnlyList<StoreChange> changes, Action done)
    {
        Number = number;
        At = at;
        Changes = changes;
        _done = done;
    }

    /// <summary>1, 2, 3, … for each party.</summary>
    public int Number { get; }

    /// <summary>The instant.</summary>
    public TimeSpan At { get; }

    /// <summary>Changes since the party's last turn, in order.</summary>
    public IReadOnlyList<StoreChange> Changes { get; }

    /// <summary>Whether the party took it up.</summary>
    internal bool IsTaken { get; set; }

    /// <summary>Whether it is over.</summary>
    internal bool IsOver => Volatile.Read(ref _state) != 0;

    /// <summary>The party has answered: time may go on. Calls that it sent before are executed at this instant.</summary>
    /// <returns>False when the turn had lapsed, or was done, before.</returns>
    public bool Done()
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0) return false;
        _done();
        return true;
    }

    /// <summary>It took too long.</summary>
    internal bool Lapse() => Interlocked.CompareExchange(ref _state, 1, 0) == 0;
}
