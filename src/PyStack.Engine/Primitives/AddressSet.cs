namespace PyStack.Engine.Primitives;

/// <summary>Addresses that were seen. For the pause: nothing is allocated while there is room.</summary>
internal sealed class AddressSet
{
    private readonly AddressTable<Slot> _table = new(512);
    private bool _hasZero;

    public int Count => _table.Count;

    /// <inheritdoc cref="AddressTable{TSlot}.Collisions"/>
    public long Collisions => _table.Collisions;

    /// <inheritdoc cref="AddressTable{TSlot}.IsFixed"/>
    public bool IsFixed
    {
        get => _table.IsFixed;
        set => _table.IsFixed = value;
    }

    /// <summary>Adds an address; false if it was present. Without room, and if it may not allocate, it is not recorded and counts as new.</summary>
    public bool Add(ulong address)
    {
        if (address == 0)
        {
            bool isNew = !_hasZero;
            _hasZero = true;
            return isNew;
        }

        int before = _table.Count;
        return !_table.Set(new Slot(address)) || _table.Count > before;
    }

    /// <summary>Whether an address, which is not 0, is there.</summary>
    public bool Contains(ulong address) => _table.Find(address).Address != 0;

    /// <summary>Makes room for this many addresses.</summary>
    public void EnsureCapacity(int count) => _table.EnsureCapacity(count);

    public void Clear()
    {
        _table.Clear();
        _hasZero = false;
    }

    private readonly record struct Slot(ulong Address) : IAddressSlot;
}
