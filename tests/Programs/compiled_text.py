"""Code that was compiled from text, under file names that are no files, one thread each."""
import os

import oracle

ODD = ["<string>", "", " ", "/no/such/folder/file.py", "relative.py", "a\tb\nc.py", "\x1b[31mred", "nul\0inside",
       "very/" * 500 + "long.py", "%s{0}$(x)`y`", "-", "."]
SOURCE = "import os\n\n\ndef work():\n    os.read(0, 1)\n\n\nwork()\n"


def executed(name):
    def thread():
        exec(compile(SOURCE, name, "exec"), {})

    thread.__name__ = "executed"
    return thread


def plain_exec():
    exec(SOURCE, {})


def plain_eval():
    eval("[os.read(0, 1)]", {"os": os})


def single():
    exec(compile("os.read(0, 1)", "<stdin>", "single"), {"os": os})


def eval_in_exec():
    exec("eval('eval(\"os.read(0, 1)\")')", {"os": os})


def lambda_from_text():
    eval("lambda: os.read(0, 1)", {"os": os})()


def name_of_an_existing_file():
    # A file's name lies: the line that is shown is that file's, and so does the oracle.
    exec(compile("\n\n\n" + SOURCE, oracle.__file__, "exec"), {})


def replaced_names():
    code = compile("os.read(0, 1)", "<odd>", "exec")
    for name in ("", "a b", "x\x1b]0;title\x07", "nul\0inside", "line\nfeed", "n" * 10000, "\ud800", "\udcff.py"):
        yield executing(oracle.replaced(code, co_name=name, co_filename=name))


def executing(code):
    def thread():
        exec(code, {"os": os})

    thread.__name__ = "executing"
    return thread


oracle.crew(plain_exec, plain_eval, single, eval_in_exec, lambda_from_text, name_of_an_existing_file,
            *([executed(name) for name in ODD if "\0" not in name] + list(replaced_names())))
