namespace PyStack.Engine.Waits.Descriptors;

/// <summary>A socket with both of its ends.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>raw</c>, <c>unix</c></param>
/// <param name="Local">Address and port, or a path; null of a unix socket without a name.</param>
/// <param name="Remote">Of a unix socket the name of the other end; null where it has none.</param>
/// <param name="State">In the words of <c>ss</c>; null where it says nothing.</param>
/// <param name="PeerInode">The number of the socket at the other end, of TCP if it is on the same machine; 0 where it is not known.</param>
internal sealed record SocketEnds(string Protocol, string? Local, string? Remote, string? State, ulong PeerInode);
