using System.Runtime.InteropServices;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.NaughtyStrategies;

/// <summary>Behaves: the control among the others.</summary>
[Strategy("naughty-not", "Behaves")]
public sealed class WellBehaved : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node) => node.FreeCpuMilli;
}

/// <summary>Behaves, and asks for the workload's mix beforehand: results have to say so.</summary>
[Strategy("naughty-clairvoyant", "Knows the workload's mix beforehand")]
public sealed class Clairvoyant : ScoringStrategy
{
    public override bool UsesWorkloadProfile => true;

    public override long Score(in PodShape pod, in NodeState node) => node.FreeCpuMilli;
}

/// <summary>Never comes back.</summary>
[Strategy("naughty-hang", "Hangs for ever")]
public sealed class Hanging : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node)
    {
        while (true) Thread.SpinWait(1000);
    }
}

/// <summary>Takes 10 GB from the garbage collector, a megabyte at a time.</summary>
[Strategy("naughty-memory", "Allocates 10 GB on the managed heap")]
public sealed class Hoarding : ScoringStrategy
{
    private readonly List<byte[]> _hoard = [];

    public override long Score(in PodShape pod, in NodeState node)
    {
        for (int i = 0; i < 10_240; i++)
        {
            byte[] part = new byte[1 << 20];
            Array.Fill(part, (byte)1);
            _hoard.Add(part);
        }

        return 0;
    }
}

/// <summary>Takes 10 GB behind the garbage collector's back and touches every page.</summary>
[Strategy("naughty-native-memory", "Allocates 10 GB outside the managed heap")]
public sealed unsafe class NativeHoarding : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node)
    {
        for (int i = 0; i < 10_240; i++) NativeMemory.Fill(NativeMemory.Alloc(1 << 20), 1 << 20, 1);
        return 0;
    }
}

/// <summary>Ends the process as if all were well.</summary>
[Strategy("naughty-exit-0", "Calls Environment.Exit(0)")]
public sealed class ExitingWithZero : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node)
    {
        Environment.Exit(0);
        return 0;
    }
}

/// <summary>Ends the process with a code of its own.</summary>
[Strategy("naughty-exit-7", "Calls Environment.Exit(7)")]
public sealed class ExitingWithSeven : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node)
    {
        Console.Error.WriteLine("I have seen enough");
        Environment.Exit(7);
        return 0;
    }
}

/// <summary>Throws in every score.</summary>
[Strategy("naughty-throw", "Throws in Score")]
public sealed class Throwing : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node) => throw new InvalidOperationException("no idea where to put this pod");
}

/// <summary>Throws before there is anything to decide.</summary>
[Strategy("naughty-throw-early", "Throws in its constructor")]
public sealed class ThrowingEarly : ScoringStrategy
{
    public ThrowingEarly() => throw new InvalidOperationException("not today");

    public override long Score(in PodShape pod, in NodeState node) => 0;
}

/// <summary>Throws where the host tells it what happened.</summary>
[Strategy("naughty-throw-hook", "Throws in OnPodPlaced")]
public sealed class ThrowingInHook : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node) => 0;

    public override void OnPodPlaced(in PodRequest pod, NodeIndex node) => throw new InvalidOperationException("I did not want to know that");
}

/// <summary>The only integer that is no score: what "not a number" would be among doubles.</summary>
[Strategy("naughty-no-score", "Returns the reserved score")]
public sealed class ReservedScore : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node) => long.MinValue;
}

/// <summary>A score that is no function of shape and node.</summary>
[Strategy("naughty-impure", "Returns another score each time")]
public sealed class Impure : ScoringStrategy
{
    private long _asked;

    public override long Score(in PodShape pod, in NodeState node) => ++_asked;
}

/// <summary>Recurses until the stack is gone, which no handler can catch.</summary>
[Strategy("naughty-stack", "Overflows the stack")]
public sealed class Recursing : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node) => 1 + Score(in pod, in node);
}

/// <summary>Throws where nobody catches: on a thread of its own.</summary>
[Strategy("naughty-thread", "Throws on a thread of its own")]
public sealed class ThrowingElsewhere : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node)
    {
        var thread = new Thread(() => throw new InvalidOperationException("thrown where nobody looks"));
        thread.Start();
        thread.Join();
        return 0;
    }
}

/// <summary>Floods both output streams, without a line break, and then decides like any other.</summary>
[Strategy("naughty-print", "Prints garbage")]
public sealed class Printing : ScoringStrategy
{
    private static readonly string Garbage = new('\u0007', 1 << 20);
    private bool _printed;

    public override long Score(in PodShape pod, in NodeState node)
    {
        for (int i = 0; i < 32 && !_printed; i++)
        {
            Console.Out.Write(Garbage);
            Console.Error.Write(Garbage);
        }

        _printed = true;
        return node.FreeCpuMilli;
    }
}
