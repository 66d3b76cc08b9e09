using SchedBench.Core.Randomness;

namespace SchedBench.Core.Nodes;

/// <summary>What an experiment says about images: behaviour by <c>name:tag</c> or by <c>name</c>; the more exact one wins.</summary>
public sealed class ImageCatalog
{
    private readonly Dictionary<string, ImageBehavior> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    /// <summary>Behaviour of images that nothing is said about.</summary>
    public ImageBehavior Default { get; init; } = ImageBehavior.Default;

    /// <summary>Says how an image behaves.</summary>
    /// <param name="image"><c>name:tag</c>, <c>name@digest</c>, or <c>name</c> for all its tags.</param>
    /// <param name="behavior">How.</param>
    public ImageCatalog Add(string image, ImageBehavior behavior)
    {
        _byName[image] = behavior;
        return this;
    }

    /// <summary>Says that the registry has no such image: a pull fails.</summary>
    public ImageCatalog AddMissing(string image)
    {
        _missing.Add(image);
        return this;
    }

    /// <summary>A copy, to which a run may add images of its own.</summary>
    public ImageCatalog Copy()
    {
        var copy = new ImageCatalog { Default = Default };
        foreach ((string image, ImageBehavior behavior) in _byName) copy._byName.Add(image, behavior);
        copy._missing.UnionWith(_missing);
        return copy;
    }

    /// <summary>How an image behaves.</summary>
    public ImageBehavior Find(string image) => _byName.GetValueOrDefault(image) ?? _byName.GetValueOrDefault(NameOf(image)) ?? Default;

    /// <summary>Whether the registry has it.</summary>
    public bool IsInRegistry(string image) => !_missing.Contains(image) && !_missing.Contains(NameOf(image));

    /// <summary>An image without tag and digest.</summary>
    public static string NameOf(string image)
    {
        int digest = image.IndexOf('@', StringComparison.Ordinal);
        if (digest >= 0) image = image[..digest];
        int tag = image.LastIndexOf(':');
        return tag > image.LastIndexOf('/') ? image[..tag] : image;
    }
}

/// <summary>The registry and the way to it, as each node has it.</summary>
public sealed record RegistryOptions
{
    /// <summary>Bytes a second to one node.</summary>
    public double BytesPerSecond { get; init; } = 100_000_000;

    /// <summary>Time of a pull besides its bytes: resolving the tag, reading the manifest.</summary>
    public Distribution LatencySeconds { get; init; } = new ConstantDistribution(0.2);
}
