using System.Buffers.Binary;
using System.Numerics;

namespace SchedBench.Results.Journal;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds every flipped bit and every burst of up to 32 bits.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
