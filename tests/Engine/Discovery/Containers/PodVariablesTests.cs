using System.Text;
using PyStack.Engine.Discovery.Containers;
using Xunit;

namespace PyStack.Engine.Tests.Discovery.Containers;

public sealed class PodVariablesTests
{
    [Theory]
    [InlineData("PATH=/bin\0HOSTNAME=web-0\0KUBERNETES_SERVICE_HOST=10.0.0.1\0", true, null, null, "web-0")]
    [InlineData("POD_NAME=web-1\0POD_NAMESPACE=shop\0HOSTNAME=node7", false, "web-1", "shop", "node7")]
    [InlineData("XHOSTNAME=a\0HOSTNAME=a b\0POD_NAME=\x1b[2J\0POD_NAMESPACE=../x\0", false, null, null, null)]
    [InlineData("HOSTNAME=Upper\0POD_NAME=\0POD_NAMESPACE=-a", false, null, null, null)]
    [InlineData("\0\0HOSTNAME", false, null, null, null)]
    [InlineData("", false, null, null, null)]
    public void Only_what_can_be_a_name_is_taken(string environment, bool isInPod, string? name, string? place, string? hostName)
    {
        PodVariables variables = PodVariables.Parse(Encoding.UTF8.GetBytes(environment));
        Assert.Equal((isInPod, name, place, hostName), (variables.IsInPod, variables.Name, variables.Namespace, variables.HostName));
    }

    [Fact]
    public void A_name_is_not_longer_than_Kubernetes_allows()
    {
        Assert.Equal(253, PodVariables.Parse(Encoding.UTF8.GetBytes("HOSTNAME=" + new string('a', 253))).HostName?.Length);
        Assert.Null(PodVariables.Parse(Encoding.UTF8.GetBytes("HOSTNAME=" + new string('a', 254))).HostName);
    }
}
