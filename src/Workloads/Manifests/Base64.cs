namespace SchedBench.Workloads.Manifests;

/// <summary>Base64 as Go reads it: the standard alphabet with padding; line ends inside are skipped, blanks are not.</summary>
internal static class Base64
{
    /// <summary>Whether the text is base64.</summary>
    internal static bool IsValid(string text) => TryDecode(text) is not null;

    /// <summary>The bytes, or null when the text is no base64.</summary>
    internal static byte[]? TryDecode(string text)
    {
        if (text.AsSpan().ContainsAny(' ', '\t')) return null;
        byte[] bytes = new byte[((text.Length / 4) + 1) * 3];
        return Convert.TryFromBase64String(text, bytes, out int written) ? bytes[..written] : null;
    }
}
