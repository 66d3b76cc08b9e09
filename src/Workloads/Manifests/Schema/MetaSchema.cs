namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Metadata and selectors of every object (meta/v1), Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class MetaSchema
{
    internal const string Text = """
        ObjectMeta: annotations {string}, creationTimestamp time, deletionGracePeriodSeconds long, deletionTimestamp time, finalizers [string],
            generateName string, generation long, labels {string}, managedFields [ManagedFieldsEntry], name string, namespace string,
            ownerReferences [OwnerReference], resourceVersion string, selfLink string, uid string
        ManagedFieldsEntry: apiVersion string, fieldsType string, fieldsV1 any, manager string, operation string, subresource string, time time
        OwnerReference: apiVersion! string, blockOwnerDeletion bool, controller bool, kind! string, name! string, uid! string
        LabelSelector: matchExpressions [LabelSelectorRequirement], matchLabels {string}
        LabelSelectorRequirement: key! string, operator! In|NotIn|Exists|DoesNotExist, values [string]
        Condition: lastTransitionTime! time, message! string, observedGeneration long, reason! string, status! string, type! string
        """;
}
