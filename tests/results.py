"""Reads the .trx files below a folder: prints the ten slowest classes, and last how many tests passed, failed and were skipped.

    results.py FOLDER

Fails if a test failed, and if none was executed. It is for .ci/run; any python3 will do.
"""
import glob
import os
import sys
import xml.etree.ElementTree as tree

RESULT = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}UnitTestResult"


def seconds(duration):
    hours, minutes, rest = duration.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def main(folder):
    outcomes = {"Passed": 0, "Failed": 0, "NotExecuted": 0}
    classes = {}
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.trx"), recursive=True)):
        for _, result in tree.iterparse(path):
            if result.tag != RESULT:
                continue
            outcome = result.get("outcome", "Failed")
            outcomes[outcome if outcome in outcomes else "Failed"] += 1
            # Namespace.Class.Method(arguments): an argument may have dots, too.
            name = result.get("testName", "?").split("(")[0].rpartition(".")[0]
            time, tests = classes.get(name, (0.0, 0))
            classes[name] = (time + seconds(result.get("duration", "0:0:0")), tests + 1)
            result.clear()
    print("The ten slowest classes:")
    for name, (time, tests) in sorted(classes.items(), key=lambda item: -item[1][0])[:10]:
        print("  %7.1f s  %5d tests  %s" % (time, tests, name))
    passed, failed, skipped = outcomes["Passed"], outcomes["Failed"], outcomes["NotExecuted"]
    if passed + failed == 0:
        print("No test was executed.")
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
