using System;

namespace PyStack.Engine.Profiling;

/// <summary>
/// Which chains of calls are known to be real. One that was never seen is believed once it is read three times in a row; until then its samples wait, and in the end they are torn ones. So a chance meeting of
/// an old caller and a new callee in both copies of a sample, one in some ten thousand where functions last 50 ns, is not counted as a stack. The running instruction of the innermost frame does not matter.
/// </summary>
internal sealed class ChainVerifier
{
    private const int Repetitions = 2;

    private readonly StackTable _chains = new();
    private SampledFrame[] _frames = new SampledFrame[64];
    private bool[] _areVerified = new bool[256];

    /// <summary>The number of the sampler's chain. If it is not verified, it is read again now.</summary>
    public int Verify(ThreadSampler sampler)
    {
        int chain = Find(sampler.Frames);
        for (int i = 0; i < Repetitions && !_areVerified[chain]; i++)
        {
            if (sampler.Read() != SampleOutcome.Read || Find(sampler.Frames) != chain)
            {
                return chain;
            }

            _areVerified[chain] = i == Repetitions - 1;
        }

        return chain;
    }

    /// <summary>Whether a chain is real.</summary>
    public bool IsVerified(int chain) => _areVerified[chain];

    /// <summary>The number of a stack's chain.</summary>
    public int Find(ReadOnlySpan<SampledFrame> frames)
    {
        if (_frames.Length < frames.Length)
        {
            _frames = new SampledFrame[Math.Max(frames.Length, _frames.Length * 2)];
        }

        frames.CopyTo(_frames);
        if (frames.Length > 0)
        {
            _frames[0] = new SampledFrame(frames[0].Code, 0);
        }

        int chain = _chains.Find(_frames.AsSpan(0, frames.Length), 0, out _);
        if (chain >= _areVerified.Length)
        {
            Array.Resize(ref _areVerified, _areVerified.Length * 2);
        }

        return chain;
    }
}
