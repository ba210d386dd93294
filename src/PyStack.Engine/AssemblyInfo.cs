using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Calls into libc pass plain values: no marshalling stubs have to be made at run time, least of all in a target's pause.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
