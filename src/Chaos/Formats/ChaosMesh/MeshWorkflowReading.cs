using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>Reads a workflow, and makes sure that it can be compiled: children exist, nothing contains itself, nothing waits for what never ends.</summary>
internal sealed class MeshWorkflowReading(MeshResource resource, bool mayHaveSchedules)
{
    private const int MostTemplates = 1_000;
    private const int MostSteps = 10_000;

    private static readonly string[] Structures = ["Serial", "Parallel", "Suspend", "Schedule", "StatusCheck", "Task"];

    private readonly Dictionary<string, MeshTemplate> _templates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlMap> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Steps, bool Ends)> _judged = new(StringComparer.Ordinal);

    /// <summary>The workflow; null when something is wrong with it.</summary>
    internal MeshWorkflow? Read(YamlMap spec)
    {
        long before = resource.Reading.Reader.ProblemCount;
        YamlValue? entryPlace = spec.Required("entry");
        string? entry = entryPlace?.Text();
        foreach (YamlValue item in spec.Required("templates")?.Items(1, MostTemplates) ?? [])
        {
            if (item.Map() is { } map) ReadTemplate(map);
        }

        if (entry is null || resource.Reading.Reader.ProblemCount > before) return null;
        if (!_templates.ContainsKey(entry)) entryPlace!.Report("expected the name of a template", NearestName.Find(entry, _templates.Keys));
        else if (Judge(entry).Steps > MostSteps) entryPlace!.Report($"expected a workflow of at most {MostSteps} steps");
        foreach (string idle in _templates.Keys.Where(name => !_judged.ContainsKey(name)).ToArray()) resource.Reading.Note(_places[idle].Peek("name")!, "a template that nothing runs");
        if (resource.Reading.Reader.ProblemCount > before) return null;
        var workflow = new MeshWorkflow(resource.Label, entry, _templates);
        foreach (string late in workflow.Compile(TimeSpan.Zero).Steps.Where(step => step is { Schedule: not null, After: not null }).Select(step => step.Name).Distinct(StringComparer.Ordinal))
            _places[late].Peek("templateType")!.Report("expected no schedule that begins or ends with a check: which of its due times count would depend upon the run");
        return resource.Reading.Reader.ProblemCount > before ? null : workflow;
    }

    private void ReadTemplate(YamlMap map)
    {
        YamlValue? named = map.Required("name"), typed = map.Required("templateType");
        string name = named?.Text() ?? "", type = typed?.Text() ?? "";
        TimeSpan? deadline = FaultReading.Length(map.Optional("deadline"));
        MeshTemplate? template = type switch
        {
            "Serial" => Structure(map, MeshTemplateType.Serial),
            "Parallel" => Structure(map, MeshTemplateType.Parallel),
            "Suspend" => new MeshTemplate(name, MeshTemplateType.Suspend, deadline),
            "Schedule" => Scheduled(map),
            "StatusCheck" => Checked(map, deadline),
            "Task" => Refused("expected another type: what a container decides is not known before a run"),
            _ => Chaos(map, typed, type),
        };
        if (template is null || named is null) return;
        if (type == "Suspend" && deadline is null) map.Report("expected deadline beside Suspend");
        foreach (string key in (string[])["task", "conditionalBranches"]) FaultReading.Refuse(map, key, "only the type Task has it");
        foreach (string key in type == "StatusCheck" ? [] : (string[])["statusCheck", "abortWithStatusCheck"]) FaultReading.Refuse(map, key, "only the type StatusCheck has it");
        if (type is not ("Serial" or "Parallel")) FaultReading.Refuse(map, "children", "only the types Serial and Parallel have it");
        if (!_templates.TryAdd(name, template with { Name = name, Deadline = deadline })) named.Report("expected every name once");
        else _places.Add(name, map);

        MeshTemplate? Refused(string why)
        {
            typed!.Report(why);
            foreach (string key in (string[])["children", "task", "conditionalBranches", "statusCheck", "abortWithStatusCheck"]) map.Know(key);
            return null;
        }
    }

    private static MeshTemplate Structure(YamlMap map, MeshTemplateType type) => new("", type, null) { Children = [.. (map.Required("children")?.Items(1, MostTemplates) ?? []).Select(item => item.Text()).OfType<string>()] };

    private MeshTemplate? Checked(YamlMap map, TimeSpan? deadline)
    {
        if (!mayHaveSchedules) map.Peek("templateType")!.Report("expected another type: a workflow that a Schedule begins has no checks here");
        if (map.Peek("name") is { } name && name.PlainText.AsSpan().ContainsAny('(', ')')) name.Report("expected a name without parentheses: what follows upon a check is called by it");
        bool aborts = map.Optional("abortWithStatusCheck")?.Boolean() == true;
        if (map.Required("statusCheck")?.Map() is not { } spec || MeshStatusCheck.Read(spec, resource) is not { } check) return null;
        if (deadline is null && check.Until == TimeSpan.MaxValue) map.Report("expected deadline, or duration in statusCheck: without one the check may never end");
        return new MeshTemplate("", MeshTemplateType.StatusCheck, null) { Check = check with { CallsOff = aborts } };
    }

    private MeshTemplate? Scheduled(YamlMap map)
    {
        if (!mayHaveSchedules) map.Peek("templateType")!.Report("expected another type: a workflow that a Schedule begins has no schedule of its own here");
        return map.Required("schedule")?.Map() is { } spec && MeshSchedule.Read(spec, resource, mayBeWorkflow: false) is { } schedule ? new MeshTemplate("", MeshTemplateType.Schedule, null) { Schedule = schedule } : null;
    }

    private MeshTemplate? Chaos(YamlMap map, YamlValue? typed, string type)
    {
        if (typed is null) return null;
        if (MeshKinds.Find(type) is not { } kind)
        {
            MeshKinds.ReportUnknown(typed, type, Structures);
            foreach ((_, string key, _) in MeshKinds.Refused.Where(refused => refused.Name == type && refused.Key.Length > 0)) map.Know(key);
            return null;
        }

        if (map.Required(kind.Key)?.Map() is not { } spec) return null;
        MeshChaos chaos = kind.Read(spec, resource);
        if (chaos.Duration is not null) spec.Peek("duration")!.Report("expected this key left out: in a workflow the template's deadline says how long, as Chaos Mesh has it");
        return new MeshTemplate("", MeshTemplateType.Chaos, null) { Chaos = chaos };
    }

    /// <summary>How many steps a template has, and whether it ever ends. Reports cycles, unknown children, and what would never begin.</summary>
    private (long Steps, bool Ends) Judge(string name)
    {
        if (_judged.TryGetValue(name, out (long Steps, bool Ends) known)) return known;
        MeshTemplate template = _templates[name];
        if (!_open.Add(name))
        {
            _places[name].Report("expected templates that do not contain themselves");
            return (0, true);
        }

        long steps = 1;
        bool ends = template.Deadline is not null || template.Type is MeshTemplateType.Serial or MeshTemplateType.Parallel or MeshTemplateType.StatusCheck, waitsForEver = false;
        foreach (string child in template.Children)
        {
            if (!_templates.ContainsKey(child))
            {
                _places[name].Peek("children")!.Report($"expected names of templates; there is no '{child}'", NearestName.Find(child, _templates.Keys));
                continue;
            }

            if (waitsForEver) _places[name].Peek("children")!.Report($"expected a deadline in what comes before '{child}': without one it never ends, and '{child}' never begins");
            (long ofChild, bool childEnds) = Judge(child);
            steps = Math.Min(long.MaxValue / 2, steps + ofChild);
            if (!childEnds && template.Deadline is null) ends = false;
            waitsForEver = !childEnds && template.Type == MeshTemplateType.Serial;
        }

        _open.Remove(name);
        return _judged[name] = (steps, ends);
    }
}
