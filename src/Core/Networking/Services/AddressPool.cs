using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SchedBench.Core.Networking;

/// <summary>Numbers that are given out, the lowest free first: those above a band that is kept for who asks for a certain one, and of the band only when nothing else is left
/// (Kubernetes <c>pkg/registry/core/service/ipallocator</c> and <c>portallocator</c>, which choose at random within the bands).</summary>
internal sealed class NumberPool
{
    private readonly long _size;
    private readonly long _band;
    private readonly long _first;
    private long _upper;
    private long _lower;

    /// <summary>A pool with everything free.</summary>
    /// <param name="size">Numbers are 0 to this, exclusive.</param>
    /// <param name="band">The first so many are kept for requests.</param>
    /// <param name="first">The lowest number that may be given out.</param>
    public NumberPool(long size, long band, long first = 0)
    {
        (_size, _band, _first) = (size, Math.Min(band, size), first);
        (_upper, _lower) = (Math.Max(first, _band), first);
    }

    private readonly Dictionary<long, long> _owners = [];

    /// <summary>Numbers that are in use.</summary>
    public int Used => _owners.Count;

    /// <summary>Who has a number; 0 nobody.</summary>
    public long OwnerOf(long number) => _owners.GetValueOrDefault(number);

    /// <summary>The lowest free number that is not excluded, or −1. It is not taken yet.</summary>
    public long Next(ICollection<long>? except = null)
    {
        long found = From(ref _upper, _size, except);
        return found >= 0 ? found : From(ref _lower, _band, except);
    }

    /// <summary>A number belongs to somebody from now on.</summary>
    public void Take(long number, long owner) => _owners[number] = owner;

    /// <summary>A number is free again.</summary>
    public void Free(long number)
    {
        if (!_owners.Remove(number)) return;
        if (number >= _band) _upper = Math.Min(_upper, Math.Max(_first, number));
        else _lower = Math.Min(_lower, Math.Max(_first, number));
    }

    private long From(ref long cursor, long end, ICollection<long>? except)
    {
        while (cursor < end && _owners.ContainsKey(cursor)) cursor++;
        for (long number = cursor; number < end; number++)
        {
            if (!_owners.ContainsKey(number) && except?.Contains(number) != true) return number;
        }

        return -1;
    }
}

/// <summary>A range of addresses in CIDR notation: an address is a number in it.</summary>
internal sealed class AddressRange
{
    private readonly UInt128 _base;
    private readonly int _bits;

    /// <summary>Reads a range such as <c>10.96.0.0/12</c>.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public AddressRange(string cidr)
    {
        if (!IPNetwork.TryParse(cidr, out IPNetwork network)) throw new ArgumentException($"'{cidr}' is no range of addresses such as 10.96.0.0/12.", nameof(cidr));
        Cidr = cidr;
        IsIpv6 = network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        _bits = IsIpv6 ? 128 : 32;
        _base = NumberOf(network.BaseAddress);
        Size = 1L << Math.Min(62, _bits - network.PrefixLength);
    }

    /// <summary>The range as it was given.</summary>
    public string Cidr { get; }

    /// <summary>Whether its addresses are IPv6.</summary>
    public bool IsIpv6 { get; }

    /// <summary>Number of addresses, at most 2⁶².</summary>
    public long Size { get; }

    /// <summary>The first <c>min(max(16, size / 16), 256)</c> addresses are kept for services that ask for one.</summary>
    public long StaticBand => Math.Min(Size, Math.Clamp(Size / 16, 16, 256));

    /// <summary>Text of an address.</summary>
    public string this[long offset]
    {
        get
        {
            UInt128 number = _base + (UInt128)offset;
            Span<byte> bytes = stackalloc byte[_bits / 8];
            for (int i = bytes.Length - 1; i >= 0; i--, number >>= 8) bytes[i] = (byte)number;
            return new IPAddress(bytes).ToString();
        }
    }

    /// <summary>Place of an address in the range; −1 when it is none of it, or no address.</summary>
    public long OffsetOf(string address)
    {
        if (!IPAddress.TryParse(address, out IPAddress? parsed) || parsed.AddressFamily == AddressFamily.InterNetworkV6 != IsIpv6) return -1;
        UInt128 number = NumberOf(parsed);
        return number >= _base && number - _base < (UInt128)Size ? (long)(number - _base) : -1;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cidr}");

    private static UInt128 NumberOf(IPAddress address)
    {
        UInt128 number = 0;
        foreach (byte part in address.GetAddressBytes()) number = (number << 8) + part;
        return number;
    }
}
