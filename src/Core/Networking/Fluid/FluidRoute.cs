using System.Runtime.InteropServices;

namespace SchedBench.Core.Networking;

/// <summary>The endpoints of a service as some of a stream's clients know them, and the requests these send there.</summary>
internal sealed class FluidRoute(FluidStream stream, string service, long[] known)
{
    private readonly List<Entry> _entries = [];

    public readonly FluidStream Stream = stream;
    public readonly string Service = service;
    public readonly long[] Known = known;

    /// <summary>Pods that policies let the clients reach.</summary>
    public FluidPod[] Pods = [];

    /// <summary>Endpoints that policies keep the clients from.</summary>
    public int Denied;

    /// <summary>Requests that come to the route, first tries.</summary>
    public long Weight;

    /// <summary>Clients (times services of the ingress) that use it.</summary>
    public int Users;

    /// <summary>First tries at each endpoint.</summary>
    public long Units;

    /// <summary>All tries at each endpoint: what the pods feel.</summary>
    public long Load;

    /// <summary>Share of tries that failed in the last interval.</summary>
    public double Failing;

    /// <summary>Whether policies have changed since it was made.</summary>
    public bool IsStale;

    /// <summary>Whether its weight is about to be applied.</summary>
    public bool IsTouched;

    /// <summary>Pods of one group on this route.</summary>
    public struct Entry
    {
        public FluidGroup Group;
        public int Count;
    }

    public ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_entries);

    public void Move(FluidGroup? from, FluidGroup? to)
    {
        if (from is not null) Add(from, -1);
        if (to is not null) Add(to, 1);
    }

    /// <summary>What the pods should feel of it: a failed try is repeated elsewhere.</summary>
    public long LoadWanted()
    {
        double tries = 1, share = 1;
        for (int k = 0; k < Stream.Spec.Retries; k++) tries += share *= Failing;
        return (long)(Units * tries);
    }

    private void Add(FluidGroup group, int by)
    {
        Span<Entry> entries = CollectionsMarshal.AsSpan(_entries);
        for (int i = 0; i < entries.Length; i++)
        {
            if (!ReferenceEquals(entries[i].Group, group)) continue;
            entries[i].Count += by;
            if (entries[i].Count > 0) return;
            _entries.RemoveAt(i);
            return;
        }

        _entries.Add(new Entry { Group = group, Count = by });
    }
}
