"""A program that waits, four functions deep, with an order to work on and a secret."""

import sys
import time


def first_func(order_id, api_token):
    second_func()


def second_func():
    third_func()


def third_func():
    print("ready")
    sys.stdout.flush()
    time.sleep(1000)


first_func(4711, "hush")
