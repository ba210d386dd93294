using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace PyStack.Tests;

/// <summary>Objects of the model with something in every property that can be set, so that a property added later is in the tests.</summary>
internal static class Filled
{
    /// <summary>The model's types of which PowerShell gets objects in the pipeline, so no exceptions.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(PyThread).Assembly.GetExportedTypes().Where(type => type is { Namespace: nameof(PyStack), IsClass: true, IsAbstract: false } && !typeof(IEnumerable).IsAssignableFrom(type) && !typeof(Exception).IsAssignableFrom(type)).OrderBy(type => type.Name)];

    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties().Where(property => property.SetMethod is not null);

    /// <summary>A new object; numbers, times and texts differ from property to property, and all are other than what a new object has.</summary>
    /// <param name="text">A text for a property of that name.</param>
    public static object New(Type type, Func<string, string> text)
    {
        object one = Activator.CreateInstance(type)!;
        foreach ((int i, PropertyInfo property) in PropertiesOf(type).Index())
        {
            property.SetValue(one, Value(property.PropertyType, property.Name, i + 2, text));
        }

        return one;
    }

    private static object Value(Type type, string name, int number, Func<string, string> text)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain switch
        {
            _ when plain == typeof(string) => text(name),
            _ when plain == typeof(bool) => true,
            _ when plain == typeof(DateTime) => new DateTime(2026, 11, 23, 1, 2, number, DateTimeKind.Local),
            _ when plain == typeof(TimeSpan) => TimeSpan.FromMilliseconds(number),
            _ when plain.IsEnum => Enum.GetValues(plain).GetValue(1)!,
            _ when plain.IsPrimitive => Convert.ChangeType(number, plain, null),
            _ when plain == typeof(PyVariables) => new PyVariables { [text("b")] = text(name), [text("a")] = text("2") },
            _ when typeof(IEnumerable).IsAssignableFrom(plain) => Activator.CreateInstance(plain, Items(plain.BaseType!.GetGenericArguments()[0], name, number, text))!,
            _ when plain.Namespace == nameof(PyStack) => New(plain, text),
            _ => throw new NotSupportedException($"{name} is {plain}: say here what it may hold."),
        };
    }

    private static Array Items(Type type, string name, int number, Func<string, string> text)
    {
        var items = Array.CreateInstance(type, 2);
        items.SetValue(Value(type, name, number, text), 0);
        items.SetValue(Value(type, name + "2", number, text), 1);
        return items;
    }
}
