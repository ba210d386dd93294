




namespace PyStack.Engine.Python.Objects;

/// <summary>How <c>repr()</c> of an object is built.</summary>
internal enum ObjectKind : byte
{
    /// <summary>Anything that is shown by the name of its type and its address.</summary>
    Other,
    None,
    Ellipsis,
    NotImplemented,
    Bool,

    /// <summary>2.7's int, which is a C long.</summary>
    SmallInt,
    Int,
    Float,
    Complex,
    Text,

    /// <summary>2.7's unicode.</summary>
    OldText,
    Bytes,
    ByteArray,
    List,
    Tuple,
    NamedTuple,
    Dict,
    OrderedDict,
    DefaultDict,
    Counter,
    ChainMap,
    Deque,

    /// <summary><c>types.MappingProxyType</c></summary>
    MappingProxy,

    /// <summary><c>types.SimpleNamespace</c></summary>
    Namespace,
    Set,
    FrozenSet,
    Range,
    Function,
    BuiltInFunction,
    Class,
    Module,
    Exception,
    Enum,
    Cell,
    Partial,
    Date,
    Time,
    DateTime,
    TimeDelta,
    TimeZone,
    NumpyArray,
    NumpyScalar,
}
