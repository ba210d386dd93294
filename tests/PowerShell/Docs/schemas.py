"""Reads the JSON and CSV of a capture, and compares them with the tables of docs/schemas.md: schemas.py TABLES FOLDER."""
import csv
import datetime
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    TABLES = {name: [(row["Key"], row["Value"]) for row in rows] for name, rows in json.load(file).items()}

CHECKS = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "time": lambda value: datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None,
    "array of strings": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "array of frames": lambda value: isinstance(value, list) and len(value) > 0 and all(check("frames", one) is None for one in value),
    "array of tasks": lambda value: value == [],
    "array of interpreters": lambda value: len(value) == 1 and list(value[0]) == ["PythonVersion", "Path"],
    "wait": lambda value: isinstance(value, dict) and check("waits", value) is None,
    "object": lambda value: isinstance(value, dict) and all(isinstance(one, str) for one in value.values()),
}


def check(table, item):
    assert list(item) == [name for name, _ in TABLES[table]], list(item)
    for name, kind in TABLES[table]:
        value = item[name]
        assert (value is None and kind.endswith(" or null")) or CHECKS[kind.removesuffix(" or null")](value), (table, name, kind, value)


with open(sys.argv[2] + "/stacks.json", encoding="utf-8") as file:
    THREADS = json.load(file)
for thread in THREADS:
    check("threads", thread)
    # The names of enums, and no numbers.
    assert thread["Gil"] in ("Unknown", "NotHeld", "Held", "Waiting", "Dropping"), thread["Gil"]
    assert {frame["Kind"] for frame in thread["Frames"]} <= {"Python", "Native"}
    assert all((frame["StackHash"], frame["Gil"], frame["CapturedAt"]) == (thread["StackHash"], thread["Gil"], thread["CapturedAt"]) for frame in thread["Frames"])
# The program of the test reads its standard input, a pipe.
assert any(thread["Wait"] and (thread["Wait"]["Kind"], thread["Wait"]["FileDescriptor"]) == ("Pipe", 0) for thread in THREADS)
assert any(frame["Locals"] for frame in THREADS[0]["Frames"]) or any(frame["Arguments"] == {} for frame in THREADS[0]["Frames"])

with open(sys.argv[2] + "/tasks.json", encoding="utf-8") as file:
    TASKS = json.load(file)
for task in TASKS:
    check("tasks", task)
assert {(task["Kind"], task["State"]) for task in TASKS} == {("Asyncio", "Waiting")}, TASKS
assert {task["ParentId"] for task in TASKS} <= {task["Id"] for task in TASKS} | {None}
assert [task["Branch"][-3:] for task in TASKS if task["ParentId"]][-1] == "└─ "

with open(sys.argv[2] + "/processes.json", encoding="utf-8") as file:
    PROCESS, = json.load(file)
check("processes", PROCESS)
assert PROCESS["State"] == "Sleeping" and PROCESS["WorkingSet"] % 4096 == 0 < PROCESS["WorkingSet"], PROCESS

CAPTURED = THREADS[:-1]
for name, wanted in ("threads", CAPTURED), ("frames", [frame for thread in CAPTURED for frame in thread["Frames"]]):
    with open(f"{sys.argv[2]}/{name}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(wanted), (name, len(rows), len(wanted))
    for row, item in zip(rows, wanted):
        assert list(row) == list(item), list(row)
        for key, value in item.items():
            assert not row[key].startswith(("System.", "PyStack.")), (key, row[key])
            if key == "Wait":
                assert row[key] == (value["Description"] if value else ""), (row[key], value)
            elif isinstance(value, dict):
                assert row[key] == ", ".join(f"{one}={two}" for one, two in value.items()), row[key]
            elif key == "Frames":
                assert row[key].count(" > ") == len(value) - 1, row[key]
            elif not isinstance(value, (list, float)) and key != "CapturedAt":
                assert row[key] == ("" if value is None else str(value)), (key, row[key], value)
print("read")
