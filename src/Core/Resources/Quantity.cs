using System.Globalization;
using SchedBench.Core.Input;

namespace SchedBench.Core.Resources;

/// <summary>In which family of suffixes a quantity was written, and is written again.</summary>
public enum QuantityFormat : byte
{
    /// <summary>Powers of 1000 with a letter: <c>500m</c>, <c>16</c>, <c>2k</c>.</summary>
    DecimalSi,

    /// <summary>Powers of 1024: <c>64Gi</c>.</summary>
    BinarySi,

    /// <summary>Powers of ten with an exponent: <c>12e6</c>.</summary>
    DecimalExponent,
}

/// <summary>A Kubernetes quantity: an exact number of billionths, −(2⁶³−1) to 2⁶³−1 units, and the family of suffixes it was written in.</summary>
/// <remarks>
/// <para>The grammar, the resolution and the canonical form are those of <c>k8s.io/apimachinery/pkg/api/resource.Quantity</c>:</para>
/// <code>
/// quantity := [+-] number suffix          number := digits | digits . digits | digits . | . digits
/// suffix   := Ki Mi Gi Ti Pi Ei           powers of 1024
///           | n u m "" k M G T P E        powers of 1000
///           | (e|E) [+-] digits           power of ten
/// </code>
/// <para>What is finer than a billionth is rounded away from zero there and here; <see cref="IsRounded"/> says so.
/// We differ in two things, both on the strict side. Above 2⁶³−1 units Kubernetes caps silently (binary suffixes) or goes on in arbitrary precision
/// (decimal ones); here it is an error. And its scanner takes a sign, a point or a suffix without any digit (<c>-</c>, <c>.</c>, <c>M</c>) for zero, which its
/// grammar does not allow; here the grammar holds. No floating-point number is involved anywhere.</para>
/// <para>Equality is of amount; <c>1Ki</c> equals <c>1024</c>.</para>
/// </remarks>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    internal const long NanosPerUnit = 1_000_000_000;
    private const long NanosPerMilli = 1_000_000;

    private readonly Int128 _nanos;

    internal Quantity(Int128 nanos, QuantityFormat format, bool isRounded)
    {
        _nanos = nanos;
        Format = format;
        IsRounded = isRounded;
    }

    /// <summary>Family of suffixes for printing.</summary>
    public QuantityFormat Format { get; }

    /// <summary>Whether the text was finer than a billionth and was rounded away from zero.</summary>
    public bool IsRounded { get; }

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => Int128.Sign(_nanos);

    internal Int128 Nanos => _nanos;

    /// <summary>An amount of thousandths, printed like CPU: <c>500m</c>, <c>16</c>.</summary>
    public static Quantity FromMilli(long milli) => new((Int128)milli * NanosPerMilli, QuantityFormat.DecimalSi, isRounded: false);

    /// <summary>An amount of bytes, printed with binary suffixes where they are exact: <c>64Gi</c>.</summary>
    public static Quantity FromBytes(long bytes) => new((Int128)bytes * NanosPerUnit, QuantityFormat.BinarySi, isRounded: false);

    /// <summary>Parses <paramref name="text"/>, which holds nothing but the quantity (blanks are errors, as in Kubernetes).</summary>
    /// <returns>Whether it is a quantity; when not, <paramref name="error"/> says what is wrong and where.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Quantity quantity, out TextError error) =>
        QuantityParser.TryParse(text, out quantity, out error);

    /// <summary>Parses a quantity that is known to be good.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out Quantity quantity, out TextError error)
            ? quantity
            : throw new FormatException($"'{text}', column {error.Position + 1}: {error.Expected}");

    /// <summary>Thousandths, rounded away from zero (<c>0.1m</c> counts as 1m, as in Kubernetes).</summary>
    /// <param name="milli">The result.</param>
    /// <param name="isRounded">Whether <paramref name="milli"/> differs from what was written.</param>
    /// <returns><see langword="false"/> when the result does not fit 64 bits.</returns>
    public bool TryGetMilli(out long milli, out bool isRounded) => TryScale(NanosPerMilli, out milli, out isRounded);

    /// <summary>Whole units (bytes, devices), rounded away from zero.</summary>
    /// <param name="units">The result.</param>
    /// <param name="isRounded">Whether <paramref name="units"/> differs from what was written.</param>
    /// <returns><see langword="false"/> when the result does not fit 64 bits.</returns>
    public bool TryGetUnits(out long units, out bool isRounded) => TryScale(NanosPerUnit, out units, out isRounded);

    /// <summary>The canonical form: no fraction, the largest suffix that keeps the number whole; a binary quantity below 1024 or with a fraction is written
    /// with decimal suffixes.</summary>
    public override string ToString()
    {
        if (_nanos == 0) return "0";
        bool wholeKibi = Int128.Abs(_nanos) >= (Int128)1024 * NanosPerUnit && _nanos % NanosPerUnit == 0;
        return Format == QuantityFormat.BinarySi && wholeKibi ? BinaryText() : DecimalText(Format == QuantityFormat.DecimalExponent);
    }

    /// <inheritdoc/>
    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    /// <inheritdoc/>
    public bool Equals(Quantity other) => _nanos == other._nanos;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _nanos.GetHashCode();

    /// <summary>Equal amounts.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    /// <summary>Different amounts.</summary>
    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    /// <summary>Smaller amount.</summary>
    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    /// <summary>Smaller or equal amount.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    /// <summary>Larger amount.</summary>
    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    /// <summary>Larger or equal amount.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    private bool TryScale(long nanosPerStep, out long steps, out bool isRounded)
    {
        (Int128 quotient, Int128 rest) = Int128.DivRem(_nanos, nanosPerStep);
        if (rest != 0) quotient += Int128.Sign(rest);
        isRounded = IsRounded || rest != 0;
        bool fits = quotient >= long.MinValue && quotient <= long.MaxValue;
        steps = fits ? (long)quotient : 0;
        return fits;
    }

    private string BinaryText()
    {
        Int128 units = _nanos / NanosPerUnit;
        int power = 0;
        for (; power < QuantityParser.BinarySuffixes.Length && units % 1024 == 0; power++) units /= 1024;
        return units.ToString(CultureInfo.InvariantCulture) + (power == 0 ? "" : QuantityParser.BinarySuffixes[power - 1]);
    }

    private string DecimalText(bool asExponent)
    {
        Int128 mantissa = _nanos;
        int exponent = -9;
        for (; exponent < 18 && mantissa % 1000 == 0; exponent += 3) mantissa /= 1000;
        string digits = mantissa.ToString(CultureInfo.InvariantCulture);
        if (!asExponent) return digits + QuantityParser.DecimalSuffixes[(exponent / 3) + 3];
        return exponent == 0 ? digits : string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
    }
}
