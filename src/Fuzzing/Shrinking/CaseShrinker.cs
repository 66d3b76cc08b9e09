using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Shrinking;

/// <summary>A case made smaller.</summary>
/// <param name="Case">The smallest one that was found.</param>
/// <param name="Failure">The failure that it shows: the same one, maybe at another place.</param>
/// <param name="Tries">Cases that were played.</param>
public sealed record ShrunkCase(FuzzCase Case, FuzzFailure Failure, int Tries);

/// <summary>Makes a case that fails smaller as long as it fails in the same way: by leaving out parts of its lists, halves first (delta debugging), then by simpler values of what is left.</summary>
/// <remarks>Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, IEEE TSE 28(2), 2002. The seed stays: draws of the run belong to names, so what is left keeps its own.</remarks>
public sealed class CaseShrinker
{
    private readonly Func<FuzzCase, FuzzFailure?> _play;
    private readonly int _mostTries;
    private FuzzCase _best;
    private FuzzFailure _failure;
    private int _tries;

    private CaseShrinker(FuzzCase item, FuzzFailure failure, Func<FuzzCase, FuzzFailure?> play, int mostTries) => (_best, _failure, _play, _mostTries) = (item, failure, play, mostTries);

    /// <summary>Makes a case smaller.</summary>
    /// <param name="item">A case that fails.</param>
    /// <param name="failure">How.</param>
    /// <param name="play">Plays a case.</param>
    /// <param name="mostTries">Most cases to play.</param>
    public static ShrunkCase Shrink(FuzzCase item, FuzzFailure failure, Func<FuzzCase, FuzzFailure?> play, int mostTries = 300)
    {
        var shrinker = new CaseShrinker(item, failure, play, mostTries);
        while (shrinker.Round())
        {
            // Until nothing gets smaller any more, or the tries are used up.
        }

        return new ShrunkCase(shrinker._best, shrinker._failure, shrinker._tries);
    }

    private bool Round()
    {
        bool isSmaller = LeaveOut(item => item.Faults, (item, list) => item with { Faults = list }, 0);
        isSmaller |= LeaveOut(item => item.Steps, (item, list) => item with { Steps = list }, 0);
        isSmaller |= LeaveOut(item => item.Workloads, WithWorkloads, 0);
        isSmaller |= LeaveOut(item => item.Nodes, WithNodes, 1);
        isSmaller |= Try(_best with { Settings = new FuzzSettings() }, _best.Settings != new FuzzSettings());
        isSmaller |= Simplify(item => [item.Settings], (item, list) => item with { Settings = list[0] }, Simpler.OfSettings);
        isSmaller |= Simplify(item => item.Workloads, (item, list) => item with { Workloads = list }, Simpler.OfWorkloads);
        isSmaller |= Simplify(item => item.Nodes, (item, list) => item with { Nodes = list }, Simpler.OfNodes);
        isSmaller |= Simplify(item => item.Faults, (item, list) => item with { Faults = list }, Simpler.OfFaults);
        return isSmaller && _tries < _mostTries;
    }

    /// <summary>Steps and faults of workloads that are not there any more go with them.</summary>
    private static FuzzCase WithWorkloads(FuzzCase item, IReadOnlyList<FuzzWorkload> workloads)
    {
        HashSet<string> gone = [.. item.Workloads.Select(workload => workload.Name).Except(workloads.Select(workload => workload.Name))];
        return item with { Workloads = workloads, Steps = [.. item.Steps.Where(step => !gone.Contains(step.Target))], Faults = [.. item.Faults.Where(fault => !gone.Contains(fault.Workload))] };
    }

    private static FuzzCase WithNodes(FuzzCase item, IReadOnlyList<FuzzNode> nodes)
    {
        HashSet<string> gone = [.. item.Nodes.Select(node => node.Name).Except(nodes.Select(node => node.Name))];
        return item with { Nodes = nodes, Steps = [.. item.Steps.Where(step => !gone.Contains(step.Target))] };
    }

    private bool LeaveOut<T>(Func<FuzzCase, IReadOnlyList<T>> of, Func<FuzzCase, IReadOnlyList<T>, FuzzCase> with, int least)
    {
        bool isSmaller = false;
        for (int size = of(_best).Count; size >= 1; size /= 2)
        {
            for (int from = 0; from < of(_best).Count;)
            {
                IReadOnlyList<T> list = of(_best);
                int count = Math.Min(size, list.Count - from);
                bool isLeftOut = Try(with(_best, [.. list.Take(from), .. list.Skip(from + count)]), list.Count - count >= least);
                isSmaller |= isLeftOut;
                if (!isLeftOut) from += size;
            }
        }

        return isSmaller;
    }

    private bool Simplify<T>(Func<FuzzCase, IReadOnlyList<T>> of, Func<FuzzCase, IReadOnlyList<T>, FuzzCase> with, IReadOnlyList<Func<T, T>> ways)
        where T : class
    {
        bool isSmaller = false;
        for (int k = 0; k < of(_best).Count; k++)
        {
            foreach (Func<T, T> way in ways)
            {
                T before = of(_best)[k], after = way(before);
                T[] list = [.. of(_best)];
                list[k] = after;
                isSmaller |= Try(with(_best, list), !before.Equals(after));
            }
        }

        return isSmaller;
    }

    private bool Try(FuzzCase candidate, bool isWorthIt)
    {
        if (!isWorthIt || _tries >= _mostTries) return false;
        _tries++;
        if (_play(candidate) is not { } failure || failure.Kind != _failure.Kind) return false;
        (_best, _failure) = (candidate, failure);
        return true;
    }
}
