using System.Globalization;

namespace SchedBench.Core.Input;

/// <summary>Instants in the form of RFC 3339: <c>2024-01-01T00:00:00Z</c>, with up to seven decimals of a second and any offset.</summary>
public static class Rfc3339
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Parses a text that holds nothing but the instant. A text without offset is refused: it would mean another instant in every time zone.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        bool hasOffset = text is [.., 'Z'] || (text.Length > 6 && text[^6] is '+' or '-');
        return hasOffset && text.Length > 19 && text[19] is not ',' && char.IsAsciiDigit(text[18])
            && DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);
    }

    /// <summary>Prints in UTC without needless decimals: <c>2024-01-01T00:00:00Z</c>.</summary>
    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
