using SchedBench.Core.Faults;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Effects;

/// <summary>Who is at the other end of a link, as text.</summary>
/// <remarks>
/// <code>
/// peer := anyone | controlPlane | outside | registry | nodes [selector] | pods [namespace] [selector]     a namespace is followed by a slash: pods shop/ app=web
/// </code>
/// </remarks>
public static class PeerText
{
    private const string Expected = "expected anyone, controlPlane, outside, registry, 'nodes SELECTOR', or 'pods NAMESPACE/ SELECTOR'";

    private static readonly (string Word, LinkPeerKind Kind)[] Kinds =
    [
        ("anyone", LinkPeerKind.Anyone), ("controlPlane", LinkPeerKind.ControlPlane), ("outside", LinkPeerKind.Outside), ("registry", LinkPeerKind.Registry), ("nodes", LinkPeerKind.Nodes), ("pods", LinkPeerKind.Pods),
    ];

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out LinkPeer peer, out TextError error)
    {
        (peer, error) = (LinkPeer.Anyone, default);
        int blank = text.IndexOf(' ', StringComparison.Ordinal);
        string word = blank < 0 ? text : text[..blank], rest = blank < 0 ? "" : text[(blank + 1)..].Trim();
        (string Word, LinkPeerKind Kind) found = Kinds.FirstOrDefault(kind => kind.Word == word);
        if (found.Word is null || (rest.Length > 0 && found.Kind is not (LinkPeerKind.Nodes or LinkPeerKind.Pods)))
        {
            error = new TextError(0, Expected);
            return false;
        }

        string ns = "";
        if (found.Kind == LinkPeerKind.Pods && rest.Split(' ')[0] is var first && first.EndsWith('/'))
        {
            ns = first[..^1];
            rest = rest[first.Length..].Trim();
        }

        LabelSelector? selector = null;
        if (rest.Length > 0 && !SelectorText.TryParse(rest, out selector, out error)) return false;
        peer = new LinkPeer(found.Kind, ns, selector);
        return true;
    }

    /// <summary>Writes one.</summary>
    public static string Format(LinkPeer peer)
    {
        string ns = peer.Namespace.Length > 0 ? $" {peer.Namespace}/" : "", selector = peer.Selector is { } labels ? $" {SelectorText.Format(labels)}" : "";
        return $"{Kinds.First(kind => kind.Kind == peer.Kind).Word}{ns}{selector}";
    }
}
