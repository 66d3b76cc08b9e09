using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Workloads.Tests.Manifests;

/// <summary>Short manifests, and what reading them gives.</summary>
internal static class Manifest
{
    internal const string Name = "m.yaml";

    /// <summary>A small Deployment that is right in everything.</summary>
    internal const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          replicas: 3
          selector:
            matchLabels: { app: web }
          template:
            metadata:
              labels: { app: web }
            spec:
              containers:
                - name: web
                  image: web:1
                  ports:
                    - containerPort: 80
        """;

    /// <summary>A pod with more lines under <c>spec</c>, and one container.</summary>
    internal static string Pod(string spec, string container = "") =>
        $"apiVersion: v1\nkind: Pod\nmetadata: {{ name: p }}\nspec:\n{Indented(spec, 2)}  containers:\n    - name: c\n      image: a:1\n{Indented(container, 6)}";

    /// <summary>An object without pods.</summary>
    internal static string Of(string apiVersion, string kind, string rest, string name = "x") => $"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{ name: {name} }}\n{rest}\n";

    /// <summary>A Deployment with more lines under <c>spec</c>.</summary>
    internal static string Deployment(string spec, string name = "web") =>
        Of("apps/v1", "Deployment", $"spec:\n  selector: {{ matchLabels: {{ app: web }} }}\n  template: {{ metadata: {{ labels: {{ app: web }} }}, spec: {{ containers: [{{ name: c, image: a }}] }} }}\n{Indented(spec, 2)}", name);

    internal static ManifestSet Read(string text) => ManifestReader.Parse(text, Name);

    /// <summary>The only object of a text.</summary>
    internal static T One<T>(string text)
        where T : KubeObject => Assert.IsType<T>(Assert.Single(Read(text).Objects));

    internal static IReadOnlyList<InputProblem> Problems(string text) => Assert.Throws<InputException>(() => Read(text)).Problems;

    /// <summary>The only problem of a text, which has to name its place.</summary>
    internal static InputProblem Problem(string text)
    {
        InputProblem problem = Assert.Single(Problems(text));
        Assert.Equal(Name, problem.File);
        Assert.StartsWith("expected", problem.Expected, StringComparison.Ordinal);
        return problem;
    }

    private static string Indented(string text, int blanks) => text.Length == 0 ? "" : string.Concat(text.Split('\n').Select(line => new string(' ', blanks) + line + "\n"));
}
