using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary>The key <c>update</c> of a workload.</summary>
internal static class UpdateSection
{
    private const int MostSteps = 100;

    internal static UpdateSpec Read(YamlMap map)
    {
        TimeSpan at = map.Required("at")?.Duration(TimeSpan.Zero, TimeSpan.FromDays(3_650)) ?? TimeSpan.Zero;
        UpdateMethod method = map.Required("method")?.OneOf(ClusterSection.Methods) ?? UpdateMethod.RollingUpdate;
        string tag = map.Required("tag")?.Text() ?? "";
        var update = new UpdateSpec(at, method, tag);
        bool isCanary = method is UpdateMethod.Canary or UpdateMethod.CanaryByWeight or UpdateMethod.CanaryByPath;
        bool isHeld = isCanary || method == UpdateMethod.BlueGreen;
        update = update with
        {
            Deployments = [.. map.Optional("deployments")?.Items(1, ExperimentReading.MostLevels).Select(item => item.Text() ?? "") ?? []],
            MaxSurge = Only(map, "maxSurge", method == UpdateMethod.RollingUpdate, "rollingUpdate") is { } surge ? Amounts.Read(surge, mostPercent: int.MaxValue, "expected a number of pods, or a percentage such as 25%") : null,
            MaxUnavailable = Only(map, "maxUnavailable", method == UpdateMethod.RollingUpdate, "rollingUpdate") is { } missing ? Amounts.Read(missing, mostPercent: 100, "expected a number of pods, or 0% to 100%") : null,
            ProgressDeadline = map.Optional("progressDeadline")?.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)),
            Steps = Only(map, "steps", isCanary, "a canary") is { } steps ? Shares(steps) : update.Steps,
            Hold = Only(map, "hold", isHeld, "blueGreen and canaries")?.Duration(TimeSpan.Zero, TimeSpan.FromDays(365)) ?? update.Hold,
            Path = Only(map, "path", method == UpdateMethod.CanaryByPath, "canaryByPath")?.Text() ?? update.Path,
            ErrorRatioMax = (double)(Only(map, "errorRatioMax", isHeld, "blueGreen and canaries")?.Decimal(0, 1) ?? (decimal)update.ErrorRatioMax),
            RollsBack = map.Optional("rollBack")?.Boolean() ?? update.RollsBack,
        };
        if (update is { MaxSurge: { Value: 0 }, MaxUnavailable: { Value: 0 } }) map.Peek("maxSurge")!.Report("expected maxSurge and maxUnavailable not both 0");
        if (map.Peek("tag") is { } named && named.PlainText == tag && !IsTag(tag))
            named.Report("expected the tag of the new images: up to 128 letters, digits, '_', '.' and '-', beginning with neither of the last two");
        if (!update.Path.StartsWith('/') || update.Path == "/") map.Peek("path")?.Report("expected a path such as /v2");
        return update;
    }

    /// <summary>As registries want it (distribution/reference).</summary>
    private static bool IsTag(string tag) => tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-') && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>A key that only some methods have.</summary>
    private static YamlValue? Only(YamlMap map, string key, bool isAllowed, string methods)
    {
        YamlValue? value = map.Optional(key);
        if (value is null || isAllowed) return value;
        value.Report($"expected no {key} here: it belongs to {methods}");
        return null;
    }

    private static int[] Shares(YamlValue list)
    {
        var shares = new List<int>();
        foreach (YamlValue item in list.Items(1, MostSteps))
        {
            if (item.Integer(1, 100) is not { } share) continue;
            if (shares.Count > 0 && share <= shares[^1]) item.Report("expected shares that grow from step to step");
            shares.Add((int)share);
        }

        return [.. shares];
    }
}
