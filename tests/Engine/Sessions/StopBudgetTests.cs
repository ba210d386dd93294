using System;
using PyStack.Engine.Capture;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class StopBudgetTests
{
    [Fact]
    public void A_call_stops_its_target_four_times_at_most()
    {
        StopBudget budget = new();
        int stops = 0;
        while (budget.HasMore)
        {
            budget.Add(TimeSpan.FromMilliseconds(0.1));
            stops++;
        }

        Assert.Equal(4, stops);
        Assert.Equal(TimeSpan.FromMilliseconds(0.4), budget.Spent);
    }

    [Fact]
    public void No_stop_is_begun_after_100_ms_of_the_targets_time()
    {
        StopBudget budget = new();

        budget.Add(TimeSpan.FromMilliseconds(99));
        Assert.True(budget.HasMore);
        budget.Add(TimeSpan.FromMilliseconds(99));

        Assert.False(budget.HasMore);
        Assert.Equal(TimeSpan.FromMilliseconds(198), budget.Spent);
    }
}
