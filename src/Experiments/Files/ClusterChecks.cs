using SchedBench.Core.Input;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Experiments.Runner;

namespace SchedBench.Experiments.Files;

/// <summary>Compares a workload of Kubernetes objects with its manifests, at the places of the experiment file: what a run would stumble over is an error, what would do
/// nothing is a note.</summary>
/// <param name="cluster">The section <c>cluster</c>.</param>
/// <param name="streams">Where its streams of requests stand.</param>
/// <param name="update">The section <c>update</c>, or null.</param>
/// <param name="replay">What was read of both.</param>
/// <param name="reading">Where notes go.</param>
internal sealed class ClusterChecks(YamlMap cluster, IReadOnlyList<YamlMap> streams, YamlMap? update, ClusterReplay replay, ExperimentReading reading)
{
    /// <summary>More requests than anybody can wait for, one by one.</summary>
    private const double MostRequests = 1e9;

    private readonly IReadOnlyList<KubeObject> _objects = replay.Objects.Objects;

    internal void Run()
    {
        CheckApply();
        CheckImages();
        CheckAutoscalers();
        CheckTraffic();
        if (update is not null && replay.Update is { } given) CheckUpdate(update, given);
        CheckNodes();
    }

    /// <summary>Nodes of a file are judged when it has been read, with the inputs of the plan.</summary>
    private void CheckNodes()
    {
        foreach (FleetSpec fleet in reading.Fleets.Where(fleet => fleet.Nodes is null || replay.NodeGroups.Count > 0))
        {
            foreach (InputProblem problem in NodeTargets.Check(fleet, replay, fleet.BuildPoolNodes())) reading.Report(problem);
        }
    }

    /// <summary>Applies everything to a store that nobody works on: what the API would refuse.</summary>
    private void CheckApply()
    {
        YamlValue place = cluster.Peek("manifests")!;
        ObjectStore store = StepSection.EmptyStore();
        foreach (KubeObject item in ClusterCellSetup.InOrder(_objects))
        {
            if (ApplyStep.Apply(store, item) is { } error) place.Report($"expected manifests that can be applied; {item.Key}: {error.Message}");
        }

        if (_objects.Any(item => item is Node)) reading.Note(place, place.PlainText, "its nodes are not used: the nodes are the fleet's");
    }

    private void CheckImages()
    {
        HashSet<string> named = [.. replay.ImagesNamed.Select(ImageCatalog.NameOf)];
        foreach ((string image, YamlValue value) in cluster.Peek("images")?.Entries() ?? [])
        {
            if (!named.Contains(ImageCatalog.NameOf(image))) reading.Note(value, image, "no pod of the manifests has this image", NearestName.Find(ImageCatalog.NameOf(image), named.Order(StringComparer.Ordinal)));
        }
    }

    /// <summary>An autoscaler whose target neither the manifests nor a step applies: it has nothing to scale, as in Kubernetes.</summary>
    private void CheckAutoscalers()
    {
        KubeObject[] all = [.. _objects, .. replay.Steps.SelectMany(step => step.Objects?.Objects ?? [])];
        foreach (HorizontalPodAutoscaler scaler in _objects.OfType<HorizontalPodAutoscaler>())
        {
            string[] there = [.. all.Where(item => item.Kind == scaler.TargetKind && item.Metadata.Namespace == scaler.Metadata.Namespace).Select(item => item.Name)];
            if (there.Contains(scaler.TargetName, StringComparer.Ordinal)) continue;
            YamlValue place = cluster.Peek("manifests")!;
            reading.Note(place, place.PlainText, $"{scaler.Key} scales nothing: there is no {scaler.TargetKind} {scaler.TargetName} in namespace {scaler.Metadata.Namespace}", NearestName.Find(scaler.TargetName, there));
        }
    }

    private void CheckTraffic()
    {
        var seen = new HashSet<(string, string, string, string)>();
        for (int i = 0; i < streams.Count; i++)
        {
            TrafficSpec stream = replay.Traffic[i];
            if (!seen.Add((stream.Namespace, stream.Service, stream.Host, stream.Path))) streams[i].Report("expected streams that differ in service, host or path; equal ones would send at the same instants");
            CheckService(streams[i], stream);
            CheckCount(streams[i], stream);
        }
    }

    private void CheckService(YamlMap map, TrafficSpec stream)
    {
        if (stream.Service.Length == 0) return;
        if (!_objects.Any(item => item is Service && item.Metadata.Namespace == stream.Namespace && item.Name == stream.Service))
        {
            string[] here = [.. _objects.Where(item => item is Service && item.Metadata.Namespace == stream.Namespace).Select(item => item.Name)];
            string[] elsewhere = [.. _objects.Where(item => item is Service && item.Name == stream.Service).Select(item => item.Metadata.Namespace)];
            string hint = elsewhere.Length > 0 ? $"; there is one in {string.Join(", ", elsewhere)} (key namespace)" : "";
            map.Peek("service")!.Report($"expected a Service of the manifests in namespace {stream.Namespace}{hint}", elsewhere.Length > 0 ? null : NearestName.Find(stream.Service, here));
            return;
        }

        if (stream.Host.Length == 0) return;
        Ingress[] ingresses = [.. _objects.OfType<Ingress>().Where(ingress => ingress.Metadata.Namespace == stream.Namespace)];
        IngressRoute[] routes = [.. ingresses.SelectMany(ingress => ingress.Routes.ToArray()).Where(route => route.Service == stream.Service)];
        if (ingresses.Any(ingress => ingress.DefaultService == stream.Service) || routes.Any(route => Fits(route.Host, stream.Host))) return;
        map.Peek("host")!.Report($"expected a host that an Ingress in namespace {stream.Namespace} leads to Service {stream.Service}", NearestName.Find(stream.Host, routes.Select(route => route.Host)));
    }

    private static bool Fits(string pattern, string host) => pattern.Length == 0 || pattern == host
        || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.Ordinal));

    private void CheckCount(YamlMap place, TrafficSpec stream)
    {
        double requests = 0;
        for (int k = 0; k < stream.Rates.Count; k++)
        {
            RateFrom rate = stream.Rates[k];
            if (stream.FluidAbove > 0 && rate.RequestsPerSecond > stream.FluidAbove) continue;
            TimeSpan end = k + 1 < stream.Rates.Count && stream.Rates[k + 1].From < replay.Until ? stream.Rates[k + 1].From : replay.Until;
            requests += Math.Max(0, (end - rate.From).TotalSeconds) * rate.RequestsPerSecond;
        }

        if (requests > MostRequests) place.Report($"expected at most {MostRequests:0} requests until the end; these rates send about {requests:0}");
    }

    private void CheckUpdate(YamlMap map, UpdateSpec given)
    {
        if (!AreNamed(map, given)) return;
        YamlValue place = map.Peek("deployments") ?? map.Peek("method") ?? map.Peek("at")!;
        Deployment[] targets = [.. UpdateTargets.Of(given, _objects)];
        if (targets.Length == 0) place.Report("expected manifests with a Deployment, which an update needs");
        foreach (Deployment target in targets) CheckTarget(map, given, target);
        NoteCanary(map, given);
    }

    private bool AreNamed(YamlMap map, UpdateSpec given)
    {
        if (map.Peek("deployments") is not { } list) return true;
        bool sound = true;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string[] names = [.. _objects.OfType<Deployment>().Select(deployment => deployment.Name)];
        foreach (YamlValue item in list.Items())
        {
            string name = item.PlainText;
            Deployment[] found = UpdateTargets.Named(name, _objects);
            string? expected = found.Length switch
            {
                0 => $"expected a Deployment of the manifests{(names.Length == 0 ? ", which have none" : "")}",
                1 => seen.Add(UpdateTargets.PathOf(found[0])) ? null : "expected every Deployment once",
                _ => $"expected {string.Join(" or ", found.Select(UpdateTargets.PathOf))}: several namespaces have this Deployment",
            };
            if (expected is null) continue;
            sound = false;
            item.Report(expected, found.Length == 0 ? NearestName.Find(name, names.Concat(_objects.OfType<Deployment>().Select(UpdateTargets.PathOf))) : null);
        }

        return sound && given.Deployments.Count == list.Items().Count;
    }

    private void CheckTarget(YamlMap map, UpdateSpec given, Deployment target)
    {
        string name = UpdateTargets.PathOf(target);
        if (given.Tag.Length > 0 && RolloutStep.WithTag(target.Template, given.Tag).Spec.Containers == target.Template.Spec.Containers)
            map.Peek("tag")!.Report($"expected a new tag; the images of Deployment {name} have this one already");
        if (map.Peek("method") is not { } method) return;
        if (given.Method == UpdateMethod.RollingUpdate)
        {
            DeploymentStrategy rolling = UpdateTargets.Rolling(target, given);
            bool isStuck = rolling is { MaxSurge.Value: 0, MaxUnavailable.Value: 0 };
            YamlValue? stated = map.Peek("maxSurge") ?? map.Peek("maxUnavailable");
            bool isToldAlready = map.Has("maxSurge") && map.Has("maxUnavailable");
            if (isStuck && !isToldAlready) (stated ?? method).Report($"expected maxSurge and maxUnavailable not both 0; the manifest of Deployment {name} sets the other one to 0");
        }

        if (given.Method is UpdateMethod.Recreate or UpdateMethod.RollingUpdate) return;
        if (UpdateTargets.ServiceOf(target, _objects) is not { } service) method.Report($"expected a Service in front of Deployment {name}, which this method switches");
        else if (given.Method is UpdateMethod.CanaryByWeight or UpdateMethod.CanaryByPath && UpdateTargets.IngressOf(service, _objects) is null)
            method.Report($"expected an Ingress that leads to Service {UpdateTargets.PathOf(service)}, which this method needs");
    }

    /// <summary>A canary that no request can reach is legal, and shows nothing.</summary>
    private void NoteCanary(YamlMap map, UpdateSpec given)
    {
        if (replay.Traffic.Count == 0 || map.Peek("method") is not { } method) return;
        if (given.Method == UpdateMethod.CanaryByWeight && replay.Traffic.All(stream => stream.Host.Length == 0))
            reading.Note(method, method.PlainText, "no stream of requests has a host: none comes through an Ingress, and the canary gets none");
        if (given.Method == UpdateMethod.CanaryByPath && !replay.Traffic.Any(stream => stream.Host.Length > 0 && IsBelow(stream.Path, given.Path)))
            reading.Note(method, method.PlainText, $"no stream of requests has a host and a path below {given.Path}: the canary gets none");
    }

    private static bool IsBelow(string path, string prefix) =>
        path == prefix || path.StartsWith(prefix.TrimEnd('/') + "/", StringComparison.Ordinal);
}
