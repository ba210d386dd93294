# -*- coding: utf-8 -*-
"""A function whose arguments hold secrets in every way that programs have: each has LEAK in it. What has KEPT in it is none."""
import collections
import os
import sys

Split = collections.namedtuple("SplitResult", "scheme netloc")
Login = collections.namedtuple("Login", "user password")


class Client(Login):
    pass


def handle(settings, headers, pairs, byte_pairs, environment, ordered, default, nested, login, client, auth, db_pass, jwt, session_id, dsn, url, argv, others, query, text, header, keys, error, long_text,
           authors, directory, described, rows, columns, parsed):
    class Body(object):
        api_token = "LEAK"
        author = "KEPT"
        sys.stdout.write("waiting\n")
        sys.stdout.flush()
        os.read(0, 1)


handle(
    {"user": "KEPT", "password": "LEAK"},
    {b"authorization": b"Bearer LEAK", b"cookie": b"sid=LEAK"},
    [("Authorization", "LEAK"), ("Cookie", "LEAK"), ("Host", "KEPT")],
    [[b"x-api-key", b"LEAK"]],
    {"DB_PASSWORD": "LEAK", "PGPASSWORD": "LEAK", "AWS_SECRET_ACCESS_KEY": "LEAK", "MYSQL_PWD": "LEAK", "SSH_KEY": "LEAK"},
    collections.OrderedDict([("password", "LEAK"), ("name", "KEPT")]),
    collections.defaultdict(list, {"credentials": ["LEAK"]}),
    {"a": [{"passwd": "LEAK"}, Login("KEPT", "LEAK")]},
    Login("KEPT", "LEAK"),
    Client("KEPT", "LEAK"),
    ("svc", "LEAK"),
    "LEAK",
    "LEAK",
    "LEAK",
    "LEAK",
    "postgresql://app:LEAK@KEPT/prod?access_token=LEAK",
    ["mysql", "--password=LEAK", "-h", "KEPT"],
    [["run", "--token", "LEAK"], ["mysqldump", "-pLEAK"], ["curl", "-u", "LEAK"]],
    b"user=KEPT&api_key=LEAK",
    '{"user": "KEPT", "client_secret": "LEAK"}',
    bytearray(b"Host: KEPT\r\nAuthorization: Bearer LEAK\r\n"),
    {("db", "password"): "LEAK"},
    ValueError("cannot connect with password=LEAK"),
    "x" * 50 + " amqp://u:" + "LEAK" * 20 + "@h",
    {"author": "KEPT", "passenger": "KEPT", "compass": "KEPT", "tokenizer": "KEPT"},
    {"PWD": "/KEPT"},
    [{"name": "DB_PASSWORD", "value": "LEAK"}, {"Value": "LEAK", "Key": "token"}, {"name": "HOST", "value": "KEPT"}],
    [["password", "a", "LEAK", b"LEAK", 5]],
    ["password", "email", "last_login", "is_staff", "id"],
    Split("http", "u:LEAK@KEPT"))
