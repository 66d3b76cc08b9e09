using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Intake;

/// <summary>Reads an object (GET). 404 when it is not there.</summary>
/// <param name="Key">Which.</param>
public sealed record GetCall(ObjectKey Key) : ApiCall<ApiAnswer>
{
    /// <summary>As it was when this version was the last: 410 when that is too long ago, 504 when it was not written yet. Null for now. (Kubernetes offers this for lists alone.)</summary>
    public long? At { get; init; }

    internal override bool Writes => false;

    internal override ApiAnswer Execute(ApiDesk desk)
    {
        KubeObject? item = desk.Store.View.Find(Key);
        if (At is { } version)
        {
            desk.KeepHistory();
            if (desk.Store.History.ListAt(Key.Kind, version, desk.Store.ResourceVersion, desk.Store.View, out IReadOnlyList<KubeObject> items) is { } error) return desk.Answer(error, null);
            item = items.FirstOrDefault(candidate => candidate.Key == Key);
        }

        return item is null ? desk.Refuse(ApiErrorCode.NotFound, $"{Key} not found") : desk.Answer(null, item);
    }

    internal override ApiAnswer Refuse(ApiError error, TimeSpan at, long version) => new(error, at, version);
}

/// <summary>Lists objects of a kind (GET), maybe page by page: all pages show one version.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Namespace">Namespace, or null for all.</param>
/// <param name="Selector">Labels, or null for all.</param>
public sealed record ListCall(ResourceKind Kind, string? Namespace = null, LabelSelector? Selector = null) : ApiCall<ListAnswer>
{
    /// <summary>As it was when this version was the last (<c>resourceVersionMatch=Exact</c>): 410 when that is too long ago, 504 when it was not written yet. Null for now.</summary>
    public long? At { get; init; }

    /// <summary>A version that the list must show, or a later one (<c>NotOlderThan</c>): 504 when it was not written yet.</summary>
    public long NotOlderThan { get; init; }

    /// <summary>Most objects of a page; 0 for all at once.</summary>
    public int Limit { get; init; }

    /// <summary>Token of the page before, or empty.</summary>
    public string Continue { get; init; } = "";

    internal override bool Writes => false;

    internal override ApiAnswer Execute(ApiDesk desk)
    {
        desk.KeepHistory();
        long now = desk.Store.ResourceVersion, version = At ?? now;
        ObjectKey after = default;
        if (Limit < 0) return Refused(desk, ApiErrorCode.Invalid, $"limit: {Limit} is below 0");
        if (Continue.Length > 0 && !TryParse(Continue, out version, out after)) return Refused(desk, ApiErrorCode.Invalid, $"continue: \"{Continue}\" is no token of a list of {Kind}");
        if (Continue.Length > 0 && At is not null) return Refused(desk, ApiErrorCode.Invalid, "specifying resource version is not allowed when using continue");
        if (NotOlderThan > now) return Refused(desk, ApiErrorCode.Timeout, $"Too large resource version: {NotOlderThan}, current: {now}");
        if (desk.Store.History.ListAt(Kind, version, now, desk.Store.View, out IReadOnlyList<KubeObject> all) is { } error) return Refuse(error, desk.Run.Loop.Now, now);
        var items = new List<KubeObject>();
        foreach (KubeObject item in all)
        {
            if (Namespace is not null && item.Metadata.Namespace != Namespace) continue;
            if (Selector is not null && !Selector.Matches(item.Metadata.Labels)) continue;
            if (Continue.Length == 0 || Compare(item.Key, after) > 0) items.Add(item);
        }

        items.Sort((left, right) => Compare(left.Key, right.Key));
        int rest = Limit == 0 ? 0 : Math.Max(0, items.Count - Limit);
        if (rest > 0) items.RemoveRange(Limit, rest);
        return new ListAnswer(null, desk.Run.Loop.Now, version) { Items = items, Remaining = rest, Continue = rest == 0 ? "" : Token(version, items[^1].Key) };
    }

    internal override ApiAnswer Refuse(ApiError error, TimeSpan at, long version) => new ListAnswer(error, at, version);

    private ApiAnswer Refused(ApiDesk desk, ApiErrorCode code, string message) => Refuse(new ApiError(code, message), desk.Run.Loop.Now, desk.Store.ResourceVersion);

    private static int Compare(in ObjectKey left, in ObjectKey right)
    {
        int byNamespace = string.CompareOrdinal(left.Namespace, right.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(left.Name, right.Name);
    }

    /// <summary>Version and last object of a page: what Kubernetes' token holds too.</summary>
    private static string Token(long version, in ObjectKey last) => string.Create(CultureInfo.InvariantCulture, $"{version}:{last.Kind}:{last.Namespace}/{last.Name}");

    private bool TryParse(string token, out long version, out ObjectKey after)
    {
        after = default;
        string[] parts = token.Split(':', 3);
        bool isNumber = long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out version);
        if (!isNumber || parts.Length < 3 || parts[1] != Kind.ToString() || parts[2].Split('/') is not [var ns, var name]) return false;
        after = new ObjectKey(Kind, ns, name);
        return true;
    }
}

/// <summary>Watches objects: every change after a version, once and in order. 410 when changes after it are no longer kept, 422 when it lies in the future.</summary>
/// <param name="Kind">Kind, or null for all.</param>
/// <param name="From">Version of a list, or of the last event seen; null begins with the objects that are there, as added, and goes on from now.</param>
public sealed record WatchCall(ResourceKind? Kind, long? From = null) : ApiCall<WatchAnswer>
{
    /// <summary>Namespace, or null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name, or null for all.</summary>
    public string? Name { get; init; }

    /// <summary>Labels, or null for all. An object that comes to match is added, one that no longer does is deleted.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Whether bookmarks are sent when changes went by that were none of this watch's.</summary>
    public bool SendsBookmarks { get; init; }

    internal override bool Writes => false;

    internal bool Matches(KubeObject item) => (Kind is null || item.Kind == Kind) && (Namespace is null || item.Metadata.Namespace == Namespace) && (Name is null || item.Name == Name)
        && (Selector is null || Selector.Matches(item.Metadata.Labels));

    internal override ApiAnswer Execute(ApiDesk desk)
    {
        desk.KeepHistory();
        ApiError? error = desk.Watches.Open(this, out OutsideWatch? watch);
        return new WatchAnswer(error, desk.Run.Loop.Now, desk.Store.ResourceVersion) { Watch = watch };
    }

    internal override ApiAnswer Refuse(ApiError error, TimeSpan at, long version) => new WatchAnswer(error, at, version);
}
