using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Fuzzing.Play;

/// <summary>Pods that are not as they should be at the end of a run, in a line.</summary>
internal static class RestText
{
    private const int Most = 6;

    /// <summary>The first of them.</summary>
    public static string Of(OrchestratedRun run)
    {
        string[] pods =
        [
            .. run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Where(pod => !pod.HasEnded && !(pod.Node.IsNode && pod.Status.IsReady && !pod.Metadata.IsDeleting)).OrderBy(pod => pod.Uid).Take(Most)
                .Select(pod => $"{pod.Name} {pod.Status.Phase} {pod.Status.Reason}{(pod.Node.IsNode ? $" on {run.Fleet.Nodes[pod.Node.Value].Name}" : " on no node")}{(pod.Metadata.IsDeleting ? ", being deleted" : "")}"),
        ];
        return pods.Length == 0 ? "every pod is ready" : string.Join("; ", pods);
    }
}
