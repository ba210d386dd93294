using System.Collections.Generic;

namespace PyStack.Engine.Python.Repr;

/// <summary>How variables are shown.</summary>
/// <param name="MaxLength">Characters of one value; 0: as many as <c>Limits.ValueLength</c> allows.</param>
/// <param name="IsRedacted">Whether values under names that look like a secret are hidden.</param>
/// <param name="SecretWords">More words for such names.</param>
internal sealed record ValueOptions(int MaxLength = 80, bool IsRedacted = true, IReadOnlyList<string>? SecretWords = null);
