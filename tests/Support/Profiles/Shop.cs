using System;
using System.Collections.Generic;

namespace PyStack.TestSupport.Profiles;

/// <summary>A web shop's worker before and after a change that made orders slower, for pictures.</summary>
public static class Shop
{
    private const string Orders = """
        import json
        import time

        from shop import store, prices


        class OrderHandler:
            def post(self, request):
                order = self.parse(request)
                order.total = self.total(order)
                store.save(order)
                return self.render(order)

            def parse(self, request):
                return json.loads(request.body)

            def total(self, order):
                total = 0
                for item in order.items:
                    price = prices.lookup(item.code)
                    total += price * item.count
                return total

            def render(self, order):
                return json.dumps(order.to_dict())

        """;

    private static readonly Dictionary<(string, string, int, bool), PyProfileFrame> Frames = [];

    public static PyProfile Before { get; } = Make(lookup: 120, processId: 4301);

    public static PyProfile After { get; } = Make(lookup: 520, processId: 4711);

    private static PyProfile Make(int lookup, int processId)
    {
        List<PyProfileStack> stacks = [];
        const string App = "/srv/shop/orders.py", Library = "/usr/lib/python3.12";
        foreach (int worker in (int[])[1, 2])
        {
            PyProfileFrame[] serve =
            [
                Of("Thread._bootstrap", $"{Library}/threading.py", 1032), Of("Thread.run", $"{Library}/threading.py", 1012), Of("Server.serve", "/srv/shop/server.py", 88), Of("Server.handle", "/srv/shop/server.py", 112),
            ];
            PyProfileFrame[] post = [.. serve, Of("OrderHandler.post", App, 10), Of("OrderHandler.total", App, 20)];
            Add(lookup / 2, true, [.. post, Of("lookup", "/srv/shop/prices.py", 31), Of("Row.matches", "/srv/shop/prices.py", 14)]);
            Add(lookup / 4, true, [.. post, Of("lookup", "/srv/shop/prices.py", 30)]);
            Add(lookup / 5, true, [.. post, Of("lookup", "/srv/shop/prices.py", 31), Of("Row.matches", "/srv/shop/prices.py", 13), Of("normalize", "/srv/shop/text.py", 5)]);
            Add(35, true, [.. serve, Of("OrderHandler.post", App, 10), Of("OrderHandler.total", App, 21)]);
            Add(70, true, [.. serve, Of("OrderHandler.post", App, 9), Of("OrderHandler.parse", App, 15), Of("loads", $"{Library}/json/__init__.py", 346), Of("JSONDecoder.decode", $"{Library}/json/decoder.py", 337), Native("scanner_call", "_json.so")]);
            Add(160, false, [.. serve, Of("OrderHandler.post", App, 11), Of("save", "/srv/shop/store.py", 52), Of("Connection.execute", "/srv/shop/store.py", 17), Native("PQexec", "libpq.so.5"), Native("poll", "libc.so.6")]);
            Add(45, true, [.. serve, Of("OrderHandler.post", App, 12), Of("OrderHandler.render", App, 25), Of("dumps", $"{Library}/json/__init__.py", 231), Of("JSONEncoder.encode", $"{Library}/json/encoder.py", 200), Native("encoder_call", "_json.so")]);
            Add(25, true, [.. serve, Of("Log.write", "/srv/shop/log.py", 9), Native("write", "libc.so.6")]);

            void Add(int count, bool hasGil, PyProfileFrame[] frames)
                => stacks.Add(SampleProfiles.Stack(count + worker, $"worker-{worker}", processId + worker, frames, isIdle: !hasGil, hasGil: hasGil));
        }

        stacks.Add(SampleProfiles.Stack(90, "MainThread", processId, [Of("<module>", "/srv/shop/server.py", 140), Of("main", "/srv/shop/server.py", 133), Of("Server.accept", "/srv/shop/server.py", 61), Native("accept4", "libc.so.6")], isIdle: true, hasGil: false));
        PyProfile made = SampleProfiles.New(processId, [.. stacks], new PyProfileSource { File = App, Text = Orders });
        return new PyProfile
        {
            ProcessId = processId, ProcessName = "shop", PythonVersion = "3.12.1", StartedAt = new DateTime(2026, 11, 29, 1, 2, 3, DateTimeKind.Utc), DurationSeconds = 10, Rate = 1000, AchievedRate = 1000, Samples = made.Samples,
            Stacks = made.Stacks, Sources = made.Sources,
        };
    }

    private static PyProfileFrame Of(string function, string file, int line) => Get(function, file, line, false);

    private static PyProfileFrame Native(string function, string library) => Get(function, library, 0, true);

    private static PyProfileFrame Get(string function, string file, int line, bool isNative)
    {
        if (!Frames.TryGetValue((function, file, line, isNative), out PyProfileFrame? frame))
        {
            frame = isNative ? SampleProfiles.Native(function, "/usr/lib/" + file) : SampleProfiles.Frame(function[(function.LastIndexOf('.') + 1)..], file, line, function);
            Frames.Add((function, file, line, isNative), frame);
        }

        return frame;
    }
}
