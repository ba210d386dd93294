using System;
using System.IO;
using System.Linq;
using System.Threading;
using PyStack.Engine.Profiling.Formats;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Formats;

public sealed class ProfileFormatsTests
{
    public static TheoryData<string> Names => [.. ProfileFormats.All.Select(format => format.Name)];

    [Theory]
    [InlineData("/tmp/x.html", "Html")]
    [InlineData("/tmp/X.HTM", "Html")]
    [InlineData("x.speedscope.json", "Speedscope")]
    [InlineData("x.collapsed.txt", "Collapsed")]
    [InlineData("x.folded", "Collapsed")]
    [InlineData("x.gecko.json", "Gecko")]
    [InlineData("x.pb.gz", "Pprof")]
    [InlineData("x.json", null)]
    [InlineData("x.txt", null)]
    [InlineData("html", null)]
    public void The_end_of_a_name_means_a_format(string path, string? format) => Assert.Equal(format, ProfileFormats.ByPath(path)?.Name);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_profile_gives_the_same_bytes(string format)
        => Assert.Equal(Written.Bytes(format, [SampleProfiles.Simple()]), Written.Bytes(format, [SampleProfiles.Simple()]));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_without_stacks_is_written(string format) => Assert.NotNull(Written.Bytes(format, [new PyProfile { ProcessId = 1 }]));

    [Theory]
    [MemberData(nameof(Names))]
    public void Writing_ends_when_it_is_cancelled(string format) => Assert.Throws<OperationCanceledException>(
        () => ProfileFormats.ByName(format)!.Write(Stream.Null, new ProfileSet([SampleProfiles.Simple()], []), new CancellationToken(canceled: true)));
}
