using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <content>Preferences on other pods, each term resolved once an entry.</content>
public sealed partial class ShapeTable
{
    /// <summary>The preferred affinity (weights above 0) and anti-affinity (below 0) that the pods of an entry have themselves, in order.</summary>
    internal ReadOnlySpan<PodPreference> OwnPreferences(int entry) => _keys[entry].Preferences?.Own ?? [];

    /// <summary>The terms met so far that mean the pods of an entry: preferred affinity and anti-affinity of others, and their required affinity.</summary>
    internal ReadOnlySpan<PodPreference> PreferencesTowards(int entry)
    {
        if (Rules.PreferenceCount == 0) return [];
        ref Entry key = ref _keys[entry];
        PreferenceNotes notes = key.Preferences ??= new PreferenceNotes();
        return notes.Towards(_identities[key.Identity], Rules);
    }

    /// <summary>The preferences of one entry, and those of others towards it.</summary>
    private sealed class PreferenceNotes
    {
        private readonly List<PodPreference> _towards = [];
        private int _seen;

        /// <summary>Its own terms.</summary>
        public PodPreference[] Own { get; private init; } = [];

        /// <summary>Counters of the terms that it carries, its required affinity among them.</summary>
        public int[] Carried { get; private init; } = [];

        /// <summary>What a spec prefers; null when it has neither preferences nor required affinity.</summary>
        public static PreferenceNotes? Of(PodSpec spec, in PodIdentity pod, RuleIndex index)
        {
            if (spec.Affinity is not { } affinity || affinity.PreferredPods.Count + affinity.PreferredAnti.Count + affinity.RequiredPods.Count == 0) return null;
            string ns = pod.Namespace;
            var own = new List<PodPreference>();
            // Equal terms of one pod count as one of their summed weight.
            var carried = new Dictionary<(PodMatcher Matcher, string Key), (int? Weight, int Required)>();
            var order = new List<(PodMatcher Matcher, string Key)>();
            foreach (WeightedPodAffinityTerm term in affinity.PreferredPods) Take(term.Term, term.Weight, 0);
            foreach (WeightedPodAffinityTerm term in affinity.PreferredAnti) Take(term.Term, -term.Weight, 0);
            foreach (PodAffinityTerm term in affinity.RequiredPods) Take(term, null, 1);
            return new PreferenceNotes
            {
                Own = [.. own],
                Carried = [.. order.Select(term => index.CarriersOf(new PreferenceTerm(term.Matcher, term.Key, carried[term].Weight, carried[term].Required)))],
            };

            void Take(PodAffinityTerm term, int? weight, int required)
            {
                (PodMatcher Matcher, string Key) which = (PodMatcher.Of(term, ns), term.TopologyKey);
                if (weight is not null) own.Add(new PodPreference(term.TopologyKey, weight, 0, index.CounterOf([which.Matcher]), index.TopologyOf(term.TopologyKey)));
                if (!carried.TryGetValue(which, out (int? Weight, int Required) sum)) order.Add(which);
                carried[which] = (weight is null ? sum.Weight : (sum.Weight ?? 0) + weight, sum.Required + required);
            }
        }

        /// <summary>Selectors may mean other pods now.</summary>
        public void Forget()
        {
            _towards.Clear();
            _seen = 0;
        }

        public ReadOnlySpan<PodPreference> Towards(PodIdentity pod, RuleIndex index)
        {
            for (; _seen < index.PreferenceCount; _seen++)
            {
                if (index.Prefers(_seen, in pod) is { } preference) _towards.Add(preference);
            }

            return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_towards);
        }
    }
}
