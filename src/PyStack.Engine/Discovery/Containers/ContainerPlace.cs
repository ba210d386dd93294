namespace PyStack.Engine.Discovery.Containers;

/// <summary>Where a process runs: what is not known is null.</summary>
/// <param name="Container"><inheritdoc cref="PyProcess.Container" path="/summary"/></param>
/// <param name="ContainerName"><inheritdoc cref="PyProcess.ContainerName" path="/summary"/></param>
/// <param name="Pod"><inheritdoc cref="PyProcess.Pod" path="/summary"/></param>
/// <param name="PodId"><inheritdoc cref="PyProcess.PodId" path="/summary"/></param>
/// <param name="Namespace"><inheritdoc cref="PyProcess.Namespace" path="/summary"/></param>
internal readonly record struct ContainerPlace(string? Container, string? ContainerName, string? Pod, string? PodId, string? Namespace);
