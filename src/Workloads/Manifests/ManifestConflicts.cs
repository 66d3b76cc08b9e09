using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests;

/// <summary>What Kubernetes accepts and is most likely a mistake: selectors that match nothing, or pods of somebody else.</summary>
internal static class ManifestConflicts
{
    internal static IEnumerable<InputProblem> Find(IReadOnlyList<PlacedObject> objects)
    {
        foreach (IGrouping<string, PlacedObject> space in objects.GroupBy(placed => placed.Object.Metadata.Namespace, StringComparer.Ordinal))
        {
            var pods = new List<(PlacedObject Owner, ValueList<Label> Labels)>();
            foreach (PlacedObject placed in space)
            {
                if (LabelsOfPods(placed.Object) is { } labels) pods.Add((placed, labels));
            }

            foreach (PlacedObject placed in space)
            {
                foreach (InputProblem warning in Find(placed, pods)) yield return warning;
            }

            foreach (InputProblem warning in Budgets(space, pods)) yield return warning;
        }
    }

    private static IEnumerable<InputProblem> Find(PlacedObject placed, List<(PlacedObject Owner, ValueList<Label> Labels)> pods)
    {
        if (ControllerSelector(placed.Object) is { } own)
        {
            PlacedObject? other = pods.FirstOrDefault(pod => pod.Owner != placed && own.Matches(pod.Labels)).Owner;
            if (other is not null) yield return placed.Place with { Expected = $"its selector also matches the pods of {other.Object.Key}" };
        }

        LabelSelector? selector = placed.Object switch
        {
            Service service => service.Selector,
            PodDisruptionBudget budget => budget.Selector,
            _ => null,
        };
        if (selector is not null && !pods.Exists(pod => selector.Matches(pod.Labels))) yield return placed.Place with { Expected = "its selector matches no pods of these manifests" };
    }

    private static IEnumerable<InputProblem> Budgets(IEnumerable<PlacedObject> space, List<(PlacedObject Owner, ValueList<Label> Labels)> pods)
    {
        PlacedObject[] budgets = [.. space.Where(placed => placed.Object is PodDisruptionBudget { Selector: not null })];
        foreach ((PlacedObject owner, ValueList<Label> labels) in budgets.Length < 2 ? [] : pods)
        {
            PlacedObject[] matching = [.. budgets.Where(placed => ((PodDisruptionBudget)placed.Object).Selector!.Matches(labels)).Take(2)];
            if (matching.Length < 2) continue;
            string what = $"matches pods of {owner.Object.Key} as {matching[0].Object.Name} does: evictions of pods with two budgets are refused";
            yield return matching[1].Place with { Expected = what };
        }
    }

    private static ValueList<Label>? LabelsOfPods(KubeObject owner) => owner switch
    {
        Pod pod => pod.Metadata.Labels,
        Deployment deployment => deployment.Template.Labels,
        ReplicaSet set => set.Template.Labels,
        ReplicationController controller => controller.Template.Labels,
        StatefulSet set => set.Template.Labels,
        DaemonSet set => set.Template.Labels,
        Job job => job.Template.Labels,
        _ => null,
    };

    private static LabelSelector? ControllerSelector(KubeObject owner) => owner switch
    {
        Deployment deployment => deployment.Selector,
        ReplicaSet set => set.Selector,
        ReplicationController controller => controller.Selector,
        StatefulSet set => set.Selector,
        DaemonSet set => set.Selector,
        Job job => job.Selector,
        _ => null,
    };
}
