using System;
using System.Collections;
using System.Collections.Concurrent;
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

    /// <summary>The deadlock itself, or a copy of a deserialized one. What is missing stays empty.</summary>
    public static PyDeadlock Deadlock(PSObject deadlock) => (PyDeadlock)Copy(typeof(PyDeadlock), deadlock);

    /// <summary>The task itself, or a copy of a deserialized one. What is missing stays empty.</summary>
    public static PyTask Task(PSObject task) => (PyTask)Copy(typeof(PyTask), task);

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
        return !isNeverNull ? null : type == typeof(string) ? "" : ItemOf(type) is { } item ? ListOf(type, Array.CreateInstance(item, 0)) : null;
    }

    /// <summary>The value as the property has it; null if it cannot be converted.</summary>
    private static object? Convert(Type type, object value)
    {
        object plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (type == typeof(PyVariables))
        {
            return Variables(value, plain);
        }

        if (ItemOf(type) is { } item)
        {
            return ListOf(type, Copies(item, plain is IList list ? list : new[] { value }));
        }

        return IsOfModel(type)
            ? Copy(type, PSObject.AsPSObject(value))
            : LanguagePrimitives.TryConvertTo(value, type, out object converted) ? converted : null;
    }

    // Enumerations are the model's, too, and come by their names.
    private static bool IsOfModel(Type type) => type.IsClass && type.Namespace == typeof(PyThread).Namespace;

    /// <summary>What a list of the model contains; null for other types.</summary>
    private static Type? ItemOf(Type type)
        => type.BaseType is { IsGenericType: true } list && list.GetGenericTypeDefinition() == typeof(PyList<>) ? list.GetGenericArguments()[0] : null;

    private static object ListOf(Type type, Array items) => Activator.CreateInstance(type, items)!;

    private static Array Copies(Type type, IList list)
    {
        var copies = Array.CreateInstance(type, list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            copies.SetValue(IsOfModel(type) ? Copy(type, PSObject.AsPSObject(list[i] ?? "")) : list[i]?.ToString() ?? "", i);
        }

        return copies;
    }

    // JSON has objects where the others have dictionaries.
    private static PyVariables? Variables(object value, object plain)
    {
        var copy = new PyVariables();
        if (plain is IDictionary variables)
        {
            foreach (DictionaryEntry variable in variables)
            {
                copy[variable.Key] = variable.Value;
            }
        }
        else if (plain is PSCustomObject)
        {
            foreach (PSPropertyInfo variable in PSObject.AsPSObject(value).Properties)
            {
                copy[variable.Name] = variable.Value;
            }
        }
        else
        {
            return null;
        }

        return copy;
    }

    /// <summary>A property that can be set, and its default value; null for the default of its type.</summary>
    private readonly record struct Slot(PropertyInfo Property, object? Empty);
}
