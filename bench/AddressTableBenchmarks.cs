using System;
using BenchmarkDotNet.Attributes;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Bench;

/// <summary>
/// The one hash table over addresses, beside tables that are written for their slots alone as there were four before. Promised: no slower. Of <see cref="PageTable"/>, whose
/// buckets are 4 bytes, beside one that keeps address and number of a page in each.
/// </summary>
public class AddressTableBenchmarks
{
    private const int Searches = 4096;

    private readonly ulong[] _wanted = new ulong[Searches];
    private readonly AddressTable<Known> _shared = new(1024);
    private readonly Written _written = new();
    private readonly AddressSet _set = new();
    private readonly PageTable _pages = new();
    private readonly AddressTable<Page> _sharedPages = new(1024);

    /// <summary>Addresses that are there; of what is looked for every eighth is not.</summary>
    [Params(200, 20_000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        Random random = new(4711);
        ulong[] addresses = new ulong[Count];
        for (int i = 0; i < Count; i++)
        {
            addresses[i] = 0x7f00_0000_0000 + ((ulong)random.Next(1 << 30) * 16) + ((ulong)i << 40);
            _ = _shared.Set(new Known(addresses[i], 1, 2, 3));
            _written.Set(new Known(addresses[i], 1, 2, 3));
            _ = _set.Add(addresses[i]);
            _ = _sharedPages.Set(new Page(addresses[i] & ~0xffful, _pages.Find(addresses[i] & ~0xffful) is >= 0 and int slot ? slot : _pages.Add(addresses[i] & ~0xffful)));
        }

        for (int i = 0; i < Searches; i++)
        {
            _wanted[i] = addresses[random.Next(Count)] + (i % 8 == 0 ? 8ul : 0);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Searches)]
    public long WrittenForItself()
    {
        long sum = 0;
        foreach (ulong address in _wanted)
        {
            sum += _written.Find(address).Length;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Searches)]
    public long Shared()
    {
        long sum = 0;
        foreach (ulong address in _wanted)
        {
            sum += _shared.Find(address).Length;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Searches)]
    public long SharedSet()
    {
        long sum = 0;
        foreach (ulong address in _wanted)
        {
            sum += _set.Contains(address) ? 1 : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Searches)]
    public long Pages()
    {
        long sum = 0;
        foreach (ulong address in _wanted)
        {
            sum += _pages.Find(address & ~0xffful);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Searches)]
    public long SharedPages()
    {
        long sum = 0;
        foreach (ulong address in _wanted)
        {
            sum += _sharedPages.Find(address & ~0xffful).Slot;
        }

        return sum;
    }

    private readonly record struct Known(ulong Address, ulong First, ulong Second, int Length) : IAddressSlot;

    private readonly record struct Page(ulong Address, int Slot) : IAddressSlot;

    private sealed class Written
    {
        private Known[] _slots = new Known[1024];
        private int _count;

        public ref Known Find(ulong address)
        {
            Known[] slots = _slots;
            int mask = slots.Length - 1;
            int at = AddressHash.Bucket(address, mask);
            while (slots[at].Address != address && slots[at].Address != 0)
            {
                at = (at + 1) & mask;
            }

            return ref slots[at];
        }

        public void Set(Known known)
        {
            if (_count * 2 >= _slots.Length)
            {
                Known[] old = _slots;
                _slots = new Known[old.Length * 2];
                foreach (Known one in old)
                {
                    if (one.Address != 0)
                    {
                        Find(one.Address) = one;
                    }
                }
            }

            ref Known place = ref Find(known.Address);
            _count += place.Address == 0 ? 1 : 0;
            place = known;
        }
    }
}
