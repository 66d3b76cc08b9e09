using SchedBench.Core.Resources;

namespace SchedBench.TestKit;

/// <summary>Amounts as people write them.</summary>
public static class Units
{
    /// <summary>Milli CPU of a quantity.</summary>
    public static long CpuMilli(string quantity) => Quantity.Parse(quantity).TryGetMilli(out long milli, out _) ? milli : throw new OverflowException(quantity);

    /// <summary>Bytes of a quantity.</summary>
    public static long Bytes(string quantity) => Quantity.Parse(quantity).TryGetUnits(out long bytes, out _) ? bytes : throw new OverflowException(quantity);
}
