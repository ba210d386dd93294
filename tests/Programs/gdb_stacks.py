"""Run by gdb: prints every frame of every thread, innermost first, a line each, fields parted by tabs.

Fields: thread id, kind of frame, address, function, file, line.
"""
import gdb

KINDS = {gdb.NORMAL_FRAME: "normal", gdb.INLINE_FRAME: "inline", gdb.TAILCALL_FRAME: "tail", gdb.SIGTRAMP_FRAME: "signal"}

for thread in gdb.selected_inferior().threads():
    thread.switch()
    frame = gdb.newest_frame()
    while frame is not None:
        place = frame.find_sal()
        print("\t".join([
            "frame",
            str(thread.ptid[1]),
            KINDS.get(frame.type(), "other"),
            "%x" % frame.pc(),
            frame.name() or "",
            place.symtab.filename if place.symtab else "",
            str(place.line),
        ]))
        try:
            frame = frame.older()
        except gdb.error as e:
            print("end\t%d\t%s" % (thread.ptid[1], e))
            break
