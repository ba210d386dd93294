using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;

namespace PyStack.Engine.Tests;

/// <summary>Which types of an assembly use which others of it, by what was compiled: whatever a source file calls them, and whether it names them at all.</summary>
internal sealed class TypeUses
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // ECMA-335, III.1.2.1: an instruction is one byte, or two that begin with FE.
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly Assembly _assembly;
    private readonly HashSet<Type> _found = [];

    private TypeUses(Assembly assembly) => _assembly = assembly;

    /// <summary>The types that a type uses; those that are nested in it count with it.</summary>
    public static IReadOnlyCollection<Type> Of(Type type)
    {
        TypeUses uses = new(type.Assembly);
        uses.AddType(type);
        return uses._found;
    }

    private void AddType(Type type)
    {
        Add(type.BaseType);
        Array.ForEach(type.GetInterfaces(), Add);
        AddAttributes(type);
        foreach (FieldInfo field in type.GetFields(All))
        {
            Add(field.FieldType);
            AddAttributes(field);
        }

        foreach (MethodBase method in type.GetMembers(All).OfType<MethodBase>())
        {
            AddMethod(method);
        }

        Array.ForEach(type.GetNestedTypes(All), AddType);
    }

    private void AddMethod(MethodBase method)
    {
        Add((method as MethodInfo)?.ReturnType);
        Array.ForEach(method.GetParameters(), parameter => Add(parameter.ParameterType));
        AddAttributes(method);
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }

        foreach (LocalVariableInfo local in body.LocalVariables)
        {
            Add(local.LocalType);
        }

        Type[] ofType = method.DeclaringType!.GetGenericArguments();
        Type[] ofMethod = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        foreach (int token in TokensOf(body.GetILAsByteArray()!))
        {
            Add(method.Module.ResolveMember(token, ofType, ofMethod));
        }
    }

    // The operands that stand for a type, a method or a field.
    private static IEnumerable<int> TokensOf(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xfe ? (short)((code[at] << 8) | code[at + 1]) : code[at];
            OpCode opCode = OpCodesByValue[value];
            at += opCode.Size;
            if (opCode.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return BitConverter.ToInt32(code, at);
            }

            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private void AddAttributes(MemberInfo member)
    {
        foreach (CustomAttributeData attribute in member.CustomAttributes)
        {
            Add(attribute.AttributeType);
        }
    }

    private void Add(MemberInfo? member)
    {
        switch (member)
        {
            case Type type:
                Add(type);
                break;
            case MethodBase { DeclaringType: Type declaring } method:
                Add(declaring);
                if (method.IsGenericMethod)
                {
                    Array.ForEach(method.GetGenericArguments(), Add);
                }

                break;
            case FieldInfo { DeclaringType: Type declaring }:
                Add(declaring);
                break;
        }
    }

    private void Add(Type? type)
    {
        if (type is null || type.IsGenericParameter)
        {
            return;
        }

        if (type.HasElementType)
        {
            Add(type.GetElementType());
            return;
        }

        if (type.IsGenericType)
        {
            Array.ForEach(type.GetGenericArguments(), Add);
        }

        if (type.Assembly == _assembly)
        {
            _found.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
        }
    }
}
