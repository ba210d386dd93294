using PyStack.TestSupport.Reports;
using Xunit;

[assembly: AssemblyFixture(typeof(TestReport))]
