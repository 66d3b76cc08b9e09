using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.Experiments.Runner;

namespace SchedBench.Experiments.Files;

/// <summary>The key <c>steps</c> of a workload: what is done while it runs, judged against what is there by then.</summary>
internal sealed partial class StepSection
{
    private const int MostSteps = 10_000;

    /// <summary>Every verb with its reader.</summary>
    private static readonly (string Verb, Func<StepSection, YamlMap, TimeSpan, ClusterStep?> Read)[] Verbs =
    [
        ("apply", (section, map, at) => section.ReadApply(map, at)),
        ("delete", (section, map, at) => section.ReadDelete(map, at)),
        ("scale", (section, map, at) => section.ReadScale(map, at)),
        ("setImage", (section, map, at) => section.ReadSetImage(map, at)),
        ("restart", (section, map, at) => section.ReadRestart(map, at)),
        ("pause", (section, map, at) => section.ReadPause(map, at, isPaused: true)),
        ("resume", (section, map, at) => section.ReadPause(map, at, isPaused: false)),
        ("rollback", (section, map, at) => section.ReadRollback(map, at)),
        ("abortRelease", (section, map, at) => section.ReadAbort(map, at)),
        ("cordon", (_, map, at) => ReadCordon(map, at, isCordoned: true)),
        ("uncordon", (_, map, at) => ReadCordon(map, at, isCordoned: false)),
        ("drain", (_, map, at) => ReadDrain(map, at)),
        ("maintenance", (_, map, at) => ReadMaintenance(map, at)),
        ("label", (_, map, at) => ReadLabel(map, at)),
        ("taint", (_, map, at) => ReadTaint(map, at)),
        ("resize", (_, map, at) => ReadResize(map, at)),
        ("powerOff", (_, map, at) => ReadPower(map, at, isOn: false)),
        ("powerOn", (_, map, at) => ReadPower(map, at, isOn: true)),
    ];

    private readonly ClusterReplay _replay;
    private readonly ExperimentReading _reading;
    private readonly ObjectsOverTime _objects;
    /// <summary>Deployments whose only new version so far is the update's.</summary>
    private readonly HashSet<ObjectKey> _updated = [];

    private bool _isUpdated;

    private StepSection(ClusterReplay replay, bool areObjectsKnown, ExperimentReading reading)
    {
        _replay = replay;
        _reading = reading;
        _objects = new ObjectsOverTime(areObjectsKnown ? replay.Objects.Objects : null);
    }

    /// <summary>Reads the steps.</summary>
    /// <param name="section">The list, or null.</param>
    /// <param name="replay">Everything else of the workload.</param>
    /// <param name="areObjectsKnown">Whether its manifests could be read.</param>
    /// <param name="reading">The reading.</param>
    internal static IReadOnlyList<ClusterStep> Read(YamlValue? section, ClusterReplay replay, bool areObjectsKnown, ExperimentReading reading)
    {
        if (section is null) return [];
        var steps = new StepSection(replay, areObjectsKnown, reading);
        var read = new List<ClusterStep>();
        TimeSpan before = TimeSpan.Zero;
        foreach (YamlValue item in section.Items(1, MostSteps))
        {
            if (steps.ReadOne(item, ref before) is { } step) read.Add(step);
        }

        return read;
    }

    private ClusterStep? ReadOne(YamlValue item, ref TimeSpan before)
    {
        if (item.Map() is not { } map) return null;
        YamlValue? place = map.Required("at");
        TimeSpan at = place?.Duration(TimeSpan.Zero, TimeSpan.FromDays(3_650)) ?? before;
        if (_replay.Until > TimeSpan.Zero && at >= _replay.Until) place!.Report("expected an instant before until");
        else if (at < before) place!.Report("expected steps in the order of their instants");
        if (at > before) before = at;
        Update(at);
        if (VerbOf(item, map) is not { } verb || map.Required(verb)?.Map() is not { } what) return null;
        return Verbs.First(known => known.Verb == verb).Read(this, what, at);
    }

    /// <summary>The one verb of a step. A misspelt one is told as a key that is not known, with the nearest, and not as a missing verb too.</summary>
    private static string? VerbOf(YamlValue item, YamlMap map)
    {
        string[] verbs = [.. Verbs.Select(known => known.Verb)];
        string[] others = [.. item.Entries().Select(entry => entry.Key).Where(key => key != "at" && !verbs.Contains(key, StringComparer.Ordinal))];
        if (others.Length == 0 || verbs.Any(map.Has)) return map.ExactlyOneOf(verbs);
        foreach (string verb in verbs) map.Know(verb);
        return null;
    }

    /// <summary>What the update changes, when it comes before a step.</summary>
    private void Update(TimeSpan now)
    {
        if (_isUpdated || _replay.Update is not { } update || update.At > now) return;
        _isUpdated = true;
        foreach (Deployment deployment in UpdateTargets.Of(update, _objects.All))
        {
            if (!_objects.IsRenewed(deployment.Key)) _updated.Add(deployment.Key);
            _objects.Renew(deployment.Key);
            if (update.Method is not (UpdateMethod.Recreate or UpdateMethod.RollingUpdate)) _objects.Release(deployment.Key);
        }
    }

    private ClusterStep? ReadApply(YamlMap map, TimeSpan at)
    {
        if (map.Required("manifests") is not { } path || path.Text() is not { } written) return null;
        InputPath manifests = _reading.Manifests(path, written);
        if (manifests.FullPath.Length == 0 || _reading.Objects(manifests) is not { } set) return null;
        IReadOnlyList<KubeObject> objects = ClusterCellSetup.InOrder(set.Objects);
        if (_objects.IsKnown && Refusal(objects) is { } refusal) path.Report(refusal);
        if (_replay.Orchestrator == Orchestrator.Swarm) SwarmChecks.CheckObjects(path, set.Objects, _reading);
        _objects.Apply(objects);
        return new ClusterStep("apply", new ApplyStep(at, objects)) { Manifests = manifests, Objects = set };
    }

    /// <summary>Why the API would not take the objects, as far as that depends on objects of users; null when it would.</summary>
    private string? Refusal(IReadOnlyList<KubeObject> objects)
    {
        ObjectStore store = EmptyStore();
        foreach (KubeObject item in ClusterCellSetup.InOrder(_objects.All)) _ = ApplyStep.Apply(store, item);
        foreach (KubeObject item in objects)
        {
            if (ApplyStep.Apply(store, item) is { } error) return $"expected manifests that can be applied by then; {item.Key}: {error.Message}";
        }

        return null;
    }

    /// <summary>A store that nobody works on, with admission and the namespaces that every cluster has.</summary>
    internal static ObjectStore EmptyStore()
    {
        var store = new ObjectStore(new EventLoop(new VirtualClock()));
        new AdmissionOptions().Guard(store);
        foreach (string name in (string[])["default", "kube-system"]) store.Create(new Namespace { Metadata = new ObjectMeta { Name = name } }, out _);
        return store;
    }
}
