"""A function whose variables are secrets, by their names."""
import os
import sys


def login(user, password, db_passwd="hush"):
    clientSecret = "hush"
    API_KEY = ["hush"]
    auth_token = {"value": "hush"}
    Cookie_jar = ("hush",)
    private_key = b"hush"
    authorization = "Basic hush"
    customer_id = 17
    request = REQUEST
    os.read(0, 1)


REQUEST = {"user": "bob", "Password": "hush", "nested": [{"api-key": "hush"}]}
sys.stdout.write("waiting\n")
sys.stdout.flush()
login("bob", "hush")
