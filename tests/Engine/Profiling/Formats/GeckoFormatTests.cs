using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Formats;

/// <summary>By the types of the Firefox Profiler's <c>src/types/profile.ts</c>, version 60.</summary>
public sealed class GeckoFormatTests
{
    private static readonly JsonElement File = Written.Json("Gecko", SampleProfiles.Simple());

    private static JsonElement Shared(string table) => File.GetProperty("shared").GetProperty(table);

    private static string Text(JsonElement index) => Shared("stringArray")[index.GetInt32()].GetString()!;

    private static List<string> Names(int stack)
    {
        List<string> names = [];
        for (JsonElement prefix; ; stack = prefix.GetInt32())
        {
            JsonElement frame = Shared("frameTable");
            int number = Shared("stackTable").GetProperty("frame")[stack].GetInt32();
            names.Insert(0, $"{Text(Shared("funcTable").GetProperty("name")[frame.GetProperty("func")[number].GetInt32()])}:{frame.GetProperty("line")[number]}");
            prefix = Shared("stackTable").GetProperty("prefix")[stack];
            if (prefix.ValueKind == JsonValueKind.Null)
            {
                return names;
            }
        }
    }

    [Fact]
    public void Each_stack_is_a_sample_with_a_weight()
    {
        JsonElement samples = File.GetProperty("threads")[0].GetProperty("samples");

        Assert.Equal([40, 20, 20], samples.GetProperty("weight").EnumerateArray().Select(weight => weight.GetInt32()));
        Assert.Equal([0.0, 400, 600], samples.GetProperty("time").EnumerateArray().Select(time => time.GetDouble()));
        Assert.Equal("samples", samples.GetProperty("weightType").GetString());
        Assert.Equal(["<module>:12", "work:5", "App.compute:8", "pow:"], Names(samples.GetProperty("stack")[1].GetInt32()));
    }

    [Fact]
    public void Every_column_of_a_table_has_its_length()
    {
        foreach (JsonProperty table in File.GetProperty("shared").EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object))
        {
            int length = table.Value.GetProperty("length").GetInt32();
            Assert.All(table.Value.EnumerateObject().Where(column => column.Name != "length"), column => Assert.Equal(length, column.Value.GetArrayLength()));
        }
    }

    [Fact]
    public void A_function_has_its_file_and_a_native_one_its_library()
    {
        JsonElement functions = Shared("funcTable");

        Assert.Equal("/srv/app.py", Text(Shared("sources").GetProperty("filename")[functions.GetProperty("source")[0].GetInt32()]));
        Assert.Equal("libm.so.6", Text(Shared("resourceTable").GetProperty("name")[functions.GetProperty("resource")[3].GetInt32()]));
    }

    [Fact]
    public void Hostile_names_are_strings_of_valid_JSON()
        => Assert.Equal(SampleProfiles.HostileNames.Count, Written.Json("Gecko", SampleProfiles.Hostile()).GetProperty("threads").GetArrayLength());
}
