using System.Text.RegularExpressions;

namespace PyStack.Engine.Discovery.Containers;

/// <summary>What Kubernetes accepts as the name of a pod or namespace: a DNS subdomain name (RFC 1123) of at most 253 characters.</summary>
internal static partial class KubernetesName
{
    public static bool IsValid(string? text) => text is { Length: > 0 and <= 253 } && Subdomain().IsMatch(text);

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Subdomain();
}
