namespace SchedBench.Core.Input;

/// <summary>Finds the valid name that a mistyped one most likely meant.</summary>
public static class NearestName
{
    /// <summary>The candidate with the smallest edit distance (insertions, deletions, substitutions, swaps of neighbours; case is ignored),
    /// or <see langword="null"/> when none is within a third of the name's length (at least 1, at most 3 edits). Ties go to the first candidate.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length > 100) return null;
        int limit = Math.Clamp((name.Length + 2) / 3, 1, 3);
        string? nearest = null;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance > limit) continue;
            nearest = candidate;
            if (distance == 0) break;
            limit = distance - 1;
        }

        return nearest;
    }

    /// <summary>Optimal string alignment distance, O(a·b).</summary>
    private static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1], last = new int[b.Length + 1], current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int best = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = Math.Min(best, beforeLast[j - 2] + 1);
                current[j] = best;
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[b.Length];
    }
}
