using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using Xunit;

namespace PyStack.Tests.Formats;

/// <summary>What a job, remoting or clixml makes of an object has all that the object had.</summary>
public sealed class RehydrationTests
{
    public static TheoryData<string> Names => [.. Filled.Types.Select(type => type.Name)];

    private static Type TypeOf(string name) => Filled.Types.Single(type => type.Name == name);

    // As Get-PyStack gives them.
    private static object New(string name)
    {
        object one = Filled.New(TypeOf(name), property => $"the {property}");
        SerializedForm.KeepOrder((one as PyThread)?.Frames ?? (one is PyThreadActivity active ? active.Frames : one is PyActivity activity ? [.. activity.Threads.SelectMany(thread => thread.Frames)] : one is PyFrame frame ? [frame] : one is PyTask task ? [.. task.Frames, .. task.CreatedAt!] : one is PyDeadlock deadlock ? [.. deadlock.Threads.SelectMany(thread => thread.Frames), .. deadlock.Tasks.SelectMany(task => task.Frames.Concat(task.CreatedAt!))] : []));
        return one;
    }

    // As jobs and remoting do it: one level deep, unless PyStack.Types.ps1xml says more.
    private static PSObject Copied(object one)
    {
        using var shell = new EmbeddedShell();
        shell.Set("one", one);
        return Assert.Single(shell.Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($one, 1))"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_property_that_can_be_set_survives(string name)
    {
        object one = New(name);
        PSObject copy = Copied(one);
        Assert.IsType<PSCustomObject>(copy.BaseObject);
        AssertSame(one, Rehydration.Copy(TypeOf(name), copy), name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_text_survives(string name)
    {
        object one = New(name);
        Assert.Equal(one.ToString(), Copied(one).ToString());
    }

    [Fact]
    public void The_default_views_of_threads_and_frames_are_the_same()
    {
        var thread = (PyThread)New(nameof(PyThread));
        Assert.Equal(ThreadText.Of(thread), ThreadText.Of(Copied(thread)));
        Assert.Equal(Traceback.FormatProcess(PSObject.AsPSObject(thread)), Traceback.FormatProcess(Copied(thread)));
        Assert.Equal(Traceback.FormatFunction(PSObject.AsPSObject(thread.Frames[0]), null, null), Traceback.FormatFunction(Copied(thread.Frames[0]), null, null));
    }

    [Fact]
    public void Of_an_older_module_what_it_did_not_have_is_as_in_a_new_object()
    {
        var bag = new PSObject();
        bag.Properties.Add(new PSNoteProperty("ThreadId", 114));
        bag.Properties.Add(new PSNoteProperty("InterpreterCount", "no number"));
        PyThread thread = Rehydration.Thread(bag);
        Assert.Equal((114, 1, "", "", ""), (thread.ThreadId, thread.InterpreterCount, thread.PythonVersion, thread.Status, thread.StackHash));
        Assert.Empty(thread.Frames);
        Assert.Empty(thread.Warnings);
        Assert.Null(thread.Name);
        Assert.StartsWith("Thread 114 [] no frames", thread.ToString(), StringComparison.Ordinal);
    }

    private static void AssertSameValue(object? wanted, object? have, string place)
    {
        if (wanted?.GetType() is { Namespace: nameof(PyStack), IsClass: true })
        {
            AssertSame(wanted, have, place);
        }
        else
        {
            Assert.True(Equals(wanted, have), $"{place} is {have}, not {wanted}.");
        }
    }

    private static void AssertSame(object expected, object? actual, string where)
    {
        foreach (PropertyInfo property in Filled.PropertiesOf(expected.GetType()))
        {
            object? wanted = property.GetValue(expected);
            object? have = property.GetValue(actual);
            string place = $"{where}.{property.Name}";
            if (wanted is IDictionary variables)
            {
                Assert.Equal(variables.Cast<DictionaryEntry>(), ((IDictionary)have!).Cast<DictionaryEntry>());
            }
            else if (wanted is IList items)
            {
                Assert.Equal(items.Count, ((IList)have!).Count);
                foreach ((int i, object? item) in items.Cast<object>().Index())
                {
                    AssertSameValue(item, ((IList)have)[i], $"{place}[{i}]");
                }
            }
            else
            {
                AssertSameValue(wanted, have, place);
            }
        }
    }
}
