using SchedBench.Core.Controllers;
using SchedBench.Core.Faults;

namespace SchedBench.Chaos.Effects;

/// <content>What operators, users and providers do.</content>
public static partial class EffectCatalog
{
    private static IEnumerable<EffectKind> Operations()
    {
        yield return new(
            "drain", EffectTarget.Nodes, "they are cordoned and emptied by evictions, and given back when the fault is over", "cordons and evictions, which budgets hold up",
            [
                new("gracePeriod", ParameterType.Duration, "grace of the evicted pods; their own unless stated") { Least = 1, Most = LongestSeconds },
                new("timeout", ParameterType.Duration, "a node that is not empty by then is given up; never unless stated") { Least = 1, Most = LongestSeconds },
                new("parallelism", ParameterType.Whole, "pods of a node that are on their way out at once; 0 for all") { Default = "0", Most = 1_000 },
                Flag("ignoreDaemonSets", "whether pods of DaemonSets stay; otherwise they are an error", "true"),
                Flag("force", "whether pods without a controller go too; otherwise they are an error", "true"),
                Flag("deleteEmptyDirData", "whether pods with emptyDir volumes go too; otherwise they are an error", "true"),
                Flag("disableEviction", "whether pods are deleted without asking budgets", "false"),
            ],
            effect => new DrainEffect(new DrainOptions
            {
                Grace = effect.Duration("gracePeriod"),
                Timeout = effect.Duration("timeout"),
                Parallelism = (int)effect.Whole("parallelism"),
                IgnoresDaemonSets = effect.Value("ignoreDaemonSets") == "true",
                IsForced = effect.Value("force") == "true",
                DeletesEmptyDir = effect.Value("deleteEmptyDirData") == "true",
                DisablesEviction = effect.Value("disableEviction") == "true",
            }));
        yield return new(
            "spotReclaim", EffectTarget.Nodes, "they are tainted and drained when notice is given, off when it is over, and back afterwards", "a taint and evictions, then heartbeats stop",
            [new("notice", ParameterType.Duration, "time between the word and the end") { Default = "2m", Most = LongestSeconds }],
            effect => new ReclaimEffect(effect.Duration("notice")!.Value));
        yield return new(
            "surge", EffectTarget.Cluster, "a Deployment gets a multiple of its pods, and back", "pods that are asked for",
            [Named, new("factor", ParameterType.Number, "how many times as many, rounded up") { Least = 0, Most = 1_000, IsRequired = true }],
            effect => new SurgeEffect(Place(effect).Namespace, Place(effect).Name, effect.Number("factor")));
        yield return new(
            "badRollout", EffectTarget.Cluster, "a Deployment gets a version that does not work, and its template of before when the fault is over", "a rollout without progress",
            [
                Named,
                new("tag", ParameterType.Text, "tag of the version") { Default = "bad" },
                new("how", ParameterType.Word, "whether it runs and is never ready, or crashes again and again") { Default = "neverReady", Words = ["neverReady", "crash"] },
            ],
            effect => new BadRolloutEffect(Place(effect).Namespace, Place(effect).Name, effect.Value("tag")!, effect.Value("how") == "crash"));
    }

    private static EffectParameter Named { get; } = new("deployment", ParameterType.Text, "the Deployment, 'namespace/name' or 'name'") { IsRequired = true };

    private static EffectParameter Flag(string name, string meaning, string standard) => new(name, ParameterType.Word, meaning) { Default = standard, Words = ["true", "false"] };

    private static (string Namespace, string Name) Place(FaultEffect effect)
    {
        string text = effect.Value("deployment")!;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ("default", text) : (text[..slash], text[(slash + 1)..]);
    }
}
