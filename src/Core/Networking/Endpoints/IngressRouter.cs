using SchedBench.Core.Objects;

namespace SchedBench.Core.Networking;

/// <summary>Which service an Ingress sends a request to: by host (exact before <c>*.</c> before none), then by the longest path that fits (exact before prefix); an
/// Ingress with a canary weight takes its share of the requests that its ordinary twin would get.</summary>
/// <remarks>An observer knows routes with the delay that it knows endpoints with: an ingress controller learns both from one watch.</remarks>
public sealed class IngressRouter(IngressHistory history)
{
    /// <summary>The service for a request, or null when no route fits.</summary>
    /// <param name="ns">Namespace of the ingresses that are asked.</param>
    /// <param name="host">Host.</param>
    /// <param name="path">Path.</param>
    /// <param name="share">Uniform in [0, 1): below its weight a canary takes the request.</param>
    /// <param name="until">Changes up to this instant are known.</param>
    public string? Route(string ns, string host, string path, double share, TimeSpan until)
    {
        (string? ordinary, string? canary, int weight) = Split(ns, host, path, until);
        return canary is not null && share * 100 < weight ? canary : ordinary;
    }

    /// <summary>How requests are split: the service of the ordinary route (null without one), that of its canary (null without one), and the canary's share in percent.</summary>
    /// <param name="ns">Namespace of the ingresses that are asked.</param>
    /// <param name="host">Host.</param>
    /// <param name="path">Path.</param>
    /// <param name="until">Changes up to this instant are known.</param>
    public (string? Ordinary, string? Canary, int CanaryPercent) Split(string ns, string host, string path, TimeSpan until)
    {
        ReadOnlySpan<Ingress> ingresses = history.At(ns, until);
        IngressRoute? ordinary = Best(ingresses, host, path, isCanary: false, out _);
        IngressRoute? canary = Best(ingresses, host, path, isCanary: true, out int weight);
        return ordinary is null ? (DefaultOf(ingresses), null, 0) : (ordinary.Value.Service, canary?.Service, canary is null ? 0 : weight);
    }

    private static IngressRoute? Best(ReadOnlySpan<Ingress> ingresses, string host, string path, bool isCanary, out int weight)
    {
        IngressRoute? best = null;
        int rank = -1;
        weight = 0;
        foreach (Ingress ingress in ingresses)
        {
            if (ingress.CanaryWeight is not null != isCanary) continue;
            foreach (ref readonly IngressRoute route in ingress.Routes.AsSpan())
            {
                int found = Rank(in route, host, path);
                if (found <= rank) continue;
                (best, rank, weight) = (route, found, ingress.CanaryWeight ?? 0);
            }
        }

        return best;
    }

    private static string? DefaultOf(ReadOnlySpan<Ingress> ingresses)
    {
        foreach (Ingress ingress in ingresses)
        {
            if (ingress.DefaultService.Length > 0) return ingress.DefaultService;
        }

        return null;
    }

    /// <summary>How well a route fits, −1 not at all: host first, then the length of the path, then exactness.</summary>
    private static int Rank(in IngressRoute route, string host, string path)
    {
        int byHost = HostRank(route.Host, host);
        if (byHost < 0 || !PathFits(in route, path)) return -1;
        return (byHost << 20) + (Math.Min(route.Path.Length, (1 << 18) - 1) << 1) + (route.IsExact ? 1 : 0);
    }

    private static int HostRank(string pattern, string host)
    {
        if (pattern.Length == 0) return 0;
        if (pattern == host) return 2;
        // A wildcard covers one label: *.foo.com fits bar.foo.com, not baz.bar.foo.com.
        return pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.Ordinal) && host.IndexOf('.') == host.Length - pattern.Length + 1 ? 1 : -1;
    }

    private static bool PathFits(in IngressRoute route, string path)
    {
        if (route.IsExact) return route.Path == path;
        string prefix = route.Path.TrimEnd('/');
        return path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/' || prefix.Length == 0);
    }
}
