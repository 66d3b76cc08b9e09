using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>The sets of taints met in a run, numbered: a node holds a number, 0 for none.</summary>
internal sealed class TaintSets
{
    private readonly List<ValueList<Taint>> _sets = [default];
    private readonly List<bool> _keepsOut = [false];
    private readonly Dictionary<ValueList<Taint>, int> _numbers = new() { [default] = 0 };

    /// <summary>The taints of a number.</summary>
    public ValueList<Taint> this[int set] => _sets[set];

    /// <summary>Whether some taint of the set keeps pods out (PreferNoSchedule does not).</summary>
    public bool KeepsOut(int set) => _keepsOut[set];

    /// <summary>Whether some list met so far has a taint that only makes nodes less wanted.</summary>
    public bool HavePreference { get; private set; }

    /// <summary>The number of a list of taints.</summary>
    public int Intern(ValueList<Taint> taints)
    {
        if (_numbers.TryGetValue(taints, out int set)) return set;
        bool keepsOut = false;
        foreach (ref readonly Taint taint in taints.AsSpan())
        {
            keepsOut |= taint.Effect != TaintEffect.PreferNoSchedule;
            HavePreference |= taint.Effect == TaintEffect.PreferNoSchedule;
        }

        _sets.Add(taints);
        _keepsOut.Add(keepsOut);
        _numbers.Add(taints, _sets.Count - 1);
        return _sets.Count - 1;
    }
}

/// <summary>A list of tolerations with its answer to each set of taints, asked once a set.</summary>
internal sealed class Tolerances
{
    private static readonly Taint Cordon = new("node.kubernetes.io/unschedulable", "", TaintEffect.NoSchedule);
    private readonly ValueList<Toleration> _tolerations;
    private readonly TaintSets _sets;
    private sbyte[] _answers = new sbyte[8];

    public Tolerances(ValueList<Toleration> tolerations, TaintSets sets)
    {
        _tolerations = tolerations;
        _sets = sets;
        ToleratesCordon = NodeMatching.Tolerates(tolerations, in Cordon);
    }

    /// <summary>Whether the pod may go to a cordoned node.</summary>
    public bool ToleratesCordon { get; }

    /// <summary>Whether every taint of the set that keeps pods out is tolerated.</summary>
    public bool Tolerates(int set)
    {
        if (set >= _answers.Length) Array.Resize(ref _answers, Math.Max(set + 1, _answers.Length * 2));
        ref sbyte answer = ref _answers[set];
        if (answer == 0) answer = (sbyte)(FirstUntolerated(_tolerations, _sets[set]) is null ? 1 : -1);
        return answer > 0;
    }

    /// <summary>The first taint that keeps the pod out, or null.</summary>
    public static Taint? FirstUntolerated(ValueList<Toleration> tolerations, ValueList<Taint> taints)
    {
        foreach (ref readonly Taint taint in taints.AsSpan())
        {
            if (taint.Effect != TaintEffect.PreferNoSchedule && !NodeMatching.Tolerates(tolerations, in taint)) return taint;
        }

        return null;
    }
}
