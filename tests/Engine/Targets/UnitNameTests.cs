using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Units by their control groups, as systemd makes these: systemd.slice(5), systemd.unit(5), user@.service(5).</summary>
public sealed class UnitNameTests
{
    [Theory]
    [InlineData("0::/system.slice/nginx.service", "nginx.service")]
    [InlineData(@"0::/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service")]
    [InlineData(@"0::/system.slice/dev-disk-by\x2duuid-1.swap", @"dev-disk-by\x2duuid-1.swap")]
    [InlineData("0::/init.scope", "init.scope")]
    [InlineData("0::/user.slice/user-1000.slice/session-2.scope", "session-2.scope")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app.service", "user@1000.service/app.service")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.slice/run-u1.scope/below", "user@1000.service/run-u1.scope")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/init.scope", "user@1000.service/init.scope")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service", "user@1000.service")]
    [InlineData("0::/system.slice/user@1000.service/user@2.service/app.service", "user@1000.service/user@2.service")]
    [InlineData("0::/system.slice/web.service/made/by/itself.service", "web.service")]
    [InlineData("0::/machine.slice/machine-box.scope/payload/system.slice/cron.service", "machine-box.scope")]
    [InlineData("0::/../nginx.service", "nginx.service")]
    [InlineData("0::/../../system.slice/nginx.service", "nginx.service")]
    [InlineData("0::/system.slice/_cgroup.service", "cgroup.service")]
    [InlineData("12:pids:/other.service\n1:name=systemd:/system.slice/cron.service\n0::/", "cron.service")]
    [InlineData("1:name=systemd:/system.slice/cron.service\n0::/system.slice/other.service", "cron.service")]
    [InlineData("5:memory:/system.slice/a.service\n0::/system.slice/b.service\n", "b.service")]
    [InlineData("0::/system.slice/a:b.service", "a:b.service")]
    public void The_unit_is_the_first_group_below_the_slices(string groups, string unit) => Assert.Equal(unit, UnitName.FindInGroups(groups));

    [Theory]
    [InlineData("")]
    [InlineData("garbage\n::\n:\n0:")]
    [InlineData("0::/")]
    [InlineData("9:name=systemd:/\n4:memory:/process_api/nginx.service\n0::/")]
    [InlineData("0::/system.slice")]
    [InlineData("0::/user.slice/user-1000.slice")]
    [InlineData("0::/kubepods/burstable/pod1/nginx.service")]
    [InlineData("5:memory:/system.slice/a.service")]
    [InlineData("0::/system.slice/a b.service")]
    [InlineData("0::/system.slice/\u001b[2Ja.service")]
    [InlineData("0::/system.slice/\u202ea.service")]
    [InlineData("0::/system.slice/.service")]
    [InlineData("0::/system.slice/a.service ")]
    [InlineData("0::/system.slice/a.target")]
    public void What_is_no_name_of_a_unit_is_none(string groups) => Assert.Null(UnitName.FindInGroups(groups));

    [Fact]
    public void A_name_is_no_longer_than_units_can_be()
    {
        string longest = new string('a', 255 - ".service".Length) + ".service";
        Assert.Equal(longest, UnitName.FindInGroups("0::/system.slice/" + longest));
        Assert.Null(UnitName.FindInGroups("0::/system.slice/a" + longest));
    }
}
