using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <summary>Checkpoints of all pieces of work that save them, on storage that outlives pods and machines.</summary>
/// <remarks>
/// Whose work a container goes on with: of an Indexed Job, that of its completion index; of another Job, work that a pod of the Job left, its own first, else the one that got farthest; of all other
/// pods, their own. Work at which a container is still busy is taken from it by the pod of the same index alone (the replacement of a pod on a machine that is cut off): it begins with the last
/// checkpoint by then.
/// </remarks>
internal sealed class SavedWork
{
    private readonly Dictionary<(long Owner, int Container, int Index), List<Piece>> _pieces = [];

    /// <summary>A piece of work: how long it takes in all, and how much of it is saved.</summary>
    public sealed class Piece(TimeSpan total)
    {
        /// <summary>Work in all, without checkpoints.</summary>
        public TimeSpan Total { get; } = total;

        /// <summary>What is saved of it.</summary>
        public TimeSpan Saved { get; set; }

        /// <summary>Pod that was at it last.</summary>
        public long PodUid { get; set; }

        /// <summary>Containers that are at it.</summary>
        public int Holders { get; set; }
    }

    /// <summary>The work that a container of a pod begins or goes on with.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">Place of the container in it.</param>
    /// <param name="total">How long work takes that was never begun.</param>
    public Piece Take(Pod pod, int container, Func<TimeSpan> total)
    {
        (long, int, int Index) key = KeyOf(pod, container);
        if (!_pieces.TryGetValue(key, out List<Piece>? pieces)) _pieces.Add(key, pieces = []);
        Piece? piece = null;
        foreach (Piece one in pieces)
        {
            if (one.Holders > 0 && key.Index < 0) continue;
            if (piece is null || Rank(one, pod) > Rank(piece, pod)) piece = one;
        }

        if (piece is null) pieces.Add(piece = new Piece(total()));
        piece.PodUid = pod.Uid;
        piece.Holders++;
        return piece;
    }

    /// <summary>The work is done: nobody goes on with it.</summary>
    public void Finish(Pod pod, int container, Piece piece)
    {
        (long, int, int) key = KeyOf(pod, container);
        if (_pieces.TryGetValue(key, out List<Piece>? pieces) && pieces.Remove(piece) && pieces.Count == 0) _pieces.Remove(key);
    }

    private static long Rank(Piece piece, Pod pod) => piece.PodUid == pod.Uid ? long.MaxValue : piece.Saved.Ticks;

    private static (long Owner, int Container, int Index) KeyOf(Pod pod, int container) =>
        pod.Metadata.Controller is { Kind: ResourceKind.Job } job ? (job.Uid, container, JobController.IndexOf(pod)) : (pod.Uid, container, -1);
}
