using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks;

/// <summary>
/// Reads one attribute of very many objects. Nothing is kept of an object; of a class it is kept where its instances have the attribute, if that is in a slot, since to look a class through costs more than
/// all the rest.
/// </summary>
/// <param name="name">ASCII.</param>
internal sealed class AttributeReader(ObjectReader objects, string name)
{
    private const long NoSlot = -1;

    private readonly byte[] _name = Encoding.ASCII.GetBytes(name);
    private readonly Dictionary<ulong, long> _slots = new(AddressHash.Comparer);

    /// <summary>The attribute's value; 0 if the instance has none.</summary>
    public ulong Get(ulong address)
    {
        if (address == 0 || !objects.TryGetType(address, out TypeInfo type))
        {
            return 0;
        }

        if (!_slots.TryGetValue(type.Address, out long slot))
        {
            slot = objects.TryFindSlot(type, _name, out long offset) ? offset : NoSlot;
            _slots.Add(type.Address, slot);
        }

        ulong value;
        return slot == NoSlot ? objects.TryGetInstanceAttribute(address, type, _name, out value) ? value : 0
            : objects.TryReadSlot(address, slot, out value) ? value : 0;
    }
}
