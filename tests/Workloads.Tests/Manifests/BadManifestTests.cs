using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Tests.Manifests;

/// <summary>What must not be read, with the place and the name that was meant. The numbers are those of the list of bad inputs.</summary>
public sealed class BadManifestTests
{
    [Theory]
    [InlineData("replicas: 3", "replcias: 3", "replcias", "replicas")]
    [InlineData("containerPort: 80", "containerPorts: 80", "containerPorts", "containerPort")]
    [InlineData("matchLabels:", "matchlabels:", "matchlabels", "matchLabels")]
    [InlineData("kind: Deployment", "kind: deployment", "deployment", "Deployment")]
    [InlineData("kind: Deployment", "kind: Deploymnet", "Deploymnet", "Deployment")]
    [InlineData("apiVersion: apps/v1", "apiVersion: app/v1", "app/v1", "apps/v1")]
    [InlineData("image: web:1", "imagee: web:1", "imagee", "image")]
    [InlineData("metadata:\n  name: web", "metadate:\n  name: web", "metadate", "metadata")]
    public void B16_A_misspelt_field_kind_or_version_is_named_with_what_was_meant(string right, string wrong, string value, string nearest)
    {
        string text = Manifest.Web.Replace(right, wrong, StringComparison.Ordinal);
        InputProblem problem = Manifest.Problems(text).First(problem => problem.Value == value);
        string[] lines = text.Split('\n');
        Assert.Equal(nearest, problem.Nearest);
        Assert.Equal(value, lines[problem.Line - 1].Substring(problem.Column - 1, value.Length));
    }

    [Fact]
    public void B16_A_misspelt_field_of_a_service_is_named_with_what_was_meant()
    {
        InputProblem problem = Manifest.Problem(Manifest.Of("v1", "Service", "spec: { ports: [{ port: 80 }], externallPs: [10.0.0.1] }"));
        Assert.Equal(("externallPs", "externalIPs", "spec"), (problem.Value, problem.Nearest, problem.Field));
    }

    [Theory]
    [InlineData("apiVersion: v1\nmetadata: { name: x }", "expected kind")]
    [InlineData("apiVersion: v1\nKind: Pod\nmetadata: { name: x }", "there is 'Kind'")]
    [InlineData("kind: ConfigMap\nmetadata: { name: x }", "expected apiVersion v1")]
    [InlineData("apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: { name: x }", "expected apiVersion apps/v1")]
    [InlineData("apiVersion: v1\nkind: EndpointSlice\nmetadata: { name: x }", "only the control plane")]
    [InlineData("apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: x }", "expected a kind that can be read")]
    [InlineData("- 1", "expected a mapping")]
    public void B17_An_unknown_or_missing_kind_or_version_is_refused(string text, string expected) =>
        Assert.Contains(expected, Manifest.Problem(text).Expected, StringComparison.Ordinal);

    [Theory]
    [InlineData("replicas: three", "spec.replicas")]
    [InlineData("replicas: \"3\"", "spec.replicas")]
    [InlineData("replicas: -1", "spec.replicas")]
    [InlineData("replicas: 2147483648", "spec.replicas")]
    [InlineData("replicas: 1.5", "spec.replicas")]
    [InlineData("replicas: [3]", "spec.replicas")]
    [InlineData("paused: \"yes\"", "spec.paused")]
    [InlineData("strategy: Recreate", "spec.strategy")]
    [InlineData("strategy: { type: recreate }", "spec.strategy.type")]
    [InlineData("revisionHistoryLimit: 99999999999", "spec.revisionHistoryLimit")]
    public void B11_A_wrong_type_or_range_is_refused_with_the_path_of_the_field(string line, string field) =>
        Assert.Equal(field, Manifest.Problem(Manifest.Deployment(line)).Field);

    [Theory]
    [InlineData("{ maxSurge: 0, maxUnavailable: 0 }", "spec.strategy.rollingUpdate")]
    [InlineData("{ maxSurge: 0%, maxUnavailable: 0 }", "spec.strategy.rollingUpdate")]
    [InlineData("{ maxUnavailable: 150% }", "spec.strategy.rollingUpdate.maxUnavailable")]
    [InlineData("{ maxUnavailable: -5% }", "spec.strategy.rollingUpdate.maxUnavailable")]
    [InlineData("{ maxSurge: \"25\" }", "spec.strategy.rollingUpdate.maxSurge")]
    [InlineData("{ maxSurge: -1 }", "spec.strategy.rollingUpdate.maxSurge")]
    [InlineData("{ maxSurge: 2.5% }", "spec.strategy.rollingUpdate.maxSurge")]
    public void B10_A_rollout_that_cannot_move_and_a_percentage_that_is_none_are_refused(string rolling, string field) =>
        Assert.Equal(field, Manifest.Problem(Manifest.Deployment($"strategy: {{ rollingUpdate: {rolling} }}")).Field);

    [Fact]
    public void B10_A_surge_above_a_hundred_percent_is_legal() =>
        Assert.Equal(IntOrPercent.Percent(150), Manifest.One<Deployment>(Manifest.Deployment("strategy: { rollingUpdate: { maxSurge: 150% } }")).Strategy.MaxSurge);

    [Theory]
    [InlineData("9223372036854775808Mi")]
    [InlineData("\"-1\"")]
    [InlineData("-0.5Gi")]
    [InlineData("1e999")]
    [InlineData("NaN")]
    [InlineData("1.1.M")]
    [InlineData("0.1mi")]
    [InlineData("\" 1\"")]
    [InlineData("[1]")]
    public void B3_and_B4_A_quantity_that_is_none_too_large_or_negative_is_refused(string quantity) =>
        Assert.Equal("spec.containers[0].resources.requests.memory", Manifest.Problem(Manifest.Pod("", $"resources: {{ requests: {{ memory: {quantity} }} }}")).Field);

    [Fact]
    public void B9_Requests_whose_sum_does_not_fit_are_refused()
    {
        string half = "{ name: NAME, image: a, resources: { requests: { memory: 7Ei } } }";
        string text = Manifest.Of("v1", "Pod", $"spec: {{ containers: [{half.Replace("NAME", "a", StringComparison.Ordinal)}, {half.Replace("NAME", "b", StringComparison.Ordinal)}] }}");
        Assert.Contains("add up", Manifest.Problem(text).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void B14_The_same_name_twice_in_one_kind_and_namespace_is_refused_with_both_places()
    {
        string text = $"{Manifest.Of("v1", "ConfigMap", "data: {}")}---\n{Manifest.Of("v1", "ConfigMap", "data: {}")}";
        InputProblem problem = Manifest.Problem(text);
        Assert.Equal((8, "metadata.name"), (problem.Line, problem.Field));
        Assert.Contains("m.yaml, line 3", problem.Expected, StringComparison.Ordinal);
        Assert.Equal(2, Manifest.Read(text.Replace("{ name: x }\ndata: {}\n---", "{ name: x, namespace: b }\ndata: {}\n---", StringComparison.Ordinal)).Objects.Count);
    }

    [Fact]
    public void B15_A_key_twice_is_refused() => Assert.Contains("every key once", Manifest.Problem(Manifest.Web + "\nkind: Deployment").Expected, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"/x\": a")]
    [InlineData("x-: a")]
    [InlineData("\"😀\": a")]
    [InlineData("x: a-")]
    [InlineData("x: \"a b\"")]
    [InlineData("KEY64: a")]
    [InlineData("x: VALUE64")]
    [InlineData("PREFIX254/x: a")]
    public void B18_A_label_that_Kubernetes_refuses_is_refused(string label)
    {
        label = label.Replace("KEY64", new string('k', 64), StringComparison.Ordinal).Replace("VALUE64", new string('v', 64), StringComparison.Ordinal).Replace("PREFIX254", new string('p', 254), StringComparison.Ordinal);
        Assert.StartsWith("metadata.labels", Manifest.Problem($"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  labels:\n    {label}\n").Field, StringComparison.Ordinal);
    }

    [Fact]
    public void B19_Annotations_above_256_KiB_are_refused() =>
        Assert.Equal("metadata.annotations", Manifest.Problem($"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: x, annotations: {{ a: {new string('x', 256 * 1024)} }} }}").Field);

    [Theory]
    [InlineData("../../x")]
    [InlineData("CON")]
    [InlineData("nul.")]
    [InlineData("a_b")]
    [InlineData("\"\"")]
    [InlineData("LONG254")]
    public void B20_A_name_that_Kubernetes_refuses_is_refused(string name) =>
        Assert.Equal("metadata.name", Manifest.Problem(Manifest.Of("v1", "ConfigMap", "data: {}", name.Replace("LONG254", new string('a', 254), StringComparison.Ordinal))).Field);

    [Theory]
    [InlineData("Namespace", "a.b")]
    [InlineData("Service", "1a")]
    [InlineData("CronJob", "a123456789a123456789a123456789a123456789a123456789abc")]
    public void B20_Kinds_with_narrower_names_have_them(string kind, string name)
    {
        string rest = kind switch
        {
            "Service" => "spec: { ports: [{ port: 1 }] }",
            "CronJob" => "spec: { schedule: \"* * * * *\", jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: a }] } } } } }",
            _ => "spec: {}",
        };
        Assert.Equal("metadata.name", Manifest.Problem(Manifest.Of(kind == "CronJob" ? "batch/v1" : "v1", kind, rest, name)).Field);
    }

    [Fact]
    public void B21_An_owner_in_another_namespace_is_refused_and_one_that_is_missing_or_in_a_ring_is_not()
    {
        static string Owned(string name, string space, string owner) =>
            $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: {space}, ownerReferences: [{{ apiVersion: v1, kind: ConfigMap, name: {owner}, uid: u }}] }}\n---\n";
        Assert.Contains("own namespace", Manifest.Problem(Owned("a", "one", "b") + Owned("b", "two", "none")).Expected, StringComparison.Ordinal);
        Assert.Equal(2, Manifest.Read(Owned("a", "one", "b") + Owned("b", "one", "a")).Objects.Count);
    }

    [Fact]
    public void B23_A_budget_with_both_numbers_is_refused() =>
        Assert.Equal("spec.maxUnavailable", Manifest.Problem(Manifest.Of("policy/v1", "PodDisruptionBudget", "spec: { minAvailable: 1, maxUnavailable: 1, selector: {} }")).Field);

    [Theory]
    [InlineData("schedule: \"*/0 * * * *\"", "spec.schedule")]
    [InlineData("schedule: \"* * * *\"", "spec.schedule")]
    [InlineData("schedule: \"61 * * * *\"", "spec.schedule")]
    [InlineData("schedule: \"@reboot\"", "spec.schedule")]
    [InlineData("schedule: \"TZ=UTC * * * * *\"", "spec.schedule")]
    [InlineData("schedule: \"0 0 * * *\", timeZone: Mars/Base", "spec.timeZone")]
    [InlineData("schedule: \"0 0 * * *\", timeZone: Local", "spec.timeZone")]
    [InlineData("schedule: \"0 0 * * *\", concurrencyPolicy: Replaced", "spec.concurrencyPolicy")]
    public void B26_A_schedule_or_zone_that_is_none_is_refused(string line, string field) =>
        Assert.Equal(field, Manifest.Problem(Manifest.Of("batch/v1", "CronJob", $"spec: {{ {line}, jobTemplate: {{ spec: {{ template: {{ spec: {{ restartPolicy: Never, containers: [{{ name: c, image: a }}] }} }} }} }} }}")).Field);

    [Fact]
    public void B29_A_pod_without_containers_is_refused()
    {
        Assert.Equal("spec.containers", Manifest.Problem(Manifest.Of("v1", "Pod", "spec: { containers: [] }")).Field);
        Assert.Equal("spec.containers", Manifest.Problem(Manifest.Of("v1", "Pod", "spec: { nodeName: n1 }")).Field);
    }

    [Theory]
    [InlineData("args: [no]", "spec.containers[0].args[0]")]
    [InlineData("args: [on]", "spec.containers[0].args[0]")]
    [InlineData("env: [{ name: T, value: 1:30 }]", "spec.containers[0].env[0].value")]
    [InlineData("env: [{ name: T, value: true }]", "spec.containers[0].env[0].value")]
    [InlineData("env: [{ name: T, value: 12 }]", "spec.containers[0].env[0].value")]
    public void B37_What_YAML_reads_as_something_else_has_to_be_quoted_where_text_is_wanted(string line, string field)
    {
        InputProblem problem = Manifest.Problem(Manifest.Pod("", line));
        Assert.Equal(field, problem.Field);
        Assert.Contains("quote it", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_of_a_set_are_told_at_once_in_the_order_of_their_places()
    {
        string text = Manifest.Deployment("replicas: -1\nstrategy: { rollingUpdate: { maxSurge: x } }") + "---\n" + Manifest.Pod("tolerations: [{ operator: Equal }]", "imagePulPolicy: Always\nports: [{ containerPort: 0 }]");
        IReadOnlyList<InputProblem> problems = Manifest.Problems(text);
        Assert.Equal(
            ["spec.replicas", "spec.strategy.rollingUpdate.maxSurge", "spec.tolerations[0]", "spec.containers[0]", "spec.containers[0].ports[0].containerPort"],
            problems.Select(problem => problem.Field));
        Assert.Equal(problems.Select(problem => problem.Line).Order(), problems.Select(problem => problem.Line));
    }
}
