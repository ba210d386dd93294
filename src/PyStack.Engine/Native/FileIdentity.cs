namespace PyStack.Engine.Native;

/// <summary>
/// Which file it is, and in which state: two equal ones have the same bytes according to the file system.
/// </summary>
/// <param name="DeviceMajor">Major number of the file system's device, as in <c>/proc/PID/maps</c>.</param>
/// <param name="DeviceMinor">Minor number of the device.</param>
/// <param name="Inode">The file's number on that device.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedSeconds">Time of the last change of the content, in seconds since 1970.</param>
/// <param name="ModifiedNanoseconds">The rest of that time.</param>
internal readonly record struct FileIdentity(
    uint DeviceMajor, uint DeviceMinor, ulong Inode, ulong Size, long ModifiedSeconds, uint ModifiedNanoseconds);
