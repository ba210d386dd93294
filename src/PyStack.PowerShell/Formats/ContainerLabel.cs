namespace PyStack;

/// <summary>The container of a process for a narrow column: <c>[shop/web-5d9c]</c> of a pod, <c>[4f1c2d9a8b7e]</c> of a container with an id, <c>[web]</c> of one with a name.</summary>
internal static class ContainerLabel
{
    /// <summary>Longer texts are ids, not names.</summary>
    public const int IdLength = 32;

    // Characters of an id that are shown, as docker ps does.
    private const int MaxId = 12;

    /// <summary>The label with a blank after it; empty for a process in no container.</summary>
    public static string Of(string? container, string? pod, string? place)
        => !string.IsNullOrEmpty(pod) ? string.IsNullOrEmpty(place) ? $"[{pod}] " : $"[{place}/{pod}] "
            : string.IsNullOrEmpty(container) ? ""
            : container.Length >= IdLength ? $"[{container[..MaxId]}] "
            : $"[{container}] ";
}
