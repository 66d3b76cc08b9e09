namespace SchedBench.Core.Nodes;

/// <content>Work that is saved now and then, and goes on from there in another container (<see cref="Checkpointing"/>).</content>
/// <remarks>Checkpoints are no events: how many are complete follows from how long the container has worked, at the pace it had, when somebody asks.</remarks>
public sealed partial class SimulatedRuntime
{
    private readonly SavedWork _savedWork = new();
    private IWorkObserver[] _workers = [];

    /// <summary>A container at its work.</summary>
    private sealed class Effort(SavedWork.Piece piece, Checkpointing how, TimeSpan now)
    {
        public readonly SavedWork.Piece Piece = piece;

        /// <summary>What was saved when it began.</summary>
        public readonly TimeSpan From = piece.Saved;
        private readonly TimeSpan _restart = piece.Saved > TimeSpan.Zero ? how.Restart : TimeSpan.Zero;
        private TimeSpan _spent;
        private TimeSpan? _since = now;

        /// <summary>Time until it is done, with all that it saves on the way; the end of the work is no checkpoint.</summary>
        public TimeSpan Length => _restart + (Piece.Total - From) + (how.Takes * Checkpoints);

        private long Checkpoints => Piece.Total <= From ? 0 : (Piece.Total - From - TimeSpan.FromTicks(1)).Ticks / how.Every.Ticks;

        /// <summary>It worked until now at a pace: 1 as the image says, more for slower.</summary>
        public void Reach(TimeSpan now, double slowness)
        {
            if (_since is not { } since) return;
            _spent += Slowed(now - since, 1 / slowness);
            _since = now;
        }

        /// <summary>It works no more from an instant on.</summary>
        public void Rest(TimeSpan now, double slowness)
        {
            Reach(now, slowness);
            _since = null;
        }

        /// <summary>It goes on.</summary>
        public void Resume(TimeSpan now) => _since ??= now;

        /// <summary>What is saved of the whole work by now.</summary>
        public TimeSpan Saved => _spent <= _restart ? From : From + (how.Every * Math.Min(Checkpoints, (_spent - _restart).Ticks / (how.Every + how.Takes).Ticks));
    }

    /// <summary>Adds somebody who is told what is kept of work.</summary>
    public void Observe(IWorkObserver observer) => _workers = [.. _workers, observer];

    /// <summary>How long a container will take for its work.</summary>
    private TimeSpan BeginWork(ref Process process, Randomness.Distribution run)
    {
        ulong entity = process.Entity;
        int attempt = process.Start.Id.Attempt;
        if (process.Behavior.Checkpoints is not { } how) return _draws.Run(run, entity, attempt);
        SavedWork.Piece piece = _savedWork.Take(process.Start.Pod, process.Start.Id.Container, () => _draws.Run(run, entity, attempt));
        if (piece.Holders > 1) SaveAll(piece);
        process.Effort = new Effort(piece, how, _loop.Now);
        return process.Effort.Length;
    }

    /// <summary>What containers that are at a piece of work have saved by now.</summary>
    private void SaveAll(SavedWork.Piece piece)
    {
        for (int handle = 0; handle < _used; handle++)
        {
            ref Process process = ref _processes[handle];
            if (process.Step is not (Step.Running or Step.Stopping) || process.Effort is not { } effort || effort.Piece != piece) continue;
            effort.Reach(_loop.Now, process.Slowness);
            Save(in process, piece, effort.Saved);
        }
    }

    /// <summary>A container ends: what it saved stays.</summary>
    private void EndWork(ref Process process, bool isDone)
    {
        if (process.Effort is not { } effort) return;
        process.Effort = null;
        effort.Rest(_loop.Now, process.Slowness);
        SavedWork.Piece piece = effort.Piece;
        piece.Holders--;
        Save(in process, piece, isDone ? piece.Total : effort.Saved);
        if (isDone) _savedWork.Finish(process.Start.Pod, process.Start.Id.Container, piece);
    }

    /// <summary>What two containers do of the same work is done once.</summary>
    private void Save(in Process process, SavedWork.Piece piece, TimeSpan reached)
    {
        TimeSpan kept = reached > piece.Saved ? reached - piece.Saved : TimeSpan.Zero;
        piece.Saved += kept;
        foreach (IWorkObserver observer in _workers) observer.OnWorkKept(process.Start.Pod, kept);
    }
}
