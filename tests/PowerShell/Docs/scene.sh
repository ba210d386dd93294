#!/bin/sh
# The machine that the documents speak of, made inside new PID and mount namespaces; all of it ends with them.
#
#   scene.sh STAGE COMMAND...
#
# STAGE help: process 112 is a Python program, another one is called uwsgi, and there are ./core.112, ./image and /var/crash/core.112.
# STAGE python: there is a Python program.
# STAGE empty: no processes but this one.
set -e
stage=$1
shift
if [ "$stage" = help ]; then
    # What python3 is in the end: a version manager's python3 is a script. Python finds its library by the name that it is started with.
    # Asked once: each process uses up an id.
    found=$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable), sys.base_prefix, sep="\n")')
    python=${found%
*}
    python_home=${found#*
}
    ln -s "$python" uwsgi
    mkfifo ready-112 ready-uwsgi

    # Ids are given out in their order.
    until [ "${last:-0}" -ge 111 ]; do
        true &
        last=$!
        wait "$last"
    done
    "$python" "$PROGRAM" > ready-112 &
    [ $! -eq 112 ]
    read -r line < ready-112
    [ "$line" = ready ]
    PYTHONHOME=$python_home ./uwsgi "$PROGRAM" > ready-uwsgi &
    read -r line < ready-uwsgi
    [ "$line" = ready ]

    ln -s / image
    mount -t tmpfs tmpfs /var
    mkdir -p /var/crash /var/tmp
    if command -v gcore > /dev/null; then
        gcore -o core 112 > gcore.log 2>&1
        cp core.112 /var/crash/core.112
    fi
fi
if [ "$stage" = python ]; then
    mkfifo ready
    python3 "$PROGRAM" > ready &
    read -r line < ready
    [ "$line" = ready ]
fi
"$@"
