using System;
using System.Collections.Generic;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace PyStack.HelpBuilder;

/// <summary>The YAML of a page, with the keys that PlatyPS writes: those that we need.</summary>
internal static class PageYaml
{
    private static readonly IDeserializer Deserializer = new DeserializerBuilder().IgnoreUnmatchedProperties().WithEnforceRequiredMembers().Build();

    /// <summary>Reads one block.</summary>
    /// <exception cref="FormatException">It is no YAML, or a key is missing or has a value of another type.</exception>
    public static T Read<T>(string yaml)
        where T : class
    {
        try
        {
            return Deserializer.Deserialize<T>(yaml) ?? throw new FormatException("a YAML block is empty");
        }
        catch (YamlException exception)
        {
            throw new FormatException((exception.InnerException ?? exception).Message, exception);
        }
    }

    /// <summary>What is at the start of a page.</summary>
    internal sealed class FrontMatter
    {
        public required string HelpUri { get; init; }
    }

    /// <summary>What is below a parameter.</summary>
    internal sealed class Parameter
    {
        public required string Type { get; init; }

        public required string DefaultValue { get; init; }

        public required bool SupportsWildcards { get; init; }

        public required List<string> Aliases { get; init; }

        public required List<ParameterSet> ParameterSets { get; init; }
    }

    /// <summary>How the parameter binds in one parameter set.</summary>
    internal sealed class ParameterSet
    {
        public required string Name { get; init; }

        public required string Position { get; init; }

        public required bool IsRequired { get; init; }

        public required bool ValueFromPipeline { get; init; }

        public required bool ValueFromPipelineByPropertyName { get; init; }
    }
}
