namespace SchedBench.Chaos.Tests.Formats;

/// <summary>Whom resources of Chaos Mesh select.</summary>
public sealed class ChaosMeshSelectorTests
{
    [Theory]
    [InlineData("{}", "[ops]")]
    [InlineData("{ namespaces: [a, b] }", "[a b]")]
    [InlineData("{ labelSelectors: { app: web, tier: front } }", "[ops] app=web,tier=front")]
    [InlineData("{ expressionSelectors: [{ key: tier, operator: In, values: [x] }, { key: a, operator: NotIn, values: [c, b] }, { key: b, operator: Exists }, { key: c, operator: DoesNotExist }] }", "[ops] tier=x,a notin (b,c),b,!c")]
    [InlineData("{ annotationSelectors: { chaos: allowed } }", "[ops] annotated chaos=allowed")]
    [InlineData("{ nodes: [n2, n1] }", "[ops] on kubernetes.io/hostname in (n1,n2)")]
    [InlineData("{ nodeSelectors: { disk: ssd } }", "[ops] on disk=ssd")]
    [InlineData("{ podPhaseSelectors: [Running, Pending] }", "[ops] Running Pending")]
    [InlineData("{ fieldSelectors: { metadata.name: web-0, status.phase: Running } }", "[ops] names web-0 Running")]
    [InlineData("{ fieldSelectors: { spec.nodeName: n1 } }", "[ops] on kubernetes.io/hostname=n1")]
    [InlineData("{ pods: { shop: [web-0, web-1], db: [db-0] } }", "[] names shop/web-0 shop/web-1 db/db-0")]
    public void Selectors(string selector, string expected) => Assert.Equal($"PodChaos/ops/x: podFailure at 0s on pods {expected} All", MeshText.Sources("PodChaos", $"{{ action: pod-failure, mode: all, selector: {selector} }}"));

    [Theory]
    [InlineData("mode: all", "All")]
    [InlineData("mode: one, value: ''", "One")]
    [InlineData("mode: fixed, value: '3'", "Fixed 3")]
    [InlineData("mode: fixed-percent, value: '40'", "FixedPercent 40")]
    [InlineData("mode: random-max-percent, value: '100'", "RandomMaxPercent 100")]
    public void Modes(string mode, string expected) => Assert.Equal($"PodChaos/ops/x: podFailure at 0s on pods [ops] {expected}", MeshText.Sources("PodChaos", $"{{ action: pod-failure, {mode}, selector: {{}} }}"));
}
