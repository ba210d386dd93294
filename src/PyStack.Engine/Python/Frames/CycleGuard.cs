namespace PyStack.Engine.Python.Frames;

/// <summary>
/// Detects a cycle in a chain of links without storing every link (Brent's algorithm): each link is compared with one
/// earlier one, which is replaced at every power of two.
/// </summary>
internal struct CycleGuard
{
    private ulong _mark;
    private int _steps;
    private int _nextMark;

    /// <summary>Takes the chain's next address. Returns false if it closes a cycle.</summary>
    public bool TryStep(ulong address)
    {
        if (_steps > 0 && address == _mark)
        {
            return false;
        }

        if (_steps++ >= _nextMark)
        {
            _mark = address;
            _nextMark = _steps * 2;
        }

        return true;
    }
}
