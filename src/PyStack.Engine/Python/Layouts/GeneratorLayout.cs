namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// <c>PyGenObject</c>, which coroutines and async generators begin alike (<c>_PyGenObject_HEAD</c>), and where its frame keeps what it waits for: the object that
/// <c>yield from</c> or <c>await</c> delegates to is the topmost one on the suspended frame's stack.
/// </summary>
internal sealed record GeneratorLayout
{
    /// <summary><c>gi_qualname</c>, which coroutines and async generators have in the same place (3.5 and later).</summary>
    public required int? QualifiedName { get; init; }

    /// <summary><c>gi_frame</c>: a <c>PyFrameObject*</c>, null when the generator has ended (to 3.10).</summary>
    public required int? Frame { get; init; }

    /// <summary><c>gi_running</c>, of which 1 byte is read (to 3.9).</summary>
    public required int? Running { get; init; }

    /// <summary><c>gi_iframe</c>: the <c>_PyInterpreterFrame</c> itself, inside the generator (3.11 and later).</summary>
    public required int? InlineFrame { get; init; }

    /// <summary><c>gi_frame_state</c>, 1 byte, signed (3.11 and later).</summary>
    public required int? State { get; init; }

    /// <summary><c>f_state</c> in the frame, 1 byte, signed (3.10).</summary>
    public required int? FrameState { get; init; }

    /// <summary>What the states mean; null to 3.9.</summary>
    public required GeneratorStates? States { get; init; }

    /// <summary><c>f_stacktop</c> (to 3.9) or <c>stackpointer</c> (3.14 and later) in the frame: points after the top of its stack.</summary>
    public required int? StackTop { get; init; }

    /// <summary><c>f_stackdepth</c> (3.10) or <c>stacktop</c> (3.11 to 3.13) in the frame, 4 bytes: how many values there are on its stack, from 3.11 on its slots included.</summary>
    public required int? StackDepth { get; init; }

    /// <summary><c>f_valuestack</c> in the frame: pointer to the first value (3.10; from 3.11 on values follow the slots).</summary>
    public required int? ValueStack { get; init; }

    /// <summary><c>co_code</c> in the code object: a bytes object (3.6 to 3.10, where the next instruction says about a delegation).</summary>
    public required int? CodeBytes { get; init; }

    /// <summary>
    /// The instructions one of which is next in a frame that delegates: <c>YIELD_FROM</c> to 3.10, <c>RESUME</c> and its variant in 3.11 and 3.12. Null where
    /// there is no <c>yield from</c> (2.7), or the state tells (3.13 and later).
    /// </summary>
    public required (byte Opcode, byte Variant)? Delegating { get; init; }

    /// <summary>The smallest argument of <see cref="Delegating"/> that means a delegation: 2 of <c>RESUME</c> is after <c>yield from</c>, 3 after <c>await</c>.</summary>
    public required byte DelegatingArgument { get; init; }

    /// <summary>Which value of the frame's stack the object is, from its top: 1, and 2 where an iterator has an index above it (3.15 and later).</summary>
    public required int DelegatePlace { get; init; }

    /// <summary>The same for a build whose objects begin with more.</summary>
    public GeneratorLayout Grow(int growth) => this with
    {
        QualifiedName = QualifiedName + growth,
        Frame = Frame + growth,
        Running = Running + growth,
        InlineFrame = InlineFrame + growth,
        State = State + growth,
    };
}

/// <summary>The values of <c>enum _framestate</c> that matter; all others mean that the generator has ended.</summary>
/// <param name="Created">Its code has not begun.</param>
/// <param name="Suspended">At a <c>yield</c>, or to 3.12 at any place.</param>
/// <param name="Delegating">At a <c>yield from</c> or <c>await</c> (3.13 and later).</param>
/// <param name="DelegatingLocked">The same, while another thread examines what it delegates to (3.15 and later).</param>
internal sealed record GeneratorStates(sbyte Created, sbyte Suspended, sbyte? Delegating, sbyte? DelegatingLocked, sbyte Executing);
