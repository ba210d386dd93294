namespace PyStack.Engine.Compression;

/// <summary>Formats of compressed data.</summary>
internal enum CompressionFormat
{
    /// <summary>RFC 1950.</summary>
    ZLib,

    /// <summary>RFC 1952.</summary>
    GZip,

    /// <summary>RFC 8878.</summary>
    Zstandard,

    /// <summary>The .xz file format, version 1.1.</summary>
    Xz,

    /// <summary>The LZ4 frame format, version 1.6.</summary>
    Lz4,
}
