using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Reflection;

namespace PyStack;

/// <summary>
/// Restores the model's objects from the property bags of remoting, jobs and clixml. Every property that can be set is restored, so
/// that one that is added to the model later is not forgotten here.
/// </summary>
internal static class Rehydration
{
    private static readonly ConcurrentDictionary<Type, Slot[]> Slots = new();

    /// <summary>The thread itself, or a copy of a deserialized one. What is missing stays empty.</summary>
    public static PyThread Thread(PSObject thread) => (PyThread)Copy(typeof(PyThread), thread);

    /// <summary>The frame itself, or a copy of a deserialized one. What is missing stays empty.</summary>
    public static PyFrame Frame(PSObject frame) => (PyFrame)Copy(typeof(PyFrame), frame);

    /// <summary>The same for any type of the model.</summary>
    internal static object Copy(Type type, PSObject from)
    {
        if (type.IsInstanceOfType(from.BaseObject))
        {
            return from.BaseObject;
        }

        object copy = Activator.CreateInstance(type)!;
        foreach ((PropertyInfo property, object? empty) in Slots.GetOrAdd(type, SlotsOf))
        {
            object? value = from.Properties[property.Name]?.Value;
            if (((value is null ? null : Convert(property.PropertyType, value)) ?? empty) is object known)
            {
                property.SetValue(copy, known);
            }
        }

        return copy;
    }

    private static Slot[] SlotsOf(Type type) => Array.ConvertAll(
        Array.FindAll(type.GetProperties(BindingFlags.Public | BindingFlags.Instance), property => property.SetMethod is not null),
        property => new Slot(property, EmptyOf(property)));

    // A property that is never null must not become null because an older module on the other side did not have it.
    private static object? EmptyOf(PropertyInfo property)
    {
        Type type = property.PropertyType;
        bool isNeverNull = !type.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull;
        return !isNeverNull ? null : type == typeof(string) ? "" : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0) : null;
    }

    /// <summary>The value as the property has it; null if it cannot be converted.</summary>
    private static object? Convert(Type type, object value)
    {
        object plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (type == typeof(OrderedDictionary))
        {
            return plain is IDictionary variables ? Variables(variables) : null;
        }

        if (type.IsArray && IsOfModel(type.GetElementType()!))
        {
            return plain is IList list ? Copies(type.GetElementType()!, list) : null;
        }

        return IsOfModel(type)
            ? Copy(type, PSObject.AsPSObject(value))
            : LanguagePrimitives.TryConvertTo(value, type, out object converted) ? converted : null;
    }

    // Enumerations are the model's, too, and come by their names.
    private static bool IsOfModel(Type type) => type.IsClass && type.Namespace == typeof(PyThread).Namespace;

    private static Array Copies(Type type, IList list)
    {
        var copies = Array.CreateInstance(type, list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            copies.SetValue(Copy(type, PSObject.AsPSObject(list[i] ?? "")), i);
        }

        return copies;
    }

    private static OrderedDictionary Variables(IDictionary variables)
    {
        var copy = new OrderedDictionary(variables.Count);
        foreach (DictionaryEntry variable in variables)
        {
            copy[variable.Key] = variable.Value;
        }

        return copy;
    }

    /// <summary>A property that can be set, and its default value; null for the default of its type.</summary>
    private readonly record struct Slot(PropertyInfo Property, object? Empty);
}
