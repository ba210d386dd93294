#!/bin/sh
# The machine that the documents speak of, made inside new PID and mount namespaces; all of it ends with them.
#
#   scene.sh STAGE COMMAND...
#
# STAGE help: process 112 is a Python program, another one is called uwsgi, and there are ./core.112, ./image and /var/crash/core.112.
# STAGE empty: no processes but this one.
set -e
stage=$1
shift
if [ "$stage" = help ]; then
    ln -s "$(command -v python3)" uwsgi
    # Python finds its library by the name that it is started with: the folder's own name is for the kernel.
    python_home=$(python3 -c 'import sys; print(sys.base_prefix)')
    mkfifo ready

    # Ids are given out in their order.
    until [ "${last:-0}" -ge 111 ]; do
        true &
        last=$!
        wait "$last"
    done
    python3 "$PROGRAM" > ready &
    [ $! -eq 112 ]
    read -r line < ready
    [ "$line" = ready ]
    PYTHONHOME=$python_home ./uwsgi "$PROGRAM" > ready &
    read -r line < ready
    [ "$line" = ready ]

    ln -s / image
    mount -t tmpfs tmpfs /var
    mkdir -p /var/crash /var/tmp
    if command -v gcore > /dev/null; then
        gcore -o core 112 > gcore.log 2>&1
        cp core.112 /var/crash/core.112
    fi
fi
"$@"
