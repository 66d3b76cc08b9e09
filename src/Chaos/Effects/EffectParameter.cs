using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Resources;

namespace SchedBench.Chaos.Effects;

/// <summary>What a parameter of an effect is written as.</summary>
public enum ParameterType
{
    /// <summary>A duration, such as <c>90s</c>.</summary>
    Duration,

    /// <summary>A decimal number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>Bytes as a Kubernetes quantity, such as <c>256Mi</c>.</summary>
    Bytes,

    /// <summary>One of some words.</summary>
    Word,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Who is at the other end of a link: see <see cref="PeerText"/>.</summary>
    Peer,
}

/// <summary>Something that can be said about an effect. Values are kept as text in one way of writing them, so that equal effects are equal.</summary>
/// <param name="Name">Name of the key.</param>
/// <param name="Type">What it is written as.</param>
/// <param name="Meaning">What it says.</param>
public sealed record EffectParameter(string Name, ParameterType Type, string Meaning)
{
    /// <summary>Value when it is left out; null when it has none and the effect goes without.</summary>
    public string? Default { get; init; }

    /// <summary>Whether it has to be stated.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Least value of a number; seconds of a duration.</summary>
    public decimal Least { get; init; }

    /// <summary>Largest value of a number; seconds of a duration.</summary>
    public decimal Most { get; init; } = long.MaxValue;

    /// <summary>Words that it may be.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Reads a value.</summary>
    /// <param name="text">As written.</param>
    /// <param name="value">In the one way of writing it.</param>
    /// <param name="error">What is wrong, when it is not one.</param>
    public bool TryRead(string text, out string value, out TextError error)
    {
        (value, error) = (text, default);
        switch (Type)
        {
            case ParameterType.Duration:
                if (!DurationText.TryParse(text, out TimeSpan duration, out error)) return false;
                value = DurationText.Format(duration);
                return IsWithin((decimal)duration.Ticks / TimeSpan.TicksPerSecond, out error);
            case ParameterType.Number:
                if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return Fail("expected a number", out error);
                value = number.ToString("0.##########", CultureInfo.InvariantCulture);
                return IsWithin(number, out error);
            case ParameterType.Whole:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return Fail("expected a whole number", out error);
                value = whole.ToString(CultureInfo.InvariantCulture);
                return IsWithin(whole, out error);
            case ParameterType.Bytes:
                if (!Quantity.TryParse(text, out Quantity quantity, out error)) return false;
                if (!quantity.TryGetUnits(out long bytes, out bool isRounded) || isRounded) return Fail("expected a whole number of bytes", out error);
                value = bytes.ToString(CultureInfo.InvariantCulture);
                return IsWithin(bytes, out error);
            case ParameterType.Word:
                return Words.Contains(text, StringComparer.Ordinal) || Fail($"expected one of {string.Join(", ", Words)}", out error);
            case ParameterType.Peer:
                if (!PeerText.TryParse(text, out Core.Faults.LinkPeer peer, out error)) return false;
                value = PeerText.Format(peer);
                return true;
            default:
                return text.Length > 0 || Fail("expected text", out error);
        }
    }

    private bool IsWithin(decimal value, out TextError error)
    {
        error = default;
        if (value >= Least && value <= Most) return true;
        string unit = Type == ParameterType.Duration ? "s" : "";
        return Fail(
            Most == long.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"expected at least {Least}{unit}") : string.Create(CultureInfo.InvariantCulture, $"expected {Least}{unit} to {Most}{unit}"), out error);
    }

    private static bool Fail(string expected, out TextError error)
    {
        error = new TextError(0, expected);
        return false;
    }
}
