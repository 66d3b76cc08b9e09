using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Makes and ranks pods for controllers (Kubernetes <c>pkg/controller/controller_utils.go</c>).</summary>
public static class PodControl
{
    /// <summary>Letters of generated names: no vowels, nothing that looks like another (Kubernetes <c>apimachinery/pkg/util/rand</c>).</summary>
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";

    private const int SuffixLength = 5;

    /// <summary>A pod of a template, owned and controlled by an object, with a generated name.</summary>
    /// <param name="owner">Owner.</param>
    /// <param name="template">Template.</param>
    /// <param name="ordinal">How many pods the owner made before: its <paramref name="ordinal"/>-th pod has the same name in every run, whatever the strategy.</param>
    public static Pod Make(KubeObject owner, PodTemplate template, long ordinal) => Make(owner, template, GeneratedName(owner.Name, ordinal));

    /// <summary>A pod of a template, owned and controlled by an object, with a name of its own.</summary>
    public static Pod Make(KubeObject owner, PodTemplate template, string name) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = owner.Metadata.Namespace,
            Labels = template.Labels,
            Annotations = template.Annotations,
            Owners = [new OwnerReference(owner.Kind, owner.Name, owner.Uid)],
        },
        Spec = template.Spec,
    };

    /// <summary>A name with a suffix that is a function of the base and the ordinal.</summary>
    public static string GeneratedName(string baseName, long ordinal)
    {
        ulong hash = Draw.Entity(baseName) + ((ulong)ordinal * 0x9E3779B97F4A7C15);
        return $"{baseName}-{Suffix(Draw.Stream(hash, "names").Bits(0, 0), SuffixLength)}";
    }

    /// <summary>Ten letters that say which template it is: equal templates of one owner have equal hashes (Kubernetes <c>pod-template-hash</c>; the letters differ from
    /// Kubernetes', which hashes a dump of its own types).</summary>
    /// <param name="text">Canonical text of the template.</param>
    /// <param name="collisions">Collisions so far.</param>
    public static string TemplateHash(string text, int collisions) => Suffix(Draw.Stream((ulong)collisions, text).Bits(0, 0), 10);

    /// <summary>Order in which active pods are given up: those before go first (Kubernetes <c>controller.ActivePods</c>).</summary>
    /// <remarks>Unbound before bound, pending before running, not ready before ready, lower deletion cost first, more siblings on the node first, ready for a
    /// shorter time first (times compared by their logarithm), more restarts first, younger first; then the larger identity.</remarks>
    public static int CompareForDeletion(Pod left, Pod right, int leftSiblings, int rightSiblings, TimeSpan now)
    {
        if (left.Node.IsNode != right.Node.IsNode) return left.Node.IsNode ? 1 : -1;
        if (left.Status.Phase != right.Status.Phase) return left.Status.Phase.CompareTo(right.Status.Phase);
        if (left.Status.IsReady != right.Status.IsReady) return left.Status.IsReady ? 1 : -1;
        int cost = DeletionCost(left).CompareTo(DeletionCost(right));
        if (cost != 0) return cost;
        if (leftSiblings != rightSiblings) return rightSiblings.CompareTo(leftSiblings);
        if (left.Status.IsReady)
        {
            int byAge = LogAge(now - left.Status.ReadySince).CompareTo(LogAge(now - right.Status.ReadySince));
            if (byAge != 0) return byAge;
        }

        if (left.Status.Restarts != right.Status.Restarts) return right.Status.Restarts.CompareTo(left.Status.Restarts);
        int byCreation = LogAge(now - left.Metadata.CreatedAt).CompareTo(LogAge(now - right.Metadata.CreatedAt));
        return byCreation != 0 ? byCreation : right.Uid.CompareTo(left.Uid);
    }

    /// <summary>Annotation <c>controller.kubernetes.io/pod-deletion-cost</c>, 0 without.</summary>
    internal static int DeletionCost(Pod pod) =>
        pod.Metadata.Annotations.Count > 0 && int.TryParse(pod.Metadata.Annotations.ValueOf("controller.kubernetes.io/pod-deletion-cost"), out int cost) ? cost : 0;

    /// <summary>Base-2 logarithm of an age in nanoseconds, as LogarithmicScaleDown ranks it.</summary>
    internal static int LogAge(TimeSpan age) => age <= TimeSpan.Zero ? 0 : System.Numerics.BitOperations.Log2((ulong)age.Ticks * 100);

    private static string Suffix(ulong bits, int length) => string.Create(length, bits, static (span, value) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = NameLetters[(int)(value % (ulong)NameLetters.Length)];
            value /= (ulong)NameLetters.Length;
        }
    });

    /// <summary>Creates a pod; a name that is taken is tried again with the next ordinal.</summary>
    /// <param name="api">Client.</param>
    /// <param name="owner">Owner.</param>
    /// <param name="template">Template.</param>
    /// <param name="ordinal">Ordinal of the pod; advanced past the names that were taken.</param>
    public static ApiError? Create(ApiClient api, KubeObject owner, PodTemplate template, ref long ordinal)
    {
        while (true)
        {
            ApiError? error = api.Create(Make(owner, template, ordinal++), out _);
            if (error?.Code != ApiErrorCode.Conflict) return error;
        }
    }
}
